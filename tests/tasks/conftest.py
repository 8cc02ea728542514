"""An estimator that needs no models, and a short clip."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.clips import cut
from tests.painted import PaintedDetector, PaintedPose

from posespotter.estimation import estimator as module
from posespotter.estimation.estimator import PoseEstimator
from posespotter.models.load import Loaded


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> Callable[..., PoseEstimator]:
    """Makes an estimator with painted models."""

    def make(
        detector: PaintedDetector | None = None, pose: PaintedPose | None = None, **options: object
    ) -> PoseEstimator:
        detector, pose = detector or PaintedDetector(), pose or PaintedPose()
        monkeypatch.setattr(module, "load_detector", lambda *_: Loaded("painted-detector", "0" * 64, detector))
        monkeypatch.setattr(module, "load_pose_model", lambda *_: Loaded("painted-pose", "1" * 64, pose))
        return PoseEstimator(**options)

    return make


@pytest.fixture(scope="session")
def clip(demo_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of one person, 480x270."""
    return cut(demo_clip, tmp_path_factory.mktemp("clip") / "walk.mp4", 30)
