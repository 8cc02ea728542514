"""The limit of the wheel's size."""

import os
import runpy
import zipfile
from pathlib import Path

import pytest

tool = runpy.run_path(str(Path(__file__).resolve().parents[2] / "tools" / "wheel_size.py"))


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A wheel of 100 kB: one file that cannot be packed smaller, and a small one."""
    path = tmp_path / "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("thing/model.onnx", os.urandom(100_000))
        archive.writestr("thing/__init__.py", "x = 1\n" * 1000)
    return path


@pytest.mark.parametrize(("limit_mb", "within"), [(0.11, True), (0.09, False)])
def test_a_wheel_is_within_the_limit_or_not(wheel: Path, limit_mb: float, within: bool) -> None:
    assert tool["report"](wheel, limit_mb)[0] is within


def test_the_largest_file_comes_first(wheel: Path) -> None:
    lines = tool["report"](wheel)[1].splitlines()
    assert lines[0] == "thing-1.0-py3-none-any.whl: 0.1 MB, limit 45 MB"
    assert lines[1].split()[-1] == "thing/model.onnx"


def test_one_wheel_is_expected(wheel: Path) -> None:
    assert tool["main"]([str(wheel)]) == 0
    assert tool["main"]([]) == 2
    assert tool["main"]([str(wheel), str(wheel)]) == 2
