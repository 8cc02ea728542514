"""The joints of recordings that are under way or wait to be kept: in memory only, for a while only."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from posespotter.errors import InputError
from posespotter.live.limits import LIMITS
from posespotter.settings import settings

if TYPE_CHECKING:
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.live.timed_poses import TimedPoses


def recording_limits() -> tuple[float, int | None]:
    """Limits of a recording that the settings allow to be kept: seconds, and bytes (None: any number).

    Where skeletons only are kept, the video stays in the browser and may be of any size.
    """
    now = settings()
    if now.skeletons_only:
        return LIMITS.recording_s, None
    longest_s = now.max_video_minutes * 60
    return min(LIMITS.recording_s, max(longest_s - LIMITS.late_end_s, 0.9 * longest_s)), now.max_upload_mb * 1_000_000


class Recording:
    """The joints seen while a page recorded. The pictures stay in the page until they are kept.

    Attributes:
        id: cannot be guessed.
        estimator: of its poses.
        touched_s: when it was last added to, ended or requested, on the clock of its `Recordings`.
    """

    def __init__(self, started_s: float, estimator: "PoseEstimator", clock: Callable[[], float]) -> None:
        """Begin.

        Args:
            started_s: the beginning of the video, on the page's clock.
            estimator: of its poses.
            clock: gives the present, for `touched_s`.
        """
        self.id = secrets.token_urlsafe(16)
        self.estimator = estimator
        self.touched_s = clock()
        self._clock = clock
        self._started_s = started_s
        self._samples: list[TimedPoses] = []
        self._ids_before = 0

    def __len__(self) -> int:
        """The number of frames."""
        return len(self._samples)

    def touch(self) -> None:
        """Restart the time after which the recording is forgotten."""
        self.touched_s = self._clock()

    def add(self, sample: "TimedPoses") -> None:
        """Add a sample, unless the recording has reached its length or its pictures have changed in size."""
        if not 0 <= sample.time_s - self._started_s <= LIMITS.recording_s:
            return
        if self._samples and self._samples[0].poses.frame_size != sample.poses.frame_size:
            return
        self.touch()
        poses = sample.poses
        self._samples.append(replace(sample, poses=replace(poses, track_id=poses.track_id + self._ids_before)))

    def begin_ids_anew(self) -> None:
        """Give people new ids from now on: an id that comes again does not mean the same person."""
        self._ids_before = max((int(sample.poses.track_id.max(initial=0)) for sample in self._samples), default=0)

    def between(self, start_s: float, end_s: float) -> "list[TimedPoses]":
        """The samples from `start_s` to `end_s`, seconds after the beginning.

        Raises:
            InputError: no frame was processed in that time.
        """
        first_s, last_s = self._started_s + start_s, self._started_s + end_s
        chosen = [sample for sample in self._samples if first_s <= sample.time_s <= last_s]
        if not chosen:
            raise InputError("recording: expected joints between its start and end, there are none.")
        return chosen


class Recordings:
    """All recordings of all pages. May be used from several threads."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, forgotten_after_s: float = LIMITS.forgotten_after_s
    ) -> None:
        self.forgotten_after_s = forgotten_after_s
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Recording] = {}

    def __len__(self) -> int:
        """The number of recordings in memory."""
        with self._lock:
            return len(self._known)

    def begin(self, started_s: float, estimator: "PoseEstimator", continued: str | None = None) -> Recording:
        """A new recording, or the one called `continued` with the same model, after a lost connection.

        Raises:
            InputError: too many wait to be kept.
        """
        with self._lock:
            self._forget_old()
            old = self._known.get(continued) if continued else None
            if old is not None and old.estimator.pose.name == estimator.pose.name:
                old.touch()
                old.begin_ids_anew()
                return old
            if len(self._known) >= LIMITS.recordings:
                raise InputError(
                    f"recording: {LIMITS.recordings} recordings wait to be kept or discarded; try again later."
                )
            recording = Recording(started_s, estimator, self._clock)
            self._known[recording.id] = recording
            return recording

    def get(self, recording_id: str) -> Recording:
        """The recording.

        Raises:
            InputError: there is none of that id (any more).
        """
        with self._lock:
            self._forget_old()
            if recording_id not in self._known:
                raise InputError("recording: it is not there any more; record again.")
            self._known[recording_id].touch()
            return self._known[recording_id]

    def discard(self, recording_id: str) -> None:
        """Forget a recording, if it is known."""
        with self._lock:
            self._known.pop(recording_id, None)

    def forget_old(self) -> None:
        """Forget expired recordings. Every other call does so too; this one is for a timer."""
        with self._lock:
            self._forget_old()

    def _forget_old(self) -> None:
        since_s = self._clock() - self.forgotten_after_s
        self._known = {key: one for key, one in self._known.items() if one.touched_s >= since_s}
