"""Where people are looked for: the whole picture, and parts of one that is much larger than the detector's input."""

from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.painted import PaintedDetector, PaintedPose, paint

from posespotter.estimation.pose_tracker import PoseTracker
from posespotter.estimation.search import Search, detect_everywhere, detect_in, windows

NONE = np.empty((0, 4), np.float32)
FAR = (500, 300, 522, 352)
"""A small person in a large room: too small for the whole picture, seen in a part of it."""


def at(*boxes):
    """Where people should be who are lost."""
    return np.array(boxes, np.float32)


@dataclass
class ShortSighted(PaintedDetector):
    """Sees only people who are at least an eighth of the picture that it is shown; remembers what that was."""

    input_size: int = 224
    shown: list[tuple[int, int]] = field(default_factory=list)

    def detect(self, image):
        self.shown.append(image.shape[:2])
        found = super().detect(image)
        return found.take((found.boxes[:, 3] - found.boxes[:, 1]) >= image.shape[0] / 8)


@pytest.mark.parametrize(
    ("width", "height", "input_size", "expected"),
    [
        (300, 200, 224, 0),
        (313, 313, 224, 0),
        (640, 480, 640, 0),
        (640, 480, 10_000, 0),
        (320, 240, 224, 12),
        (640, 480, 224, 12),
        (768, 432, 224, 18),
        (1280, 720, 224, 18),
        (1920, 1080, 224, 18),
    ],
)
def test_number_of_windows(width, height, input_size, expected):
    found = windows(width, height, input_size)
    assert len(found) == len(set(found))
    assert len(found) == expected


@given(width=st.integers(16, 4000), height=st.integers(16, 3000), input_size=st.sampled_from([224, 320, 640]))
def test_windows_cover_everything_with_half_a_window_to_spare(width, height, input_size):
    found = windows(width, height, input_size)
    if not found:
        assert max(width, height) < 1.4 * input_size
        return
    for length, starts, side in (
        (width, sorted({w[0] for w in found}), found[0][2]),
        (height, sorted({w[1] for w in found}), found[0][2]),
    ):
        assert starts[0] == 0
        assert starts[-1] + side >= length
        assert all(0 <= start <= max(0, length - side) for start in starts)
        assert all(b - a <= ceil(side / 2) + 1 for a, b in pairwise(starts))
    middle = [np.hypot(w[0] + w[2] / 2 - width / 2, w[1] + w[2] / 2 - height / 2) for w in found]
    assert len({w[2] for w in found}) == 1
    assert middle[0] == pytest.approx(min(middle), abs=found[0][2])


def test_finds_in_a_part_come_back_in_px_of_the_whole():
    image = paint({1: FAR})
    found = detect_in(PaintedDetector(), image, (450, 200, 180))
    assert found.boxes.tolist() == [list(map(float, FAR))]
    assert len(detect_in(PaintedDetector(), image, (0, 0, 180))) == 0


def test_a_picture_is_searched_through_where_nobody_is_seen_at_once():
    detector = ShortSighted()
    found = detect_everywhere(detector, paint({1: FAR}))
    assert any(box == pytest.approx(FAR) for box in found.boxes)
    assert len(detector.shown) == 1 + len(windows(640, 480, 224))
    near = ShortSighted()
    assert len(detect_everywhere(near, paint({1: (100, 100, 180, 300)}))) == 1
    assert near.shown == [(480, 640)]


def test_a_far_person_in_a_picture_is_reported_once():
    """Overlapping windows see the same person several times."""
    people = PoseTracker(ShortSighted(), PaintedPose()).step_still(paint({1: FAR, 2: (100, 100, 122, 150)}))
    assert people.ids.tolist() == [1, 2]


@pytest.mark.parametrize(("most", "expected"), [(1, [2]), (2, [2, 1]), (None, [2, 1])])
def test_of_far_people_in_a_picture_the_surest_come_first(most, expected):
    places = {1: FAR, 2: (100, 100, 122, 150)}
    detector = ShortSighted(scores={1: 0.6, 2: 0.95})
    people = PoseTracker(detector, PaintedPose(), max_people=most).step_still(paint(places))
    assert people.joints.regions.boxes == pytest.approx(np.array([places[i] for i in expected]), abs=2)


def test_parts_are_looked_at_in_turn_one_a_look():
    detector = ShortSighted()
    search = Search(detector)
    n_windows = len(windows(640, 480, 224))
    found = [len(search.detect(paint({1: FAR}), NONE, None)) for _ in range(n_windows)]
    assert sum(found) >= 1  # after one round of windows everyone was seen
    assert len(detector.shown) == 2 * n_windows  # the whole picture and one part, each time
    assert {shape for shape in detector.shown if shape != (480, 640)} == {(274, 274)}


