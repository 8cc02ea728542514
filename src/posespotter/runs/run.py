"""`Run`: one run of the library, and the ids of runs."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal, get_args

from posespotter.errors import InputError

RunKind = Literal["estimate", "exercise", "falls", "recording", "test"]
KINDS: tuple[RunKind, ...] = get_args(RunKind)

# Without vowels, so that no words appear, and without what is easily misread.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
_RANDOM = 10  # characters: 47 bits, more than anybody can try over a network
_ID = re.compile(rf"[0-9]{{8}}-[0-9]{{9}}-[{_ALPHABET}]{{{_RANDOM}}}")
_TIMES = ("created_at", "started_at", "finished_at")


class RunState(StrEnum):
    """The state of a run; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to the run."""
        return self not in {RunState.QUEUED, RunState.RUNNING}


@dataclass(frozen=True)
class Run:
    """One run of the library.

    Attributes:
        id: sorts by time of creation, fits into a URL and a path, and cannot be guessed.
        kind: which task: estimate, exercise, falls, test; or a recording of the webcam.
        name: what to show: the name of the source, not a path.
        state: queued, running, done, failed or cancelled.
        created_at: when it was requested, UTC.
        started_at: when the work began, UTC; None before.
        finished_at: when it was over, UTC; None before.
        seconds: how long the work took, without the time in the queue; None before it is over.
        models: names of the detector and the pose model.
        settings: options of the task, as JSON values; of an exercise also its name and view, of a test its name.
        counts: what was found: frames, people and video_s; of an exercise also repetitions, good and faults; of falls
            also falls, and where there are some lying and ignored ones; of a test value and error, where there are, and
            how many findings are `invalid` and `look`. Empty before the end.
        parent: id of the run whose poses were analysed, which may be deleted since; None for a run of its own.
        error: why it failed, or what went wrong on the way by its record; else empty.
        stage: what is being done, while it runs; else empty.
        percent: 0..100 of the whole run.
        rate: frames a second, while it runs and is known.
        time_left_s: seconds, while it runs and is known.
        size_bytes: what its folder holds.
    """

    id: str
    kind: RunKind
    name: str
    state: RunState
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    seconds: float | None = None
    models: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, float] = field(default_factory=dict)
    parent: str | None = None
    error: str = ""
    stage: str = ""
    percent: float = 0.0
    rate: float | None = None
    time_left_s: float | None = None
    size_bytes: int = 0

    def seconds_until(self, now: datetime) -> float | None:
        """Duration of the work; None before it began, and where the clock was set back meanwhile."""
        lasted = (now - self.started_at).total_seconds() if self.started_at else -1.0
        return round(lasted, 3) if lasted >= 0 else None

    def to_json(self) -> dict[str, Any]:
        """The run as JSON values; times as ISO 8601."""
        values = asdict(self) | {"models": list(self.models), "state": str(self.state)}
        for name in _TIMES:
            values[name] = values[name] and values[name].isoformat()
        return values

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "Run":
        """The run that `to_json` gave.

        Raises:
            InputError: these are not the values of a run.
        """
        try:
            known = dict(values) | {"models": tuple(values["models"]), "state": RunState(values["state"])}
            for name in _TIMES:
                known[name] = known[name] and datetime.fromisoformat(known[name])
            run = Run(**known)
            created_at(run.id)
            checked_kind(run.kind)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"expected the metadata of a run, got something else ({error}).") from error
        return run


def new_id(now: datetime | None = None) -> str:
    """An id for a run made now: date, time to the millisecond in UTC, and chance."""
    at = (now or datetime.now(UTC)).astimezone(UTC)
    chance = "".join(secrets.choice(_ALPHABET) for _ in range(_RANDOM))
    return f"{at:%Y%m%d-%H%M%S}{at.microsecond // 1000:03d}-{chance}"


def created_at(run_id: str) -> datetime:
    """The time in an id.

    Raises:
        InputError: it is no id.
    """
    date, clock, _ = checked_id(run_id).split("-")
    try:
        return datetime.strptime(f"{date}{clock}000+0000", "%Y%m%d%H%M%S%f%z")
    except ValueError:  # the 99th of the month
        raise InputError(f"expected the id of a run, got {run_id}, which tells no time.") from None


def checked_id(text: str) -> str:
    """`text`, if it has the form of an id: only then may it become part of a path.

    Raises:
        InputError: it has not.
    """
    if not isinstance(text, str) or _ID.fullmatch(text) is None:
        raise InputError(f"expected the id of a run as `posespotter runs list` shows it, got {str(text)[:80]!r}.")
    return text


def checked_kind(text: str) -> RunKind:
    """`text`, if it is one of `KINDS`.

    Raises:
        InputError: it is not.
    """
    for kind in KINDS:
        if text == kind:
            return kind
    raise InputError(f"expected a kind of run ({', '.join(KINDS)}), got {text!r}.")
