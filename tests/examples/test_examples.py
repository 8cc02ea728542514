"""The examples run as their page says, each in a process and a folder of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.falls.movements import FALLS, Actor, film

from posespotter import PoseSequence

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def ran(*arguments: str | Path, folder: Path = EXAMPLES.parent) -> str:
    """What a program said; it must end well."""
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | {"MPLBACKEND": "agg"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_find_people(demo_clip: Path, tmp_path: Path) -> None:
    said = ran(EXAMPLES / "find_people.py", demo_clip, tmp_path / "out")
    poses = PoseSequence.from_parquet(tmp_path / "out" / "poses.parquet")
    assert poses.track_ids == (1, 2)
    assert [line.split(":")[0] for line in said.splitlines()[:2]] == ["Person 1", "Person 2"]
    assert (tmp_path / "out" / "poses.csv").stat().st_size > 0


def test_judge_squats() -> None:
    said = ran(EXAMPLES / "judge_squats.py").splitlines()
    assert said[0] == "5 squats, seen from: front."
    verdicts = [line.split()[3].strip(",") for line in said[1:] if line[0].isdigit()]
    assert verdicts == ["good", "good", "fault", "good", "fault"]


def test_list_falls(tmp_path: Path) -> None:
    film(Actor(FALLS), seconds=9.0).to_parquet(tmp_path / "fall.parquet")
    table = ran(EXAMPLES / "list_falls.py", tmp_path / "fall.parquet").splitlines()
    assert table[0] == "file,person,onset_s,impact_s,alert_s,state_after"
    assert [line.split(",")[1] for line in table[1:]] == ["1"]
    assert table[1].endswith(",down")


def test_a_drawn_fall_is_one(tmp_path: Path) -> None:
    said = ran(EXAMPLES / "draw_a_fall.py", tmp_path / "room.parquet")
    assert "250 poses of 1 person" in said
    table = ran(EXAMPLES / "list_falls.py", tmp_path / "room.parquet").splitlines()
    assert [line.split(",")[-1] for line in table] == ["state_after", "down"]


def cells(notebook: Path) -> list[str]:
    """The code of a notebook that Jupyter reads and that holds no results of a run."""
    read = json.loads(notebook.read_text("utf-8"))
    assert (read["nbformat"], read["nbformat_minor"]) == (4, 5)
    code = [cell for cell in read["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    return ["".join(cell["source"]) for cell in code]


@pytest.mark.parametrize("notebook", sorted(EXAMPLES.glob("*.ipynb")), ids=lambda path: path.name)
def test_each_notebook_runs(notebook: Path) -> None:
    said = ran("-c", "\n\n".join(cells(notebook)), folder=EXAMPLES)
    assert "degrees" in said


@pytest.mark.parametrize("script", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_each_example_is_on_the_page_and_in_this_file(script: Path) -> None:
    assert f"]({script.name})" in (EXAMPLES / "README.md").read_text("utf-8")
    assert f'"{script.name}"' in Path(__file__).read_text("utf-8")
