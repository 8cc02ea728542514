"""Recognise a file by its first bytes: names lie, and a playlist must never reach the decoder."""

from pathlib import Path
from typing import BinaryIO, Literal

from posespotter.errors import InputError
from posespotter.files import open_plain

Format = Literal["jpeg", "png", "webp", "bmp", "mov", "matroska", "avi", "gif", "mpegts"]

PICTURES: frozenset[str] = frozenset({"jpeg", "png", "webp", "bmp"})
"""The formats that hold one picture; the others are names of FFmpeg demuxers."""

EXPECTED = "a picture (JPEG, PNG, WebP, BMP) or a video (MP4, MOV, AVI, MKV, WebM, GIF, MPEG-TS)"

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
# MPEG-TS: packets of 188 bytes with a sync byte; AVCHD camcorders put 4 bytes of time before each, broadcasters 16 of
# error correction behind. A file may begin inside a packet.
_TS_STEPS = ((0, 188), (4, 192), (0, 204))
_TS_SYNC = b"G"
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
            head = file.read(8192)
            found = _format(head) or ("mov" if _is_quicktime(file) else None)
    except FileNotFoundError:
        raise InputError(f"{path} does not exist. Check the spelling and the folder.") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise InputError(f"{path} could not be read: {getattr(error, 'strerror', None) or error}.") from error
    if not head:
        raise InputError(f"{path}: expected {EXPECTED}, got an empty file. Copy or record it again.")
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
    return "mpegts" if _is_transport_stream(head) else None


def _is_transport_stream(head: bytes) -> bool:
    if b"\0" not in head:  # a text may have a G at every such place
        return False
    if any(_are_packets(head, first, step, 3) for first, step in _TS_STEPS):
        return True
    at = head.find(_TS_SYNC)
    while at >= 0:
        # Where it may begin anywhere, fewer than eight could be chance.
        if any(_are_packets(head, at, step, 8) for _, step in _TS_STEPS):
            return True
        at = head.find(_TS_SYNC, at + 1)
    return False


def _are_packets(head: bytes, first: int, step: int, n: int) -> bool:
    """Whether packets stand there: a sync byte, no error flag, and a payload or something in its place."""
    starts = range(first, first + n * step, step)
    return starts[-1] + 4 <= len(head) and all(
        head[at : at + 1] == _TS_SYNC and head[at + 1] < 0x80 and head[at + 3] & 0x30 for at in starts
    )


def _is_quicktime(file: BinaryIO) -> bool:
    """Whether one of the atoms that make a film comes after others that are optional."""
    at = 0
    # Old QuickTime files begin with a preview picture, or notes of their editor.
    for _ in range(8):
        file.seek(at)
        head = file.read(12)
        size, kind = int.from_bytes(head[:4]), head[4:8]
        if kind in _MOV_ATOMS:
            return at > 0 and head[8:12] not in _STILL_BRANDS
        if size < 8 or not (kind.isascii() and kind.isalnum()):
            return False
        at += size
    return False


def _describe(head: bytes) -> str:
    """Describe a refused file, for the message."""
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
