"""Whether a video file ends before its container does, by the sizes that the container gives its own parts."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_BOXES = frozenset(b"ftyp styp moov moof mdat mfra sidx free skip wide udta uuid pnot".split())
_EBML, _SEGMENT = 0x1A45DFA3, 0x18538067  # ids of Matroska (RFC 9559)
_GIF_END, _PADDING = b";", b"\0"


def is_cut_off(path: Path, demuxer: str) -> bool:
    """Whether the end of a file is missing; False where its container does not say where it should end.

    Args:
        path: the file.
        demuxer: its format, as `sniff` calls it.
    """
    look = _LOOKS.get(demuxer)
    if look is None:
        return False
    try:
        with path.open("rb") as file:
            return look(file, path.stat().st_size)
    except OSError:
        return False


def _mov(file: BinaryIO, size: int) -> bool:
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(16)
        if head[4:8] not in _BOXES:
            return False  # something else behind the last box
        length = int.from_bytes(head[:4])
        if length == 1:
            length = int.from_bytes(head[8:16])
        if length < 8:  # 0: to the end, wherever that is
            return False
        at += length
    return at > size


def _avi(file: BinaryIO, size: int) -> bool:
    """Files of more than a gigabyte are several of these."""
    at = 0
    while at + 8 <= size:
        file.seek(at)
        head = file.read(8)
        length = int.from_bytes(head[4:8], "little")
        if head[:4] != b"RIFF" or not length:
            return False
        at += 8 + length
    return at > size


def _matroska(file: BinaryIO, size: int) -> bool:
    at = 0
    for _ in range(2):
        file.seek(at)
        head = file.read(12)
        length, width = _ebml_size(head[4:])
        if length is None:
            return False  # written while it was recorded
        at += 4 + width + length
        if int.from_bytes(head[:4]) == _SEGMENT:
            return at > size
        if int.from_bytes(head[:4]) != _EBML:
            return False
    return False


def _ebml_size(head: bytes) -> tuple[int | None, int]:
    """A size and the bytes that it takes; None stands for one that is unknown."""
    width = 9 - head[0].bit_length() if head and head[0] else 9
    if width > min(8, len(head)):
        return None, width
    value = int.from_bytes(head[:width]) & ((1 << 7 * width) - 1)
    return (None if value == (1 << 7 * width) - 1 else value), width


def _gif(file: BinaryIO, size: int) -> bool:
    file.seek(max(0, size - 64))
    return not file.read().rstrip(_PADDING).endswith(_GIF_END)


_LOOKS: dict[str, Callable[[BinaryIO, int], bool]] = {"mov": _mov, "avi": _avi, "matroska": _matroska, "gif": _gif}
