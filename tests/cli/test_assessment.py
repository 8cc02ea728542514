"""`posespotter test` and `exercise --baseline`, as their user meets them."""

import json
from pathlib import Path

import pytest
from tests.cli.conftest import Cli
from tests.figures import film, squat

from posespotter.cli.baseline import spread_out
from posespotter.synthetic.everyday import sit_to_stand


@pytest.fixture(scope="session")
def stands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Poses of five stands, hands used at the fourth."""
    file = tmp_path_factory.mktemp("stands") / "poses.parquet"
    film(sit_to_stand(5, hands_at=[4]).figure, yaw_deg=70, world=False).to_parquet(file)
    return file


@pytest.fixture(scope="session")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Poses of squats: three sessions alike, one shallower, one from the front."""
    folder = tmp_path_factory.mktemp("sessions")
    files = []
    for i, (thigh, yaw) in enumerate([(85, 90), (88, 90), (86, 90), (65, 90), (85, 0)]):
        files.append(folder / f"session{i}.parquet")
        film(squat(repetitions=3, thigh=thigh), yaw_deg=yaw, noise=0.005, seed=i).to_parquet(files[-1])
    return files


def test_a_test_gives_its_folder(cli: Cli, stands: Path, tmp_path: Path) -> None:
    ran = cli("test", "sit-to-stand", stands, "-o", tmp_path)
    assert ran.code == 0
    assert "Hands used at stand 4" in ran.out
    folder = next(tmp_path.iterdir())
    assert {path.name for path in folder.iterdir()} == {"assessment.json", "poses.parquet", "report.html", "run.json"}
    found = json.loads((folder / "assessment.json").read_text("utf-8"))
    assert (found["status"], found["unit"], found["started_by"]) == ("invalid", "s", "movement")
    page = (folder / "report.html").read_text("utf-8")
    assert "hands used at stand 4" in page.lower()
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert json.loads((folder / "run.json").read_text("utf-8"))["kind"] == "test"


def test_json_says_the_same(cli: Cli, stands: Path, tmp_path: Path) -> None:
    ran = cli("test", "sit-to-stand", stands, "-o", tmp_path, "--start", "1.2", "--no-report", "--json")
    assessment = json.loads(ran.out)["results"][0]["assessment"]
    assert assessment["started_by"] == "go"
    assert assessment["value"] == pytest.approx(sit_to_stand(5).times_s["seat"][4] - 1.2, abs=0.2)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--list",), 0, "timed-up-and-go"),
        (("--explain", "gait"), 0, "--marks X1 X2"),
        (("sit-to-stand",), 2, "expected the name of a test and a video"),
        (("sit-to-stnd", "x.parquet"), 2, "Did you mean sit-to-stand?"),
        (("--list", "--start", "1"), 2, "does not go together with --list"),
    ],
)
def test_words(cli: Cli, arguments: tuple[str, ...], code: int, says: str) -> None:
    ran = cli("test", *arguments)
    assert ran.code == code
    assert says in " ".join((ran.out + ran.err).replace("│", "").split())


def test_an_option_of_another_test_is_refused(cli: Cli, stands: Path, tmp_path: Path) -> None:
    ran = cli("test", "sit-to-stand", stands, "-o", tmp_path, "--side", "left")
    assert ran.code == 2
    assert "side: the test sit-to-stand does not take this" in ran.err


def test_a_new_session_is_shown_against_the_own_norm(cli: Cli, sessions: list[Path], tmp_path: Path) -> None:
    cli("exercise", *sessions, "-o", tmp_path, "--no-report", "--no-overlay")
    good = [tmp_path / f"session{i}" for i in range(3)]
    alone = cli("exercise", "--baseline", *good)
    assert alone.code == 0
    assert "a change is one from" in alone.out
    ran = cli("exercise", tmp_path / "session3", "--baseline", *good, "-o", tmp_path / "progress")
    assert "knee angle, least" in ran.out
    assert ", changed" in ran.out
    assert "<svg" in (tmp_path / "progress" / "progress.html").read_text("utf-8")
    front = cli("exercise", tmp_path / "session4", "--baseline", *good)
    assert front.code == 1
    assert "seen from the left as in the baseline, got one seen from the front" in front.err
    analysed = cli("exercise", sessions[3], "--no-report", "--no-overlay", "-o", tmp_path / "new", "--json",
                   "--baseline", *good)  # fmt: skip
    changes = json.loads(analysed.out)["results"][0]["baseline"]["changes"]
    assert {one["finding"] for one in changes} >= {"changed"}
    assert (tmp_path / "new" / "progress.html").is_file()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["a.mp4", "--baseline", "x", "y"], ["a.mp4", "--baseline", "x", "--baseline", "y"]),
        (["--baseline", "x", "-o", "d", "y"], ["--baseline", "x", "-o", "d", "y"]),
        (["--baseline", "x", "--baseline", "y"], ["--baseline", "x", "--baseline", "y"]),
        (["a.mp4", "-e", "squat"], ["a.mp4", "-e", "squat"]),
    ],
)
def test_several_names_behind_one_flag(given: list[str], expected: list[str]) -> None:
    assert spread_out(given) == expected


def test_a_video_is_estimated_first(cli: Cli, clip: Path, painted: object, tmp_path: Path) -> None:
    ran = cli("test", "sit-to-stand", clip, "-o", tmp_path)
    assert ran.code == 0
    folder = next(tmp_path.iterdir())
    assert {"assessment.json", "overlay.mp4", "report.html"} <= {path.name for path in folder.iterdir()}
    found = json.loads((folder / "assessment.json").read_text("utf-8"))
    assert found["status"] == "no_result"
    assert found["reason"] in ran.out
