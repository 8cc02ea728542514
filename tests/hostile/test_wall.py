"""Hundreds of hostile files and names: no signal, no traceback, nothing unexpected, no hang, nothing outside."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT
from tests.hostile.wall import Case, cases

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
MOST_S = 10.0
PROCESSES = 2


def answers_to(wall: list[Case], folder: Path) -> list[dict[str, object]]:
    """How each case ended; one that ended its process has no code."""
    started = []
    for share in (wall[i::PROCESSES] for i in range(PROCESSES)):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.child"],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        process.stdin.write(json.dumps([arguments for _, arguments in share]).encode())
        process.stdin.close()
        started.append((share, process))
    answers = []
    for share, process in started:
        lines = process.stdout.read().splitlines()
        said = process.stderr.read().decode(errors="replace")
        code = process.wait()
        found = [json.loads(line) for line in lines]
        answers += list(zip(share, found, strict=False))
        if len(found) < len(share):
            what, _ = share[len(found)]
            raise AssertionError(f"{what} ended the program ({code}): {said[-2000:]}")
    return answers


def wrong(answer: dict) -> list[str]:
    """What must not be in an answer."""
    said = str(answer["said"])
    return [
        *([] if answer["code"] in {0, 1, 2} else [f"code {answer['code']}"]),
        *([word for word in ("Traceback", "unexpected", "Exception ignored", "The details are in") if word in said]),
        *([f"{answer['seconds']:.0f} s"] if answer["seconds"] > MOST_S else []),
        *(["control characters"] if CONTROL.search(said) else []),
        *([] if answer["code"] == 0 or "posespotter: " in said or "Usage: " in said else ["nothing said"]),
    ]


@pytest.mark.timeout(1200)
def test_the_wall(tmp_path):
    folder = tmp_path / "wall"
    folder.mkdir()
    wall = list(cases(folder))
    assert len(wall) >= 300
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(folder / "out")}
    answers = answers_to(wall, folder)
    assert len(answers) == len(wall)
    assert [(what, problems, answer["said"]) for (what, _), answer in answers if (problems := wrong(answer))] == []
    after = {path for path in tmp_path.rglob("*") if not path.is_relative_to(folder / "out")}
    made = {path.relative_to(folder).parts[0] for path in after - before}
    # "none" is what an export was to be called, the others are the folders for results where none is named.
    assert made <= {"none", "exercise", "falls", "forests"}, made