@pytest.mark.parametrize("expected", [NONE, at(FAR)])
def test_without_parts_the_detector_runs_once(expected):
    detector = ShortSighted()
    Search(detector, in_parts=False).detect(paint({}), expected, (500.0, 300.0))
    assert detector.shown == [(480, 640)]


def test_where_somebody_is_seen_no_part_is_looked_at():
    detector = ShortSighted()
    assert len(Search(detector).detect(paint({1: (100, 100, 180, 300)}), NONE, None)) == 1
    assert detector.shown == [(480, 640)]


@pytest.mark.parametrize("beside", [{}, {2: (100, 100, 180, 300)}])
def test_a_change_is_looked_at_closely_beside_the_whole_picture(beside):
    detector = ShortSighted()
    found = Search(detector).detect(paint(beside | {1: FAR}), NONE, (511.0, 326.0))
    assert FAR in [tuple(box) for box in found.boxes.tolist()]
    assert detector.shown == [(480, 640), (274, 274)]


def test_somebody_lost_is_looked_for_around_their_place():
    detector = ShortSighted()
    found = Search(detector).detect(paint({1: FAR}), at((0, 0, 30, 60), FAR), None)  # who matters most comes last
    assert found.boxes.tolist() == [list(map(float, FAR))]
    assert detector.shown[1][0] < 150


@pytest.mark.parametrize(
    "lost",
    [(-200, -200, -100, -100), (630, 470, 900, 900), (0, 0, 640, 480), (300, 200, 300, 200), (-5000, 0, 5000, 10)],
)
def test_somebody_lost_at_odd_places_does_no_harm(lost):
    detector = ShortSighted()
    assert len(Search(detector).detect(paint({}), at(lost), None)) == 0
    assert len(detector.shown) <= 2
    assert all(height == width for height, width in detector.shown[1:])


@pytest.mark.parametrize("most", [None, 1, 2, 3])
def test_a_crowd_that_a_detector_cannot_count_is_looked_at_in_parts(most):
    """At its cap of people it may have left out others, also in a picture that is not large."""
    crowd = {1: (100, 100, 140, 200), 2: (300, 100, 340, 200)}
    detector = PaintedDetector(input_size=10_000, most_people=most)
    found = detect_everywhere(detector, paint(crowd))
    assert (detector.session.calls > 1) is (most in {1, 2})
    assert {tuple(box) for box in found.boxes.tolist()} >= {tuple(map(float, box)) for box in crowd.values()}
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)


def test_where_the_search_is_outlives_a_checkpoint():
    first, second, steady = ShortSighted(), ShortSighted(), ShortSighted()
    begun, uncut = Search(first), Search(steady)
    for _ in range(3):
        begun.detect(paint({1: FAR}), NONE, None)
        uncut.detect(paint({1: FAR}), NONE, None)
    again = Search(second)
    again.restore(begun.state())
    found = [[len(search.detect(paint({1: FAR}), NONE, None)) for search in (again, uncut)] for _ in range(9)]
    assert all(one == other for one, other in found)
    assert any(one for one, _ in found)


@pytest.mark.parametrize("frame_rate", [15, 30])
def test_a_far_person_in_an_empty_room_is_found_within_two_seconds(frame_rate):
    detector = ShortSighted()
    tracker = PoseTracker(detector, PaintedPose())
    image = paint({1: FAR})
    ids = [len(tracker.step(index / frame_rate, image).ids) for index in range(3 * frame_rate)]
    first = ids.index(1)
    assert first / frame_rate <= 2 + 0.2 * (len(windows(640, 480, 224)) - 10)
    assert set(ids[first:]) == {1}


@pytest.mark.parametrize("frame_rate", [15, 30, 60])
@pytest.mark.parametrize("place", [FAR, (20, 20, 40, 70), (570, 420, 592, 470)])
@pytest.mark.parametrize("beside", [{}, {2: (100, 100, 180, 300)}])
def test_a_far_newcomer_is_seen_within_half_a_second(frame_rate, place, beside):
    """Walking, and too small for the whole picture, but the change shows where to look."""
    tracker = PoseTracker(ShortSighted(), PaintedPose())
    came = round(1.37 * frame_rate)
    for index in range(came):
        assert len(tracker.step(index / frame_rate, paint(beside)).ids) == len(beside)
    for index in range(came, came + frame_rate):
        x = 40 * (index - came) / frame_rate
        newcomer = (place[0] + x, place[1], place[2] + x, place[3])
        if len(tracker.step(index / frame_rate, paint(beside | {1: newcomer})).ids) > len(beside):
            break
    assert (index - came) / frame_rate <= 0.5


def test_parts_can_be_switched_off():
    detector = ShortSighted()
    tracker = PoseTracker(detector, PaintedPose(), tiles=False)
    assert not any(len(tracker.step(index / 10, paint({1: FAR})).ids) for index in range(30))
    assert set(detector.shown) == {(480, 640)}
