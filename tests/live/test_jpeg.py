"""Pictures from a browser: good ones come through, every other is refused before it costs anything."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.errors import InputError
from posespotter.live.jpeg import decode_jpeg, jpeg_size
from posespotter.live.limits import LIMITS


def picture(width: int = 64, height: int = 48, *more: int) -> bytes:
    image = np.random.default_rng(0).integers(0, 255, (height, width, 3)).astype(np.uint8)
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80, *more])[1].tobytes())


GOOD = picture()


def claiming(width: int, height: int) -> bytes:
    """A small picture whose header claims another size."""
    place = GOOD.index(b"\xff\xc0") + 5
    return GOOD[:place] + height.to_bytes(2) + width.to_bytes(2) + GOOD[place + 4 :]


@pytest.mark.parametrize(("width", "height"), [(64, 48), (48, 64), (16, 16), (1280, 720)])
def test_a_browsers_picture_is_decoded(width: int, height: int) -> None:
    jpeg = picture(width, height)
    assert jpeg_size(jpeg) == (width, height)
    assert decode_jpeg(jpeg).shape == (height, width, 3)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "something else"),
        (b"GIF89a" + bytes(100), "something else"),
        (b"\xff\xd8", "without a header"),
        (b"\xff\xd8\xff\xd9", "without a header"),
        (b"\xff\xd8" + b"\xff" * 10_000, "without a header"),
        (b"\xff\xd8\xff\xe0\xff\xff" + bytes(70_000), "without a header"),
        (GOOD[: len(GOOD) // 2], "cut off"),
        (picture(64, 48, cv2.IMWRITE_JPEG_PROGRESSIVE, 1), "another kind"),
        (claiming(65_000, 65_000), "got 65000x65000"),
        (claiming(0, 48), "got 0x48"),
        (picture(8, 8), "got 8x8"),
        (GOOD + bytes(LIMITS.jpeg_bytes), "bytes"),
    ],
)
def test_everything_else_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        decode_jpeg(data)


def test_a_picture_that_is_not_as_large_as_it_claims_is_still_of_the_claimed_size() -> None:
    assert decode_jpeg(claiming(640, 480)).shape == (480, 640, 3)  # what lacks is grey


def test_the_turn_in_the_exif_data_is_left_alone() -> None:
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    turned = GOOD[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif + GOOD[2:]
    assert decode_jpeg(turned).shape == (48, 64, 3)


@given(st.binary(max_size=2000), st.booleans())
def test_no_bytes_do_more_than_be_refused(data: bytes, begins_well: bool) -> None:
    with pytest.raises(InputError):
        decode_jpeg(b"\xff\xd8" + data if begins_well else data)


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=20))
def test_damage_gives_a_picture_or_a_refusal(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(GOOD)
    for place, value in changes:
        damaged[place] = value
    try:
        image = decode_jpeg(bytes(damaged))
    except InputError:
        return
    assert image.dtype == np.uint8
    assert image.shape[2] == 3
