import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image as Pillow

from posespotter.errors import InputError
from posespotter.media import open_source, read_image
from posespotter.settings import settings


def save(path, array, *, mode=None, **options):
    picture = Pillow.fromarray(array)
    if mode:
        picture = picture.convert(mode)
    picture.save(path, **options)
    return path


RED = np.full((20, 24, 3), (250, 10, 30), np.uint8)  # RGB


@pytest.mark.parametrize(
    ("suffix", "mode", "tolerance"),
    [
        (".png", None, 0),
        (".bmp", None, 0),
        (".jpg", None, 6),
        (".jpeg", "CMYK", 8),
        (".webp", None, 8),
        (".png", "RGBA", 0),
        (".png", "P", 52),  # the web palette has steps of 51
        (".bmp", "P", 52),
    ],
)
def test_kinds(tmp_path, suffix, mode, tolerance):
    image = read_image(save(tmp_path / f"a{suffix}", RED, mode=mode))
    assert image.shape == (20, 24, 3)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert image.flags.writeable
    assert image[10, 10].astype(int) == pytest.approx([30, 10, 250], abs=tolerance)


def test_adobe_cmyk_is_not_inverted(tmp_path):
    cmyk = Pillow.new("CMYK", (16, 16), (0, 255, 255, 0))  # no cyan, all magenta and yellow: red
    cmyk.save(tmp_path / "a.jpg")
    assert read_image(tmp_path / "a.jpg")[8, 8].astype(int) == pytest.approx([0, 0, 255], abs=6)


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (256, 1), (32768, 128), (65535, 255)])
def test_16_bit_grey_is_scaled_not_clipped(tmp_path, value, expected):
    image = read_image(save(tmp_path / "a.png", np.full((16, 16), value, np.uint16)))
    assert (image == expected).all()


def png_16_bit_rgb(path, rgb):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + struct.pack(">3H", *rgb) * 16 for _ in range(16))
    header = struct.pack(">IIBBBBB", 16, 16, 16, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
    return path


def test_16_bit_colour(tmp_path):
    assert (read_image(png_16_bit_rgb(tmp_path / "a.png", (65535, 32768, 257))) == (1, 128, 255)).all()


@pytest.mark.parametrize(("mode", "value", "expected"), [("L", 77, 77), ("1", 255, 255), ("LA", 77, 77)])
def test_grey(tmp_path, mode, value, expected):
    image = read_image(save(tmp_path / "a.png", np.full((16, 16), value, np.uint8), mode=mode))
    assert (image == expected).all()


def test_transparency_lies_over_white(tmp_path):
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[:8] = (255, 0, 0, 128)
    image = read_image(save(tmp_path / "a.png", rgba))
    assert image[0, 0].astype(int) == pytest.approx([127, 127, 255], abs=1)
    assert (image[15] == 255).all()


def test_transparent_palette_lies_over_white(tmp_path):
    picture = Pillow.new("P", (16, 16), 0)
    picture.putpalette([10, 20, 30] * 256)
    picture.save(tmp_path / "a.png", transparency=0)
    assert (read_image(tmp_path / "a.png") == 255).all()


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp"])
@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (1, "red green blue white"),
        (2, "green red white blue"),
        (3, "white blue green red"),
        (4, "blue white red green"),
        (5, "red blue green white"),
        (6, "blue red white green"),
        (7, "white green blue red"),
        (8, "green white red blue"),
    ],
)
def test_exif_orientation(tmp_path, pictures, suffix, orientation, expected):
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    path = save(tmp_path / f"a{suffix}", pictures.quarters(0, 64, 32)[..., ::-1].copy(), exif=exif.tobytes())
    image = read_image(path)
    assert pictures.corners(image) == expected
    assert image.shape[:2] == ((64, 32) if orientation > 4 else (32, 64))


def test_broken_exif_is_ignored(tmp_path):
    path = save(tmp_path / "a.jpg", RED, exif=b"Exif\0\0II*\0\xff\xff\xff\xff nonsense")
    assert read_image(path).shape == (20, 24, 3)


def big_png(path, side):
    """Claims side x side px in its header, and holds next to nothing."""
    buffer = io.BytesIO()
    Pillow.new("L", (16, 16)).save(buffer, "PNG")
    data = bytearray(buffer.getvalue())
    data[16:24] = struct.pack(">II", side, side)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    path.write_bytes(data)
    return path


def test_20000_px_are_refused_before_decoding(tmp_path):
    with pytest.raises(InputError, match=r"expected at most 100 megapixels, got 20000x20000 \(400 megapixels\)"):
        read_image(big_png(tmp_path / "a.png", 20_000))


def test_a_size_that_pillow_itself_refuses(tmp_path):
    exif = Pillow.Exif()
    exif[0x010E] = "a comment"  # so that the file has a header with the size of the whole picture
    data = bytearray(save(tmp_path / "a.webp", RED, exif=exif).read_bytes())
    at = data.index(b"VP8X") + 12
    data[at : at + 6] = (14_000 - 1).to_bytes(3, "little") + (13_500 - 1).to_bytes(3, "little")
    (tmp_path / "a.webp").write_bytes(data)
    with pytest.raises(InputError, match=r"expected at most 100 megapixels, got more\. Make it smaller"):
        read_image(tmp_path / "a.webp")


def test_limit_is_a_setting(tmp_path, monkeypatch):
    monkeypatch.setenv("POSESPOTTER_MAX_IMAGE_MEGAPIXELS", "0.0004")
    settings.cache_clear()
    with pytest.raises(InputError, match=r"expected at most 0.0004 megapixels, got 24x20"):
        read_image(save(tmp_path / "a.png", RED))


@pytest.mark.parametrize("size", [(1, 1), (15, 100), (100, 15)])
def test_too_small(tmp_path, size):
    with pytest.raises(InputError, match=rf"expected at least 16x16 px, got {size[1]}x{size[0]}"):
        read_image(save(tmp_path / "a.png", np.zeros(size, np.uint8)))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_cut_off(tmp_path, suffix, share):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    path = save(tmp_path / f"a{suffix}", noise)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(InputError, match="expected a whole picture, got one that is cut off or damaged"):
        read_image(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "got an empty file"),
        (b"hello, this is text\n" * 9, "got a text file"),
        (b"GIF89a" + b"\0" * 60, "got a video"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 60, "HEIC or AVIF"),
        (b"%PDF-1.7\n", "PDF"),
    ],
)
def test_not_a_picture(tmp_path, data, message):
    (tmp_path / "a.jpg").write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_image(tmp_path / "a.jpg")


def test_as_a_source(tmp_path):
    path = save(tmp_path / "renamed.txt", RED, format="PNG")
    with open_source(path) as source:
        (frame,) = list(source)
        assert (frame.index, frame.time_s) == (0, 0.0)
        info = source.info
        assert (info.name, info.kind, info.width, info.height, info.fps) == ("renamed.txt", "image", 24, 20, 0)
        assert (info.n_frames, info.live, source.warnings) == (1, False, [])
        assert len(list(source)) == 1


@pytest.mark.shared
def test_real_pictures(shared):
    paths = sorted((shared / "data" / "coco" / "images").iterdir())[:8]
    for path in paths:
        with Pillow.open(path) as picture:
            assert read_image(path).shape == (picture.height, picture.width, 3)
