"""Where people are looked for: the whole picture, and parts of one that is much larger than the detector's input."""

from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.painted import PaintedDetector, PaintedPose, paint, standing

from posespotter.estimation.pose_tracker import PoseTracker
from posespotter.estimation.search import Search, detect_everywhere, detect_in, tiles
from posespotter.estimation.tracking import Lost
from posespotter.models.people import Regions

NONE = Lost(np.empty(0, np.int32), np.empty((0, 4), np.float32), np.empty((0, 4), np.float32), np.empty(0))
FAR = (500, 300, 522, 352)
"""A small person in a large room: too small for the whole picture, seen in a part of it."""


def lost_at(*boxes):
    """People who were lost there, and should be there still."""
    boxes = np.array(boxes, np.float32)
    return Lost(np.arange(1, len(boxes) + 1, dtype=np.int32), boxes, boxes, np.ones(len(boxes)))


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
def test_number_of_tiles(width, height, input_size, expected):
    found = tiles(width, height, input_size)
    assert len(found) == len(set(found))
    assert len(found) == expected


@given(width=st.integers(16, 4000), height=st.integers(16, 3000), input_size=st.sampled_from([224, 320, 640]))
def test_tiles_cover_everything_with_half_a_tile_to_spare(width, height, input_size):
    found = tiles(width, height, input_size)
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


@given(
    left=st.integers(0, 400), top=st.integers(0, 300), width=st.integers(9, 60), height=st.integers(9, 60),
    quarters=st.integers(0, 3),
)  # fmt: skip
def test_finds_in_a_turned_part_come_back_in_px_of_the_whole(left, top, width, height, quarters):
    box = (left + 60, top + 50, left + 60 + width, top + 50 + height)
    found = detect_in(PaintedDetector(), paint({1: box}), (left, top, 180), quarters)
    assert found.boxes.tolist() == [list(map(float, box))]


@pytest.mark.parametrize(
    ("quarters", "expected"),
    [
        (0, [230, 140, 50, 0.0]),  # upright
        (1, [260, 130, 50, np.pi / 2]),  # upright when turned counterclockwise: the head points to the right
        (2, [270, 160, 50, -np.pi]),  # upside down
        (3, [240, 170, 50, -np.pi / 2]),
    ],
)
def test_a_turned_body_circle_points_where_the_head_is(quarters, expected):
    class Upright(PaintedDetector):
        def detect(self, _):
            square = np.array([[30, 40, 50, 0]], np.float32)
            return Regions.from_boxes(np.zeros((1, 4), np.float32), np.ones(1, np.float32), square)

    found = detect_in(Upright(), paint({}), (200, 100, 100), quarters)
    *place, angle = found.squares[0].tolist()
    assert [*place, np.sin(angle), np.cos(angle)] == pytest.approx(
        [*expected[:3], np.sin(expected[3]), np.cos(expected[3])], abs=1e-5
    )


def test_a_box_found_in_a_turned_part_tells_where_the_head_is():
    for quarters, angle in enumerate([np.nan, np.pi / 2, np.pi, -np.pi / 2]):
        found = detect_in(PaintedDetector(), paint({1: (200, 100, 240, 120)}), (190, 90, 100), quarters)
        assert np.isnan(found.squares[0, :3]).all()
        assert np.isnan(found.margins).all()
        told = found.squares[0, 3]
        assert [np.sin(told), np.cos(told)] == pytest.approx([np.sin(angle), np.cos(angle)], abs=1e-6, nan_ok=True)


LYING = (200, 340, 440, 420)


@dataclass
class HeadUp(PaintedDetector):
    """Sees only people who are higher than wide."""

    input_size: int = 224

    def detect(self, image):
        found = super().detect(image)
        return found.take((found.boxes[:, 3] - found.boxes[:, 1]) > (found.boxes[:, 2] - found.boxes[:, 0]))


@pytest.mark.parametrize(
    ("seen_last", "in_sight", "found"),
    [
        (LYING, (), True),
        ((250, 200, 340, 400), (), True),  # stood there
        ((250, 200, 340, 400), ((500, 100, 580, 400),), True),  # somebody else is elsewhere
        ((250, 200, 340, 400), ((240, 190, 350, 410),), False),  # somebody is in sight there: that is this person
        ((560, 100, 600, 200), (), False),  # too far away
        ((20, 130, 640, 480), (), False),  # was much larger: this is something else
    ],
)
def test_somebody_who_fell_is_found_in_the_turned_picture(seen_last, in_sight, found):
    search = Search(HeadUp())
    image = paint({1: LYING})
    others = np.array(in_sight, np.float32).reshape(-1, 4)
    assert len(search.look(image, "lost", lost_at(seen_last), None)) == 0
    seen = [search.look_turned(image, lost_at(seen_last), others) for _ in range(3)]
    assert [len(one) for one in seen] == ([0, 1, 1] if found else [0, 0, 0])  # half a turn, then a quarter each way
    assert all(one.boxes[0] == pytest.approx(LYING) for one in seen if len(one))


