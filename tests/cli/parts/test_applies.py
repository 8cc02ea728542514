"""Options that do not apply to the inputs are refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import typer

from posespotter.cli.parts.applies import flag, refuse_others, require_applicable


@pytest.fixture
def picture(tmp_path: Path) -> str:
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.zeros((20, 20, 3), np.uint8))
    return str(path)


@pytest.mark.parametrize(
    ("option", "inputs", "refused"),
    [
        ("fps", ["PICTURE"], True),
        ("fps", ["shot_%04d.png"], False),
        ("fps", ["0"], True),
        ("from_s", ["0"], True),
        ("from_s", ["rtsp://camera/stream"], True),
        ("smooth", ["PICTURE"], True),
        ("smooth", ["PICTURE", "0"], False),  # one input that it applies to is enough
        ("detector", ["poses.parquet"], True),
        ("detector", ["PICTURE"], False),
        ("video", ["poses.parquet"], False),
        ("video", ["PICTURE"], True),
        ("overlay", ["PICTURE"], False),
        ("smooth", ["no such file.mp4"], False),  # refused for what it is, and later
        ("smooth", [], False),
    ],
)
def test_options_and_inputs(picture: str, option: str, inputs: list[str], refused: bool) -> None:
    specs = [picture if one == "PICTURE" else one for one in inputs]
    if not refused:
        require_applicable([option], specs, takes_poses=True)
        return
    with pytest.raises(typer.BadParameter, match=r"this applies to .*no input is of that kind"):
        require_applicable([option], specs, takes_poses=True)


def test_what_stands_beside_an_option_that_does_another_thing() -> None:
    refuse_others(["list_tests", "as_json"], "list_tests", "as_json")
    with pytest.raises(typer.BadParameter, match="does not go together with --list"):
        refuse_others(["list_tests", "out"], "list_tests", "as_json")


@pytest.mark.parametrize(
    ("name", "expected"), [("from_s", "--from"), ("detect_every", "--detect-every"), ("inputs", "INPUT")]
)
def test_names_as_they_stand_on_the_command_line(name: str, expected: str) -> None:
    assert flag(name) == expected
