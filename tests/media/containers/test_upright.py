from fractions import Fraction

import av
import numpy as np
import pytest

from posespotter.media import open_source
from posespotter.media.containers.upright import Upright, display_width, fit


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
@pytest.mark.parametrize(
    ("turn", "expected"),
    [  # counter-clockwise, as FFmpeg counts; the file holds "red green / blue white"
        ((0, ""), "red green blue white"),
        ((90, ""), "green white red blue"),
        ((180, ""), "white blue green red"),
        ((270, ""), "blue red white green"),
        ((0, "h"), "green red white blue"),
        ((0, "v"), "blue white red green"),
        ((20, ""), "red green blue white"),  # to the nearest quarter turn
        ((80, ""), "green white red blue"),
    ],
)
def test_display_matrix(make_video, pictures, name, turn, expected):
    degrees, mirror = turn

    def prepare(stream):
        stream.set_display_rotation(degrees, hflip=mirror == "h", vflip=mirror == "v")

    path = make_video(name, 3, size=(96, 64), picture=pictures.quarters, prepare=prepare)
    with open_source(path) as source:
        turned = degrees in {80, 90, 270}
        assert (source.info.width, source.info.height) == ((64, 96) if turned else (96, 64))
        for frame in source:
            assert frame.image.shape[:2] == ((96, 64) if turned else (64, 96))
            assert frame.image.flags.c_contiguous
            assert pictures.corners(frame.image) == expected


@pytest.mark.parametrize(("degrees", "size"), [(0, (128, 64)), (90, (64, 128))])
def test_pixels_that_are_not_square_become_square(make_video, degrees, size):
    def prepare(stream):
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        stream.set_display_rotation(degrees)

    with open_source(make_video("a.mp4", 3, size=(96, 64), prepare=prepare)) as source:
        assert (source.info.width, source.info.height) == size
        assert {frame.image.shape[1::-1] for frame in source} == {size}


@pytest.mark.parametrize(
    ("aspect", "expected"),
    [
        (None, 720),
        (Fraction(0), 720),  # FFmpeg's "unknown"
        (Fraction(1), 720),
        (Fraction(16, 15), 768),  # PAL 4:3
        (Fraction(8, 9), 640),  # NTSC 4:3
        (Fraction(400, 399), 720),  # from cropping
        (Fraction(100), 720),  # damage
    ],
)
def test_display_width(aspect, expected):
    assert display_width(720, aspect) == expected


@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
def test_untagged_colours_are_taken_as_players_take_them(make_video, size):
    """BT.601 for small pictures, BT.709 for large ones; the wrong matrix turns pure green by 40 levels."""
    matrix = 1 if size[1] > 576 else 6

    def tagged(stream):
        stream.codec_context.colorspace = matrix

    def green(_, width, height):
        return np.full((height, width, 3), (20, 200, 40), np.uint8)

    fast = {"preset": "ultrafast"}
    options = {**fast, "x264-params": "colormatrix=bt709" if matrix == 1 else "colormatrix=smpte170m"}
    plain = make_video("plain.mkv", 1, size=size, picture=green, options=fast)
    tagged_clip = make_video("tagged.mkv", 1, size=size, picture=green, options=options, prepare=tagged)
    with open_source(plain) as a, open_source(tagged_clip) as b:
        (first,), (second,) = list(a), list(b)
    assert np.abs(first.image.astype(int) - second.image).max() <= 2


@pytest.mark.parametrize("name", ["colorspace", "color_range"])
@pytest.mark.parametrize("value", [*range(19), 255])
def test_colours_that_ffmpeg_cannot_convert_are_taken_as_untagged(name, value):
    def image(tag):
        frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), (20, 200, 40), np.uint8), "bgr24")
        frame = frame.reformat(format="yuv420p")
        setattr(frame, name, tag)
        return Upright(None).image(frame)

    known = {"colorspace": {0, 1, 2, 4, 5, 6, 7, 9}, "color_range": {0, 1, 2}}[name]
    assert image(value).shape == (48, 64, 3)
    if value not in known:
        assert (image(value) == image({"colorspace": 2, "color_range": 0}[name])).all()


@pytest.mark.parametrize(
    ("shape", "inner"),
    [
        ((48, 64), (slice(None), slice(None))),
        ((24, 32), (slice(None), slice(None))),  # doubled
        ((96, 64), (slice(None), slice(16, 48))),  # bars left and right
        ((10, 64), (slice(19, 29), slice(None))),  # bars above and below
    ],
)
def test_fit(shape, inner):
    image = np.full((*shape, 3), 200, np.uint8)
    out = fit(image, 64, 48)
    assert out.shape == (48, 64, 3)
    expected = np.zeros((48, 64, 3), np.uint8)
    expected[inner] = 200
    assert (out == expected).all()


@pytest.mark.parametrize("pix_fmt", ["bgr24", "yuv420p"])
def test_uncompressed_avi_is_not_upside_down(make_video, pictures, pix_fmt):
    with open_source(make_video("a.avi", 2, codec="rawvideo", pix_fmt=pix_fmt, picture=pictures.quarters)) as source:
        assert [pictures.corners(frame.image) for frame in source] == ["red green blue white"] * 2
