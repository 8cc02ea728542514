"""Pictures that are turned on request."""

import numpy as np
import pytest

from posespotter.errors import SettingsError
from posespotter.media import open_source
from posespotter.media.sources.turned import turn_of


@pytest.mark.parametrize(
    ("degrees", "size", "expected"),
    [
        (0, (96, 64), "red green blue white"),
        (90, (64, 96), "blue red white green"),  # clockwise: what was left is now at the top
        (180, (96, 64), "white blue green red"),
        (270, (64, 96), "green white red blue"),
    ],
)
@pytest.mark.parametrize("name", ["a.mp4", "a.png"])
def test_turned_clockwise(make_video, pictures, tmp_path, degrees, size, expected, name):  # noqa: PLR0917
    path = tmp_path / name
    if name == "a.png":
        import cv2

        cv2.imwrite(str(path), pictures.quarters(0, 96, 64))
    else:
        make_video(name, 3, size=(96, 64), picture=pictures.quarters)
    with open_source(path, rotate=degrees) as source:
        assert (source.info.width, source.info.height) == size
        for frame in source:
            assert frame.image.shape == (size[1], size[0], 3)
            assert pictures.corners(frame.image) == expected
            assert frame.image.dtype == np.uint8


def test_what_is_no_quarter_turn(make_video):
    with pytest.raises(SettingsError, match="expected 0, 90, 180 or 270 degrees, got 45"):
        open_source(make_video("a.mp4", 2), rotate=45)


@pytest.mark.parametrize(("settings", "turn"), [({}, 0), ({"rotate": 90}, 90), ({"rotate": "left"}, 0)])
def test_the_turn_of_poses(settings, turn):
    assert turn_of(settings) == turn
