"""Frames that a program has already, as a source."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from posespotter.errors import InputError, SettingsError, ShapeError
from posespotter.media import Frame
from posespotter.media.sources.given import GivenFrames


def picture(value: int = 0, width: int = 8) -> Any:
    return np.full((6, width, 3), value, np.uint8)


def generated(n: int) -> Iterator[Any]:
    yield from (picture(i) for i in range(n))


@pytest.mark.parametrize("frames", [
    [picture(i) for i in range(12)],
    np.stack([picture(i) for i in range(12)]),
    generated(12),
    [(i / 25, picture(i)) for i in range(12)],
    [(np.float32(i / 25), picture(i)) for i in range(12)],
    [Frame(7 * i, i / 25, picture(i)) for i in range(12)],
])  # fmt: skip
def test_any_iterable(frames: Any) -> None:
    source = GivenFrames(frames, fps=25)
    assert (source.info.width, source.info.height, source.info.live) == (8, 6, False)
    assert source.info.fps == 25
    came = list(source)
    assert [frame.index for frame in came] == list(range(12))
    assert [frame.time_s for frame in came] == pytest.approx([i / 25 for i in range(12)])
    assert [int(frame.image[0, 0, 0]) for frame in came] == list(range(12))


def test_times_say_the_rate_and_stay_as_they_are() -> None:
    source = GivenFrames((1e6 + i / 10, picture(i)) for i in range(30))
    assert source.info.fps == pytest.approx(10)
    assert source.info.n_frames is None
    assert next(iter(source)).time_s == 1e6


def test_a_list_can_be_read_again_and_a_generator_cannot() -> None:
    again = GivenFrames([picture()] * 3, fps=30)
    assert len(list(again)) == len(list(again)) == again.info.n_frames == 3
    once = GivenFrames(generated(3), fps=30)
    assert len(list(once)) == 3
    with pytest.raises(InputError, match="got a generator that is used up"):
        list(once)


@pytest.mark.parametrize(("frames", "fps", "error", "words"), [
    ([], 30, InputError, "expected at least one frame"),
    (7, 30, ShapeError, "Expected a source or an iterable of frames, got int"),
    ([picture()], None, SettingsError, "expected the frame rate of pictures that come without times"),
    ([picture()], 0, SettingsError, "expected a frame rate above 0, got 0"),
    (["a.jpg"], 30, ShapeError, "frame 0: expected a picture or a .time, picture. pair, got str"),
    (picture(), 30, ShapeError, r"frame 0: image: expected .* got shape \(8, 3\)"),
    ([picture().astype(float)], 30, ShapeError, "frame 0: image: expected .* uint8"),
    ([*[picture()] * 20, picture(width=9)], 30, ShapeError, "frame 20: expected 8x6 px as before, got 9x6 px"),
    ([(0.1, picture()), (0.1, picture())], None, ShapeError, "frame 1: expected a time after 0.1 s, got 0.1 s"),
    ([(float("nan"), picture())], None, ShapeError, "frame 0: expected a time after -inf s, got nan s"),
])  # fmt: skip
def test_something_else(frames: Any, fps: float | None, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        list(GivenFrames(frames, fps))
