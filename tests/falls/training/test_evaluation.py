from pathlib import Path

import numpy as np
import pytest

from posespotter.errors import InputError
from posespotter.falls.training.data import LABELS, FallClip, Segment
from posespotter.falls.detect import FallAnalysis, Windows
from posespotter.falls.training.evaluation import match, require_apart, result_of
from posespotter.falls.training.examples import labels_at, most_shown
from posespotter.falls.sampling import RATE_HZ


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


@pytest.mark.parametrize(
    ("time_s", "shown"),
    [
        (3.0, "normal"),
        (4.4, "normal"),  # the fall has lasted for 0.4 s of the last second
        (4.6, "fall"),
        (5.4, "fall"),  # it ended 0.4 s ago
        (5.6, "lying"),
        (16.3, "lying"),
        (16.6, "ignore"),  # nobody knows
        (0.0, "normal"),  # what there is of it
    ],
)
def test_a_window_shows_what_most_of_it_shows(time_s: float, shown: str) -> None:
    assert LABELS[most_shown(clip((100, 124)), np.array([time_s]))[0]] == shown


def test_what_is_shown_for_as_long_as_a_fall_is_a_fall() -> None:
    twenty = FallClip("a", Path("a.mp4"), 20, 25.0, "room 1", "dev", (Segment(0, 9, "normal"), Segment(10, 19, "fall")))
    assert LABELS[most_shown(twenty, np.array([19 / 25]))[0]] == "fall"


def test_one_and_the_same_clip_by_three_measures() -> None:
    """Sure of the truth at every moment, but for one tick that says `fall` amid standing."""
    one = clip(FALL)
    time_s = np.arange(1, 16 * RATE_HZ) / RATE_HZ
    said = np.eye(3)[np.minimum(labels_at(one, time_s), 2)]
    said[20] = (0, 1, 0)
    smoothed = np.array([said[max(0, i - 5) : i + 1].mean(axis=0) for i in range(len(said))])
    windows = Windows(time_s, np.ones(len(time_s), np.int32), said, smoothed, np.zeros(len(time_s), np.int32))
    found = result_of(one, FallAnalysis((), windows, one.n_frames, one.fps, "", ""))
    assert found.windows.counts[0].tolist() == [61, 1, 0]
    assert found.averaged.counts[0, 1] < found.shown.counts[0, 1]
    assert found.windows.counts[1:].tolist() == np.diag(np.diag(found.windows.counts))[1:].tolist()
    assert found.shown.counts.sum() == found.averaged.counts.sum()
