"""The joints of recordings that are under way or wait to be kept: in memory only, for a while only."""

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from posespotter.errors import InputError

if TYPE_CHECKING:
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.ui.live.moments import Moment

LONGEST_S = 600.0
"""A recording ends by itself after ten minutes."""

FORGOTTEN_AFTER_S = 900.0
"""One that nobody has kept or touched for a quarter of an hour is gone."""

_MOST = 32
_ID_BYTES = 16


class Recording:
    """What the server saw while a page recorded. The pictures stay in the page until they are kept.

    Attributes:
        id: cannot be guessed.
        estimator: what finds the people.
        touched_s: when it was last added to or asked for, on the clock of its `Recordings`.
    """

    def __init__(self, started_s: float, estimator: "PoseEstimator", now_s: float) -> None:
        """Begin.

        Args:
            started_s: the beginning of the video, on the page's clock.
            estimator: what finds the people.
            now_s: the present, for `touched_s`.
        """
        self.id = secrets.token_urlsafe(_ID_BYTES)
        self.estimator = estimator
        self.touched_s = now_s
        self._started_s = started_s
        self._moments: list[Moment] = []
        self._ids_before = 0

    def __len__(self) -> int:
        """How many pictures were looked at."""
        return len(self._moments)

    def add(self, moment: "Moment") -> None:
        """Add a moment, unless the recording has reached its length or its pictures have changed in size."""
        if not 0 <= moment.time_s - self._started_s <= LONGEST_S:
            return
        if self._moments and self._moments[0].poses.frame_size != moment.poses.frame_size:
            return
        poses = moment.poses
        self._moments.append(replace(moment, poses=replace(poses, track_id=poses.track_id + self._ids_before)))

    def begin_ids_anew(self) -> None:
        """Whoever comes from now on is followed anew: an id that comes again does not mean the person of before."""
        self._ids_before = max((int(moment.poses.track_id.max(initial=0)) for moment in self._moments), default=0)

    def between(self, start_s: float, end_s: float) -> "list[Moment]":
        """The moments from `start_s` to `end_s`, seconds after the beginning.

        Raises:
            InputError: no picture was looked at in that time.
        """
        first_s, last_s = self._started_s + start_s, self._started_s + end_s
        chosen = [moment for moment in self._moments if first_s <= moment.time_s <= last_s]
        if not chosen:
            raise InputError("recording: expected joints between its start and end, there are none.")
        return chosen


class Recordings:
    """All recordings of all pages. May be used from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Recording] = {}

    def __len__(self) -> int:
        with self._lock:
            self._forget_old()
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
                old.touched_s = self._clock()
                old.begin_ids_anew()
                return old
            if len(self._known) >= _MOST:
                raise InputError(f"recording: {_MOST} recordings wait to be kept or discarded; try again later.")
            recording = Recording(started_s, estimator, self._clock())
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
            self._known[recording_id].touched_s = self._clock()
            return self._known[recording_id]

    def discard(self, recording_id: str) -> None:
        """Forget a recording, if it is known."""
        with self._lock:
            self._known.pop(recording_id, None)

    def _forget_old(self) -> None:
        now_s = self._clock()
        self._known = {
            key: one for key, one in self._known.items() if now_s - one.touched_s <= FORGOTTEN_AFTER_S + LONGEST_S
        }
