"""Real signals to the real program: it ends soon, and what it leaves is whole."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.clips import cut
from tests.conftest import ROOT

from posespotter.poses import PoseSequence

SOON_S = 25.0  # 3 on a machine that does nothing else; what goes on is seen by what it leaves
LITE = ("--pose", "movenet-lightning", "--detector", "movenet-multipose")
PROGRAM = "from posespotter.cli import main; main()"
# The same program with models that see nobody and take no time: its overlay is soon reached.
QUICK = """
from posespotter.estimation import estimator
from posespotter.models.load import Loaded
from tests.painted import PaintedDetector, PaintedPose
estimator.load_detector = lambda *_: Loaded("painted", "0" * 64, PaintedDetector())
estimator.load_pose_model = lambda *_: Loaded("painted", "1" * 64, PaintedPose())
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.fixture(scope="module")
def long_clip(demo_clip, tmp_path_factory):
    """15 s: far more than is done before the signal comes."""
    return cut(demo_clip, tmp_path_factory.mktemp("clip") / "walk.mp4", 450, size=(640, 360))


def _worked_s(pid: int) -> float:
    """How long a process has had the processor; the time of day where the system does not say so."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return time.monotonic()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Program:
    """A run of `posespotter estimate`, in the background."""

    def __init__(self, clip: Path, out: Path, *options: str, before: str = "") -> None:
        self.out = out
        options += ("--detect-every", "1000") if before else ()
        command = [sys.executable, "-c", before + PROGRAM, "estimate", str(clip), "-o", str(out), *options]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def wait_for(self, pattern: str, then_s: float = 0.0) -> None:
        """Until a file of this pattern is there, and then a little longer."""
        deadline = time.monotonic() + 60
        while not list(self.out.glob(pattern)):
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        self.let_work(then_s)

    def let_work(self, seconds: float) -> None:
        """Until it has had the processor for so long, whatever else the machine does."""
        until = _worked_s(self.process.pid) + seconds
        while _worked_s(self.process.pid) < until:
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.01)
        assert self.process.poll() is None, self.process.communicate()

    def end(self, *signals: int) -> tuple[int, str, str]:
        """Send the signals; exit code, stdout and stderr."""
        began = time.monotonic()
        for number in signals:
            self.process.send_signal(number)
            time.sleep(0.05)
        out, err = self.process.communicate(timeout=30)
        assert time.monotonic() - began < SOON_S
        return self.process.returncode, out, err


def listed(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def test_ctrl_c_while_estimating(long_clip, tmp_path):
    program = Program(long_clip, tmp_path, *LITE, "--export", "csv")
    program.wait_for(".*.part", then_s=0.8)
    code, out, err = program.end(signal.SIGINT)
    assert code == 130
    assert "Traceback" not in err
    assert err.splitlines()[-1] == "posespotter: stopped early; what was done is kept."
    assert out.startswith("walk.mp4: ")
    assert listed(tmp_path) == ["walk", "walk/poses.csv", "walk/poses.parquet", "walk/run.json"]
    record = json.loads((tmp_path / "walk" / "run.json").read_text())
    assert record["stopped_early"] is True
    poses = PoseSequence.from_parquet(tmp_path / "walk" / "poses.parquet")
    assert 0 < poses.n_frames == record["source"]["frames"] < 450


def test_ctrl_c_while_drawing(long_clip, tmp_path):
    program = Program(long_clip, tmp_path, before=QUICK)
    program.wait_for(".*.part/.overlay*", then_s=0.1)
    code, _, err = program.end(signal.SIGINT)
    assert code == 130
    assert "Traceback" not in err
    assert err.splitlines()[-1] == "posespotter: stopped early; what was done is kept."
    assert listed(tmp_path) == ["walk", "walk/poses.parquet", "walk/run.json"]
    assert PoseSequence.from_parquet(tmp_path / "walk" / "poses.parquet").n_frames == 450


def test_ctrl_c_of_the_first_input_leaves_the_second_alone_and_json_is_whole(long_clip, tmp_path):
    program = Program(long_clip, tmp_path, str(long_clip), "--json", before=QUICK)
    program.wait_for(".*.part/.overlay*")
    code, out, _ = program.end(signal.SIGINT)
    assert code == 130
    assert [path.name for path in tmp_path.iterdir()] == ["walk"]
    answer = json.loads(out)
    assert [result["stopped_early"] for result in answer["results"]] == [True]


def test_ctrl_c_while_the_models_are_loaded(long_clip, tmp_path):
    begun = tmp_path / "begun"
    program = Program(
        long_clip, tmp_path / "out", *LITE, before=f"import posespotter.cli; open({str(begun)!r}, 'w').close(); "
    )
    while not begun.exists():
        time.sleep(0.01)
    program.let_work(0.5)
    code, out, err = program.end(signal.SIGINT)
    assert code == 130
    assert out == ""
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists() or listed(tmp_path / "out") == []


def test_an_impatient_second_ctrl_c_leaves_nothing_half_written(long_clip, tmp_path):
    program = Program(long_clip, tmp_path, *LITE)
    program.wait_for(".*.part", then_s=0.5)
    code, _, err = program.end(signal.SIGINT, signal.SIGINT, signal.SIGINT)
    assert code != 0
    assert len(err) < 6000
    assert listed(tmp_path) in ([], ["walk", "walk/poses.parquet", "walk/run.json"])


@pytest.mark.parametrize("stage", [".*.part", ".*.part/.overlay*"])
def test_a_killed_run_leaves_nothing_that_looks_finished_and_the_next_one_works(long_clip, tmp_path, stage):
    program = Program(long_clip, tmp_path, before=QUICK)
    program.wait_for(stage)
    os.kill(program.process.pid, signal.SIGKILL)
    program.process.communicate(timeout=10)
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")] == []
    again = Program(long_clip, tmp_path, "--no-overlay", before=QUICK)
    assert again.process.communicate(timeout=120)[1] == ""
    assert again.process.returncode == 0
    assert listed(tmp_path / "walk") == ["poses.parquet", "run.json"]
