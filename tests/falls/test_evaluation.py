from pathlib import Path

import pytest

from posespotter.errors import InputError
from posespotter.falls.data import FallClip, Segment
from posespotter.falls.evaluation import match, require_apart


def clip(*falls: tuple[int, int], name: str = "a", group: str = "room 1") -> FallClip:
    """20 s, of which nobody knows what is to be seen in the last four."""
    segments, start = [], 0
    for first, last in falls:
        segments += [Segment(start, first - 1, "normal"), Segment(first, last, "fall")]
        start = last + 1
    segments.append(Segment(start, 399, "lying" if falls else "normal"))
    return FallClip(name, Path("a.mp4"), 500, 25.0, group, "dev", tuple(segments))


FALL = (100, 125)  # 4.0 to 5.0 s


@pytest.mark.parametrize(
    ("falls", "alarms", "caught", "false"),
    [
        ([FALL], [5.6], [5.6], []),
        ([FALL], [], [], []),
        ([FALL], [3.4], [], [3.4]),  # before anybody could know
        ([FALL], [3.6], [3.6], []),  # the fall's beginning is marked by eye
        ([FALL], [9.1], [], [9.1]),  # too late
        ([FALL], [5.6, 6.5], [5.6], [6.5]),  # the second is one too many
        ([FALL, (250, 275)], [5.6, 11.2], [5.6, 11.2], []),
        ([], [5.6], [], [5.6]),
        ([], [17.0], [], []),  # at a moment to be ignored
    ],
)
def test_match(falls: list[tuple[int, int]], alarms: list[float], caught: list[float], false: list[float]) -> None:
    found, wrong = match(clip(*falls), alarms)
    assert [one.alert_s for one in found] == caught
    assert list(wrong) == false


def test_the_delay_is_that_after_the_impact() -> None:
    (caught,), _ = match(clip(FALL), [5.6])
    assert caught.delay_s == pytest.approx(5.6 - 5.0)


@pytest.mark.parametrize(
    ("measured", "message"),
    [
        (clip(name="a", group="room 2"), "a is among both"),
        (clip(name="b", group="room 1"), "room 1 is on both"),
    ],
)
def test_leaks_are_refused(measured: FallClip, message: str) -> None:
    with pytest.raises(InputError, match=message):
        require_apart([clip()], [measured])


def test_rooms_and_clips_apart_are_no_leak() -> None:
    require_apart([clip()], [clip(name="b", group="room 2")])
    require_apart([clip()], [clip(name="b")], groups=False)
