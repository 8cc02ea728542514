"""`FallMonitor`: the same as `detect_falls`, frame by frame."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from posespotter.falls.events import FallEvent, Sensitivity
from posespotter.poses import PoseSequence

if TYPE_CHECKING:
    from posespotter.falls.classifier import FallClassifier
    from posespotter.falls.zones import Zone


@dataclass(frozen=True)
class PersonState:
    """How a person is now.

    Attributes:
        state: one of `events.STATES`.
        probabilities: smoothed, of "normal", "fall" and "lying"; they add up to 1.
        time_s: when this was last known, seconds.
    """

    state: str
    probabilities: tuple[float, float, float]
    time_s: float


class FallMonitor:
    """Looks at one frame after the other and raises alerts."""

    def __init__(
        self,
        classifier: "FallClassifier | None" = None,
        *,
        frame_size: tuple[int, int],
        sensitivity: Sensitivity = "normal",
        zones: "Sequence[Zone]" = (),
    ) -> None:
        """Begin without people."""
        self._events: list[FallEvent] = []

    @property
    def states(self) -> Mapping[int, PersonState]:
        """State by track id of everybody who was seen in the last frame."""
        return {}

    @property
    def events(self) -> tuple[FallEvent, ...]:
        """All events so far, in their present form, by time of alert."""
        return tuple(self._events)

    def update(self, poses: PoseSequence, time_s: float | None = None) -> list[FallEvent]:
        """Look at the people of one frame.

        Args:
            poses: rows of one frame; none when nobody is in the picture.
            time_s: time of the frame; needed when `poses` has no rows.

        Returns:
            The events whose alert this frame raised.
        """
        return []

    def finish(self) -> list[FallEvent]:
        """All events in their final form."""
        return list(self._events)
