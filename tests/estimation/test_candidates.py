"""Who is looked for: weak detections become people, people are given up, and all of it survives a checkpoint."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.estimation.candidates import Candidates
from posespotter.models.interfaces import Regions
from posespotter.tracking.state import from_state, state_of

BOXES = np.array([[0, 0, 10, 20], [30, 5, 50, 60]], np.float32)
BOTH = np.arange(2)


def detections(scores=(0.9, 0.4)):
    return Regions.from_boxes(BOXES, np.array(scores, np.float32))


def candidates(time_s=0.0, sure=(True, False), expected=(False, False)):
    return Candidates.new(detections(), time_s, np.array(sure), np.array(expected))


@pytest.mark.parametrize(
    ("sure", "expected", "tentative"),
    [(True, False, False), (False, False, True), (False, True, False), (True, True, False)],
)
def test_who_is_tentative(sure, expected, tentative):
    """A weak detection where nobody was seen just before."""
    found = candidates(sure=(sure, sure), expected=(expected, expected))
    assert found.tentative.tolist() == found.unsure.tolist() == [tentative] * 2
    assert found.priors() == [None, None]


def test_a_weak_detection_is_a_person_when_it_was_made_three_times():
    found = candidates()
    told = []
    for look in range(1, 4):
        found = found.detected(BOTH, detections(), 0.1 * look)
        told.append(found.tentative.tolist())
    assert told == [[False, True], [False, False], [False, False]]


def test_a_detection_brings_its_box_and_score_and_leaves_the_turned_square():
    squares = np.array([[5, 10, 30, 0.5], [40, 30, 60, -0.5]], np.float32)
    found = Candidates.new(
        Regions.from_boxes(BOXES, np.ones(2, np.float32), squares), 0.0, np.ones(2, bool), np.zeros(2, bool)
    )
    again = Regions.from_boxes(BOXES[:1] + 2, np.array([0.6], np.float32))
    moved = found.undetected(BOTH, 0.2).detected(np.array([1]), again, 0.4)
    assert moved.regions.boxes.tolist() == [BOXES[0].tolist(), (BOXES[0] + 2).tolist()]
    assert moved.regions.scores.tolist() == pytest.approx([1, 0.6])
    assert moved.regions.squares.tolist() == squares.tolist()
    assert (moved.missed.tolist(), moved.confirmed_s.tolist()) == ([1, 0], [0.0, 0.4])
    assert found.missed.tolist() == [0, 0]  # what was there stays as it was


@pytest.mark.parametrize(
    ("looks_s", "left"),
    [
        ([0.1, 0.2, 0.3, 0.4, 0.9], 1),  # often, but not for long
        ([1.0, 2.0], 1),  # for long, but not often
        ([0.5, 1.0, 1.5], 0),
        ([1.0, 2.0, 3.0], 0),
        ([0.1, 0.2, 0.3, 1.6], 0),
    ],
)
def test_a_person_whom_the_detector_misses_for_long_and_often_is_nobody(looks_s, left):
    found = candidates().take(np.array([0]))
    for time_s in looks_s:
        found = found.undetected(np.arange(len(found)), time_s)
    assert len(found) == left
    if left:
        assert found.unsure.all()
        again = found.detected(np.array([0]), detections().take(np.array([0])), looks_s[-1])
        assert not again.unsure.any()


def test_who_is_not_named_is_not_counted():
    found = candidates().undetected(np.array([1]), 0.1)
    assert found.missed.tolist() == [0, 1]
    assert found.unsure.tolist() == [False, True]


def test_a_checkpoint_keeps_everything():
    found = candidates(1.5, expected=(True, False)).plus(Candidates.none()).undetected(np.array([0]), 1.7)
    again = from_state(Candidates.none(), state_of(found))
    for name in ("ids", "detections", "missed", "confirmed_s", "expected"):
        got, expected = getattr(again, name), getattr(found, name)
        assert (got.dtype, got.tolist()) == (expected.dtype, expected.tolist()), name
    assert again.regions.boxes.tolist() == BOXES.tolist()
    assert again.take(slice(1, None)).regions.scores.tolist() == pytest.approx([0.4])


@given(seen=st.lists(st.booleans(), max_size=12), step_s=st.sampled_from([0.1, 0.25, 0.6, 1.0]))
def test_nobody_is_kept_who_was_missed_three_times_in_a_row_for_long(seen, step_s):
    """However the looks come: who is kept was seen within the last second or in one of the last three looks."""
    found = candidates().take(np.array([0]))
    last_s, misses = 0.0, 0
    for look, hit in enumerate(seen, 1):
        time_s = look * step_s
        rows = np.arange(len(found))
        found = found.detected(rows, detections().take(rows), time_s) if hit else found.undetected(rows, time_s)
        last_s, misses = (time_s, 0) if hit and len(found) else (last_s, misses + 1)
        given_up = misses >= 3 and time_s - last_s >= 1.0
        assert len(found) == (not given_up)
        if given_up:
            return
