"""What a file is, by its content."""

import pytest

from posespotter.errors import InputError
from posespotter.media import open_source
from posespotter.media.inspection.sniff import sniff

N = 20


@pytest.fixture
def clip(make_video):
    return make_video("a.ts", N, options={"g": "5"})


def rewritten(path, change):
    path.write_bytes(change(path.read_bytes()))
    return path


def with_parity(data):
    """As broadcasters write it: 16 bytes for correcting errors behind each packet."""
    return b"".join(data[at : at + 188] + b"\xaa" * 16 for at in range(0, len(data), 188))


def with_times(data):
    """As AVCHD camcorders write it: 4 bytes of time before each packet."""
    return b"".join(b"\x12\x34\x56\x78" + data[at : at + 188] for at in range(0, len(data), 188))


@pytest.mark.parametrize("packets", [bytes, with_times, with_parity])
@pytest.mark.parametrize("cut", [0, 1, 77, 187])
def test_transport_streams_of_any_packet_that_begin_anywhere(clip, packets, cut):
    rewritten(clip, lambda data: packets(data)[cut:])
    assert sniff(clip) == "mpegts"
    with open_source(clip) as source:
        frames = list(source)
    assert N - 6 <= len(frames) <= N  # up to the first key frame after the cut
    assert frames[-1].time_s == pytest.approx((len(frames) - 1) / 30, abs=1e-3)


def test_a_damaged_beginning_of_a_transport_stream(clip):
    rewritten(clip, lambda data: b"\xff" * 1000 + data)
    assert sniff(clip) == "mpegts"


def atom(kind, size):
    return size.to_bytes(4) + kind + bytes(size - 8)


@pytest.mark.parametrize(
    "before",
    [atom(b"pnot", 20), atom(b"pnot", 20) + atom(b"PICT", 700), atom(b"uuid", 40), atom(b"prfl", 9000)],
    ids=["preview", "picture", "uuid", "long"],
)
def test_old_quicktime_with_something_before_the_film(make_video, before):
    path = rewritten(
        make_video("a.mov", N, muxer={"movflags": "empty_moov+frag_keyframe+default_base_moof"}),
        lambda data: before + data,
    )
    assert sniff(path) == "mov"
    with open_source(path) as source:
        assert len(list(source)) == N


@pytest.mark.parametrize(
    "data",
    [
        b"G" * 9000,
        b">seq1\n" + b"GATTACAG" * 2000,  # a G at every place where a packet would begin
        (b"G" + b"text " * 37 + b"\n\n") * 100,
        atom(b"pnot", 20) + atom(b"PICT", 700),  # nothing follows
        atom(b"heic", 20) + b"\0\0\0\x18ftypheic" + bytes(500),
        atom(b"pnot", 20) + b"\0\0\0\x18ftypheic" + bytes(500),
        bytes(range(256)) * 64,
    ],
)
def test_what_only_looks_like_a_video(tmp_path, data):
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(InputError, match="expected a picture"):
        sniff(tmp_path / "a")
