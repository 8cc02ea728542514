"""The picture of the architecture shows the imports."""

import runpy
import sys
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "draw_architecture.py"


def test_the_picture_is_current(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", [str(TOOL), "check"])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(TOOL), run_name="__main__")
    assert not end.value.code, capsys.readouterr().out


def test_each_room_stands_below_what_it_uses() -> None:
    tool = runpy.run_path(str(TOOL))
    assert [(a, b) for a, used in tool["USES"].items() for b in used if tool["row"](a) <= tool["row"](b)] == []
    assert ("tracking", "kinematics") in tool["lines_between"]()
    assert ("falls", "poses") not in tool["lines_between"]()  # follows from others
