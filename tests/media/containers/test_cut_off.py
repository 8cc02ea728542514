"""Files that end before their container does."""

import pytest

from posespotter.media.containers.cut_off import is_cut_off


def box(kind: bytes, length: int) -> bytes:
    return length.to_bytes(4) + kind + bytes(length - 8)


def large_box(kind: bytes, length: int) -> bytes:
    return (1).to_bytes(4) + kind + length.to_bytes(8) + bytes(length - 16)


def riff(length: int) -> bytes:
    return b"RIFF" + length.to_bytes(4, "little") + bytes(length)


def element(element_id: int, length: int) -> bytes:
    """An element of Matroska whose size takes two bytes."""
    return element_id.to_bytes(4) + (0x4000 | length).to_bytes(2) + bytes(length)


WHOLE = {
    "mov": box(b"ftyp", 24) + box(b"moov", 60) + box(b"mdat", 100),
    "mov, a large box": box(b"ftyp", 24) + large_box(b"mdat", 100),
    "avi": riff(120),
    "avi of several": riff(60) + riff(80),
    "matroska": element(0x1A45DFA3, 20) + element(0x18538067, 150),
    "gif": b"GIF89a" + b"\1" * 100 + b";",
}


@pytest.fixture
def cut_off(tmp_path):
    def of(demuxer: str, content: bytes) -> bool:
        path = tmp_path / "clip"
        path.write_bytes(content)
        return is_cut_off(path, demuxer)

    return of


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_not_and_one_without_its_last_bytes_is(name, cut_off):
    demuxer = name.split(",")[0].split()[0]
    assert not cut_off(demuxer, WHOLE[name])
    assert cut_off(demuxer, WHOLE[name][:-1])
    assert cut_off(demuxer, WHOLE[name][:-40])


@pytest.mark.parametrize(
    ("demuxer", "content"),
    [
        ("mov", b""),
        ("mov", box(b"ftyp", 24) + (0).to_bytes(4) + b"mdat" + bytes(9)),
        ("mov", box(b"ftyp", 24) + b"something else"),
        ("avi", b"RIFF" + bytes(4) + b"AVI "),
        ("matroska", element(0x1A45DFA3, 20) + (0x18538067).to_bytes(4) + b"\x01" + b"\xff" * 7 + bytes(20)),
        ("gif", WHOLE["gif"] + bytes(5)),
        ("mpegts", b"G" * 188),
    ],
    ids=[
        "empty", "the last box reaches to the end", "something behind the last box", "no size yet", "a live recording",
        "padding", "a container without sizes",
    ],
)  # fmt: skip
def test_where_the_container_does_not_say_it_is_taken_as_whole(demuxer, content, cut_off):
    assert not cut_off(demuxer, content)


def test_a_file_that_cannot_be_read_is_not_called_cut_off(tmp_path):
    assert not is_cut_off(tmp_path / "gone.mp4", "mov")
