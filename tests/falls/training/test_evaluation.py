from pathlib import Path

import numpy as np
import pytest

from posespotter.errors import InputError
from posespotter.falls.detect import FallAnalysis, NotJudged, Windows
from posespotter.falls.sampling import RATE_HZ
from posespotter.falls.training.data import LABELS, FallClip, Segment
from posespotter.falls.training.evaluation import match, require_apart, result_of
from posespotter.falls.training.examples import labels_at


def clip(*falls: tuple[int, int], name: str = "a", group: str = "room 1") -> FallClip:
    """20 s, of which nobody knows what is to be seen in the last four."""
    segments, start = [], 0
    for first, last in falls:
        segments += [Segment(start, first - 1, "normal"), Segment(first, last, "fall")]
        start = last + 1
    segments.append(Segment(start, 399, "lying" if falls else "normal"))
    return FallClip(name, Path("a.mp4"), 500, 25.0, "source", group, "dev", tuple(segments))


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
        ([], [17.0], [], []),  # at a time to be ignored
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


@pytest.mark.parametrize(
    ("time_s", "label"),
    [
        (3.9, "normal"),
        (4.2, "ignore"),  # may as well become sitting down
        (5.0, "fall"),
        (5.4, "fall"),  # what came before the person lay is still in the window
        (5.6, "ignore"),
        (6.0, "lying"),
        (16.5, "ignore"),
    ],
)
def test_what_a_window_is_trained_as(time_s: float, label: str) -> None:
    assert LABELS[labels_at(clip(FALL), np.array([time_s]))[0]] == label


def test_what_catches_a_fall_and_what_is_false() -> None:
    """`lying` catches a fall that nothing else told, and is never false."""
    found, wrong = match(clip(FALL), [], [2.0, 6.5])
    assert [(one.alert_s, one.kind) for one in found] == [(6.5, "lying")]
    assert wrong == ()
    found, wrong = match(clip(FALL), [7.0], [6.5])
    assert [(one.alert_s, one.kind) for one in found] == [(6.5, "lying")]
    assert wrong == ()


def test_windows_of_a_clip() -> None:
    """Sure of the truth at every sample, but for one tick that says `fall` amid standing."""
    one = clip(FALL)
    time_s = np.arange(1, 16 * RATE_HZ) / RATE_HZ
    said = np.eye(3)[np.minimum(labels_at(one, time_s), 2)]
    said[20] = (0, 1, 0)
    windows = Windows(time_s, np.ones(len(time_s), np.int32), said, said, np.zeros(len(time_s), np.int32))
    found = result_of(one, FallAnalysis((), windows, one.n_frames, one.fps, "", "", (), NotJudged(nobody=0.25)))
    assert found.windows.counts[0, 1] == 1
    assert found.windows.counts[1:].tolist() == np.diag(np.diag(found.windows.counts))[1:].tolist()
    assert found.seen == 0.75