@pytest.mark.parametrize("frame_rate", [15, 30])
@pytest.mark.parametrize(("stood_s", "found_again"), [(1.0, True), (0.3, False)])
@pytest.mark.parametrize("furniture", [{}, {1: (150, 60, 325, 430)}])
def test_somebody_who_fell_keeps_their_id(frame_rate, stood_s, found_again, furniture):
    """The pose model loses them on the way down; what was hardly ever seen is not looked for so hard.

    They are found in front of what the detector takes for a person, and the pose model for nobody.
    """
    pose = PaintedPose(presence={1: 0.0})
    tracker = PoseTracker(HeadUp(), pose)
    seen = []
    for index in range(round(3.5 * frame_rate)):
        time_s = index / frame_rate
        falling = stood_s <= time_s < stood_s + 0.4
        pose.presence[2] = 0.0 if falling else 0.95
        person = (280, 180, 360, 420) if time_s < stood_s + 0.2 else LYING
        seen.append(tracker.step(time_s, paint(furniture | {2: person})).ids)
    assert [1 in ids for ids in seen[-5:]] == [found_again] * 5


@pytest.mark.parametrize(("x", "looked_for"), [(470, True), (600, False)])
def test_who_left_the_picture_is_not_taken_for_what_lies_near_its_edge(x, looked_for, monkeypatch):
    asked = []
    monkeypatch.setattr(Search, "look_turned", lambda *a: asked.append(a) or Regions.none())
    tracker = PoseTracker(HeadUp(), PaintedPose())
    for index in range(45):
        tracker.step(index / 15, paint({1: standing(x)} if index < 20 else {}))
    assert bool(asked) is looked_for


def test_a_body_circle_larger_than_the_part_is_dropped():
    squares = np.array([[50, 50, 100, 0], [50, 50, 290, 0]], np.float32)

    class Circles(PaintedDetector):
        def detect(self, _):
            return Regions.from_boxes(np.zeros((2, 4), np.float32), np.ones(2, np.float32), squares)

    found = detect_in(Circles(), paint({}), (200, 100, 180))
    assert found.squares.tolist() == [[250, 150, 100, 0]]


def test_a_picture_is_searched_through_where_nobody_is_seen_at_once():
    detector = ShortSighted()
    found = detect_everywhere(detector, paint({1: FAR}))
    assert any(box == pytest.approx(FAR) for box in found.boxes)
    assert len(detector.shown) == 1 + len(tiles(640, 480, 224))
    near = ShortSighted()
    assert len(detect_everywhere(near, paint({1: (100, 100, 180, 300)}))) == 1
    assert near.shown == [(480, 640)]


def test_a_far_person_in_a_picture_is_reported_once():
    """Overlapping tiles see the same person several times."""
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
    n_tiles = len(tiles(640, 480, 224))
    found = [len(search.look(paint({1: FAR}), "empty", NONE, None)) for _ in range(n_tiles)]
    assert sum(found) >= 1  # after one round of tiles everyone was seen
    assert len(detector.shown) == 2 * n_tiles  # the whole picture and one part, each time
    assert {shape for shape in detector.shown if shape != (480, 640)} == {(274, 274)}


@pytest.mark.parametrize("reason", ["empty", "counted", "doubtful", "lost", "routine", "changed"])
def test_without_parts_the_detector_runs_once(reason):
    detector = ShortSighted()
    search = Search(detector, in_parts=False)
    search.look(paint({}), reason, lost_at(FAR), (500.0, 300.0))
    assert len(search.look_turned(paint({}), lost_at(FAR), NONE.seen)) == 0
    assert detector.shown == [(480, 640)]


@pytest.mark.parametrize("reason", ["empty", "counted"])
def test_where_somebody_is_seen_no_part_is_looked_at(reason):
    detector = ShortSighted()
    assert len(Search(detector).look(paint({1: (100, 100, 180, 300)}), reason, NONE, None)) == 1
    assert detector.shown == [(480, 640)]


def test_with_people_in_sight_the_whole_and_a_part_take_turns():
    detector = ShortSighted()
    search = Search(detector)
    for _ in range(4):
        search.look(paint({1: (100, 100, 180, 300)}), "routine", NONE, None)
    assert [shape == (480, 640) for shape in detector.shown] == [True, False, True, False]


def test_a_change_is_looked_at_closely():
    detector = ShortSighted()
    search = Search(detector)
    found = [len(search.look(paint({1: FAR}), "changed", NONE, (511.0, 326.0))) for _ in range(2)]
    assert sum(found) == 1


@pytest.mark.parametrize("reason", ["lost", "doubtful"])
def test_somebody_lost_is_looked_for_around_their_place(reason):
    detector = ShortSighted()
    found = Search(detector).look(paint({1: FAR}), reason, lost_at(FAR), None)
    assert len(found) == 1
    assert found.boxes[0] == pytest.approx(FAR)
    assert detector.shown[1][0] < 150


@pytest.mark.parametrize(
    "lost",
    [(-200, -200, -100, -100), (630, 470, 900, 900), (0, 0, 640, 480), (300, 200, 300, 200), (-5000, 0, 5000, 10)],
)
def test_somebody_lost_at_odd_places_does_no_harm(lost):
    search = Search(ShortSighted())
    search.look(paint({}), "lost", lost_at(lost), None)
    assert len(search.look_turned(paint({}), lost_at(lost), NONE.seen)) == 0


@pytest.mark.parametrize("frame_rate", [15, 30])
def test_a_far_person_in_an_empty_room_is_found_within_two_seconds(frame_rate):
    detector = ShortSighted()
    tracker = PoseTracker(detector, PaintedPose())
    image = paint({1: FAR})
    ids = [len(tracker.step(index / frame_rate, image).ids) for index in range(3 * frame_rate)]
    first = ids.index(1)
    assert first / frame_rate <= 2 + 0.2 * (len(tiles(640, 480, 224)) - 10)
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
