"""`EstimatorOptions`: how people are detected, tracked and smoothed. The defaults of every door stand here."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from posespotter.errors import SettingsError

if TYPE_CHECKING:
    from posespotter.estimation.cadence import DetectEvery
    from posespotter.filtering import Strength
    from posespotter.models.interfaces import Detector, OneStageModel, PoseModel

DEFAULT_DETECTOR = "movenet-multipose"
DEFAULT_POSE = "movenet-thunder+blazepose-full"
DEFAULT_POSE_LIVE = "movenet-lightning"


@dataclass(frozen=True)
class EstimatorOptions:
    """The models of a `PoseEstimator`, and how it works.

    Attributes:
        detector: name of a person detector, path of an ONNX file, or a detector that is ready; None for
            `DEFAULT_DETECTOR`, or for none where the pose model finds people by itself.
        pose: name of a pose or one-stage model, two names joined by `+` (see `CompositePose`), path of an ONNX file, or
            a model that is ready; None for the usual one: `DEFAULT_POSE`, unless whoever makes the estimator has
            another.
        device: auto, cpu, cuda, coreml, directml or openvino.
        detect_every: run the detector on every N-th frame, or `auto`: when something calls for it.
        max_people: follow at most this many people, the surest first; None for all.
        smoothing: off, light or strong; what videos are smoothed with.
        tiles: search parts of a large picture in turn while nobody is found in the whole of it.

    Raises:
        SettingsError: an option is not one of the possible ones.
    """

    detector: "str | Path | Detector | None" = None
    pose: "str | Path | PoseModel | OneStageModel | None" = None
    device: str = "auto"
    detect_every: "DetectEvery" = "auto"
    max_people: int | None = None
    smoothing: "Strength" = "light"
    tiles: bool = True

    def __post_init__(self) -> None:
        from posespotter.estimation.cadence import detect_every
        from posespotter.filtering import Strength

        detect_every(self.detect_every)
        if self.max_people is not None and self.max_people < 1:
            raise SettingsError(f"max-people: expected a number of 1 or more, got {self.max_people}.")
        if self.smoothing not in get_args(Strength):
            raise SettingsError(f"smooth: expected one of {', '.join(get_args(Strength))}, got {self.smoothing!r}.")

    def as_settings(self) -> dict[str, Any]:
        """The options that poses keep among their settings: all but the models and the device."""
        return {
            "detect_every": self.detect_every,
            "max_people": self.max_people,
            "tiles": self.tiles,
            "smoothing": self.smoothing,
        }
