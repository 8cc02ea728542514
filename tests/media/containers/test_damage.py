"""Which pictures show damage, by what FFmpeg says of packets and frames."""

from types import SimpleNamespace

import pytest

from posespotter.media.containers.damage import Damage


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        ("K.....", "------"),
        ("K.x..K.", "--xxx--"),  # until the next key frame: each frame is told by what differs from the one before
        ("K.p..K.", "--xxx--"),  # the packet was damaged, and the decoder says nothing
        ("K.l..K.", "--xxx--"),  # a packet that could not be decoded
        ("K.X.K.", "--xx--"),  # a damaged key frame
        ("K.x" + 30 * ".", "--x" + 20 * "x" + 10 * "-"),  # no key frame for 2 s: what moves has been told anew
    ],
)
def test_damage_stays_until_a_whole_picture(frames, expected):
    damage = Damage(0.1)
    found = ""
    for pts, letter in enumerate(frames):
        packet = SimpleNamespace(pts=pts, is_corrupt=letter == "p")
        damage.packet(packet, lost=letter == "l")
        frame = SimpleNamespace(pts=pts, is_corrupt=letter in "xX", key_frame=letter in "KX")
        found += "x" if damage.shows(frame) else "-"
    assert found == expected
