"""`Checkpoints`: an estimation that was cut off goes on where it was, and ends as if nothing had happened."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.errors import InputError
from posespotter.poses import PoseSequence
from posespotter.tracking.state import Resumable, read_state, write_state

_STATE = "state.npz"


@dataclass(frozen=True)
class _Kept:
    """The content of the last checkpoint: parts, frames done, and the time of the last of them."""

    parts: int = 0
    frames: int = 0
    time_s: float = 0.0


@dataclass(frozen=True)
class Resumed:
    """The state of an interrupted estimation.

    Attributes:
        frames: frames done.
        timings: seconds and runs so far, by the names of `Timings`.
    """

    frames: int = 0
    timings: Mapping[str, float] = field(default_factory=dict)


class Checkpoints:
    """A folder that keeps what an estimation has found so far: parts of the poses, and the state of the tracker.

    A checkpoint is a new part, and then a state that counts it. Wherever it is cut off in between, the last state and
    the parts that it counts belong together. Smoothing needs everything before and after: it comes once, at the end.
    """

    def __init__(self, folder: Path, *, every_s: float = 30.0, work_s: float = 60.0) -> None:
        """Keep checkpoints in `folder`, which is made when the first one is due.

        Args:
            folder: of this estimation alone.
            every_s: seconds of video between two checkpoints.
            work_s: seconds of work between two, where a second of video takes many.
        """
        self._folder = folder
        self._every_s, self._work_s = every_s, work_s
        self._kept = _Kept()
        self._last_work_s = time.monotonic()

    def resume(self, tracker: Resumable, made_by: Mapping[str, Any]) -> Resumed:
        """Bring a fresh tracker to where the last checkpoint left off; start anew where there is none that fits.

        Args:
            tracker: it continues with the frame whose number is the frames done.
            made_by: source, models and settings; the checkpoint of another combination is of no use.
        """
        self._kept = _Kept()
        try:
            state = read_state(self._folder / _STATE)
            kept = _Kept(**state["kept"])
            for number in range(kept.parts):
                PoseSequence.from_parquet(self._part(number))
        except InputError:  # none yet, or none that can be read: then the work is done again
            return Resumed()
        if state["made_by"] != json.dumps(made_by):
            return Resumed()
        tracker.restore(state["tracker"])
        self._kept = kept
        return Resumed(kept.frames, state["timings"])

    def due(self, time_s: float) -> bool:
        """Whether a frame at `time_s` is to be followed by a checkpoint."""
        return time_s - self._kept.time_s >= self._every_s or time.monotonic() - self._last_work_s >= self._work_s

    def keep(
        self,
        tracker: Resumable,
        part: PoseSequence,
        time_s: float,
        timings: Mapping[str, float],
        made_by: Mapping[str, Any],
    ) -> None:
        """Store where the estimation is.

        Args:
            tracker: after the last frame done.
            part: the people found since the last checkpoint; its `n_frames` counts all frames done.
            time_s: time of the last frame done.
            timings: seconds and runs so far.
            made_by: as for `resume`.

        Raises:
            OutputError: the folder cannot be written.
        """
        kept = _Kept(self._kept.parts + 1, part.n_frames, time_s)
        part.to_parquet(self._part(self._kept.parts))
        state = {
            "kept": asdict(kept),
            "made_by": json.dumps(made_by),
            "timings": dict(timings),
            "tracker": tracker.state(),
        }
        write_state(state, self._folder / _STATE)
        self._kept, self._last_work_s = kept, time.monotonic()

    def joined(self, rest: PoseSequence) -> PoseSequence:
        """The stored parts and then what `rest` has beyond them, with the metadata of `rest`."""
        if not self._kept.parts:
            return rest
        parts = [PoseSequence.from_parquet(self._part(n)) for n in range(self._kept.parts)]
        filled = [part for part in (*parts, rest.where(rest.frame >= self._kept.frames)) if len(part)]
        if not filled:
            return rest
        columns: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in filled]) for name in filled[0].columns()
        }
        return replace(rest, **columns)

    def _part(self, number: int) -> Path:
        return self._folder / f"part-{number:05}.parquet"
