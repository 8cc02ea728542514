"""Small pictures of text."""

import numpy as np
import pytest

from posespotter.drawing.text import bgra, font, label, lay, text_width


@pytest.mark.parametrize("px", [9, 24, 60])
def test_a_label_holds_its_text(px: int) -> None:
    tile = label("88°", px)
    assert tile.shape[2] == 4
    assert tile.shape[1] >= text_width("88°", px)
    assert tile[..., 3].max() == 255
    assert not tile[0, 0, 3]  # bare letters: no ground behind them


def test_width_grows_with_text_and_size() -> None:
    assert 0 < text_width("a", 20) < text_width("ab", 20) < text_width("ab", 40)
    assert text_width("", 20) == 0
    assert font(20) is font(20)


@pytest.mark.parametrize(("x", "y"), [(-3, -2), (0, 0), (17, 18), (100, 5), (5, -100)])
def test_what_is_outside_is_cut_off(x: int, y: int) -> None:
    image = np.zeros((20, 20, 3), np.uint8)
    tile = np.full((6, 5, 4), 255, np.uint8)
    lay(image, tile, x, y)
    rows, columns = np.arange(20), np.arange(20)
    inside = ((rows >= y) & (rows < y + 6))[:, None] & ((columns >= x) & (columns < x + 5))[None]
    np.testing.assert_array_equal(image == 255, np.repeat(inside[..., None], 3, axis=2))


def test_half_a_colour() -> None:
    image = np.full((2, 2, 3), 100, np.uint8)
    tile = np.zeros((2, 2, 4), np.uint8)
    tile[..., 0], tile[..., 3] = 200, 128
    lay(image, tile, 0, 0)
    assert image[0, 0].tolist() == [150, 49, 49]


def test_colours_are_in_the_order_of_opencv() -> None:
    from PIL import Image

    assert bgra(Image.new("RGBA", (1, 1), (1, 2, 3, 4)))[0, 0].tolist() == [3, 2, 1, 4]
