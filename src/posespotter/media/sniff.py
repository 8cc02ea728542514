"""What a file is, by its first bytes: names lie, and a playlist must never reach the decoder."""

from pathlib import Path
from typing import Literal

from posespotter.errors import InputError
from posespotter.files import open_plain

Format = Literal["jpeg", "png", "webp", "bmp", "mov", "matroska", "avi", "gif", "mpegts"]

PICTURES: frozenset[str] = frozenset({"jpeg", "png", "webp", "bmp"})
"""The formats that hold one picture; the others are names of FFmpeg demuxers."""

EXPECTED = "a picture (JPEG, PNG, WebP, BMP) or a video (MP4, MOV, AVI, MKV, WebM, GIF, MPEG-TS)"

_HEAD_BYTES = 1024
_STARTS: tuple[tuple[bytes, Format], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"BM", "bmp"),
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
)
_RIFF: dict[bytes, Format] = {b"WEBP": "webp", b"AVI ": "avi"}
_MOV_ATOMS = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})
_STILL_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis"})
_TEXTS: tuple[tuple[bytes, str], ...] = (
    (b"#extm3u", "an HLS playlist"),
    (b"<mpd", "a DASH playlist"),
    (b"ffconcat", "a concat playlist"),
    (b"v=0", "an SDP description"),
)


def sniff(path: Path) -> Format:
    """The format of the file's content, whatever its name says.

    Raises:
        InputError: the file is missing, empty, unreadable, or of a kind that PoseSpotter does not read.
    """
    try:
        with open_plain(path) as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist. Check the spelling and the folder.") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise InputError(f"{path} could not be read: {getattr(error, 'strerror', None) or error}.") from error
    if not head:
        raise InputError(f"{path}: expected {EXPECTED}, got an empty file. Copy or record it again.")
    found = _format(head)
    if found is None:
        raise InputError(f"{path}: expected {EXPECTED}, got {_describe(head)}. Convert it, or choose another file.")
    return found


def _format(head: bytes) -> Format | None:
    for start, name in _STARTS:
        if head.startswith(start):
            return name
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] in _MOV_ATOMS and head[8:12] not in _STILL_BRANDS:
        return "mov"
    # MPEG-TS: a sync byte every 188 bytes; AVCHD camcorders put 4 bytes of time before each packet.
    for first, step in ((0, 188), (4, 192)):
        if len(head) > first + 2 * step and all(head[first + k * step] == 0x47 for k in range(3)):
            return "mpegts"
    return None


def _describe(head: bytes) -> str:
    """What a refused file seems to be, for the message."""
    if head[4:8] == b"ftyp":
        return "a HEIC or AVIF picture"
    if head.startswith(b"%PDF"):
        return "a PDF document"
    if b"\0" in head:
        return "other data"
    text = head.lower()
    for mark, name in _TEXTS:
        if text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(mark) or (mark == b"<mpd" and mark in text):
            return name
    try:
        text[: max(1, len(text) - 3)].decode()  # the last character may be cut
    except UnicodeDecodeError:
        return "other data"
    return "a text file"
