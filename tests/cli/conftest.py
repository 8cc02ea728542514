"""The program as its user meets it: arguments in; exit code, stdout and stderr out."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.clips import cut
from tests.painted import PaintedDetector, PaintedPose

from posespotter.cli import main
from posespotter.estimation import estimator
from posespotter.models.load import Loaded


@dataclass(frozen=True)
class Ran:
    """What a run of the program gave."""

    code: int
    out: str
    err: str


Cli = Callable[..., Ran]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs `posespotter` with some arguments, in this process."""

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["posespotter", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return Ran(int(end.value.code or 0), said.out, said.err)

    return run


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> tuple[PaintedDetector, PaintedPose]:
    """Painted models in place of those that the program would load."""
    detector, pose = PaintedDetector(), PaintedPose()
    monkeypatch.setattr(estimator, "load_detector", lambda *_: Loaded("painted-detector", "0" * 64, detector))
    monkeypatch.setattr(estimator, "load_pose_model", lambda *_: Loaded("painted-pose", "1" * 64, pose))
    return detector, pose


@pytest.fixture(scope="session")
def clip(demo_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of one person, 480x270."""
    return cut(demo_clip, tmp_path_factory.mktemp("clip") / "walk.mp4", 30)
