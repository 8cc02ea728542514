"""People of one video: found when they come, gone when they go, nobody invented, and the detector runs when it must."""

import sys
from dataclasses import dataclass
from math import ceil

import numpy as np
import pytest
from tests.painted import (
    HEIGHT,
    WIDTH,
    PaintedDetector,
    PaintedPose,
    PaintedSource,
    always,
    between,
    paint,
    standing,
    together,
)

from posespotter.estimation.pose_tracker import PoseTracker
from posespotter.estimation.prefetch import AHEAD, Prefetch
from posespotter.models.interfaces import Regions

SOON_S = 0.5
EARLY = False
FRAME_RATES = [5, 15, 30, 60]


@pytest.fixture(autouse=True, params=["in turn", "early"])
def looks(request, monkeypatch):
    """Everything holds in both ways to look at frames."""
    monkeypatch.setattr(sys.modules[__name__], "EARLY", request.param == "early")


def stepped(tracker, prefetch, frames):
    """Each frame and its people."""
    for frame in frames:
        if prefetch is None:
            yield frame, tracker.step(frame.time_s, frame.image)
            continue
        prefetch.add(frame, tracker.expected)
        if len(prefetch) == AHEAD:
            yield taken(tracker, prefetch)
    while prefetch:
        yield taken(tracker, prefetch)


def taken(tracker, prefetch):
    frame = prefetch.next()
    people = tracker.step(frame.time_s, frame.image)
    prefetch.start(tracker.expected)
    return frame, people


def watch(script, seconds, fps=30, *, detector=None, pose=None, every="auto", noisy=False, **options):
    """The ids and people of each frame, and the times at which the detector ran."""
    detector, pose = detector or PaintedDetector(), pose or PaintedPose()
    prefetch = Prefetch(pose) if EARLY else None
    tracker = PoseTracker(detector, pose if prefetch is None else prefetch, every, **options)
    seen, looked_s = [], []
    calls = 0
    for frame, people in stepped(tracker, prefetch, PaintedSource(script, round(seconds * fps), fps, noisy=noisy)):
        assert list(people.ids) == sorted(set(people.ids)), frame.index
        assert len(people.joints) == len(people.ids)
        assert people.detected == (detector.session.calls > calls)
        seen.append((frame.time_s, people))
        if detector.session.calls > calls:
            looked_s.append(frame.time_s)
        calls = detector.session.calls
    return seen, looked_s


def times_of(seen, i=None):
    return [time_s for time_s, people in seen if (len(people.ids) if i is None else i in people.ids)]


def ids_of(seen):
    return sorted({int(i) for _, people in seen for i in people.ids})


@pytest.mark.parametrize("every", [1, 2, 3, 10, 100])
@pytest.mark.parametrize("frames", [1, 10, 63])
def test_every_nth_frame_is_exact(every, frames):
    detector = PaintedDetector()
    watch(always(standing(200)), frames / 30, every=every, detector=detector)
    assert detector.session.calls == ceil(frames / every)


def test_three_people_in_63_frames_are_three_with_seven_detector_runs():
    """The case in which a widely used library gives 121 ids and stops to detect."""
    detector, pose = PaintedDetector(), PaintedPose()
    walk = lambda t: {1: standing(120 + 40 * t), 2: standing(330), 3: standing(540 - 40 * t)}  # noqa: E731
    seen, _ = watch(walk, 63 / 30, every=10, detector=detector, pose=pose)
    assert detector.session.calls == 7
    assert ids_of(seen) == [1, 2, 3]
    assert all(len(people.ids) == 3 for _, people in seen)
    assert pose.session.calls == 3 * 63


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_auto_looks_at_least_every_second_and_seldom_where_nothing_happens(fps):
    _, looked_s = watch(always(standing(200), standing(450)), 6, fps, noisy=True)
    assert looked_s[0] == 0
    assert max(np.diff([*looked_s, 6])) <= 1.0 + 1 / fps
    assert len(looked_s) <= 8


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_an_empty_room_is_looked_at_a_few_times_a_second(fps):
    seen, looked_s = watch(lambda _: {}, 3, fps, noisy=True)
    assert ids_of(seen) == []
    assert max(np.diff(looked_s)) <= SOON_S
    assert len(looked_s) <= 3 * min(fps, 10)


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("beside", [False, True])
def test_a_new_person_is_seen_within_half_a_second(fps, beside):
    newcomer = between(1.37, 9, standing(420), number=2)
    script = together([always(standing(150)), newcomer]) if beside else newcomer
    seen, _ = watch(script, 3, fps, noisy=True)
    new = max(ids_of(seen))
    assert ids_of(seen) == ([1, 2] if beside else [1])
    assert 1.37 <= times_of(seen, new)[0] <= 1.37 + SOON_S + 1 / fps
    assert times_of(seen, new)[-1] == seen[-1][0]


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("speed", [150, 400])
def test_somebody_who_walks_in_is_seen_within_half_a_second(fps, speed):
    def script(time_s):
        return {1: standing(500), 2: standing(-60 + speed * (time_s - 1))}

    seen, _ = watch(script, 1 + 400 / speed, fps, noisy=True)
    whole_s = 1 + (60 + 0.18 * 240) / speed
    if fps >= 15:  # at 5 fps half a body comes in between two pictures
        assert ids_of(seen) == [1, 2]
    assert times_of(seen, 2)[0] <= whole_s + SOON_S


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("beside", [False, True])
def test_somebody_who_vanishes_is_gone_within_half_a_second(fps, beside):
    leaver = between(0, 1.23, standing(420), number=2)
    script = together([always(standing(150)), leaver]) if beside else leaver
    seen, _ = watch(script, 3, fps, noisy=True)
    (gone,) = set(ids_of(seen)) - set(map(int, seen[-1][1].ids))
    assert 1.23 - 1.01 / fps <= times_of(seen, gone)[-1] <= 1.23 + SOON_S
    assert len(ids_of(seen)) == 1 + beside


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_somebody_who_walks_out_is_gone_within_half_a_second(fps):
    speed = 250
    seen, _ = watch(lambda t: {1: standing(480 + speed * t)}, 3, fps, noisy=True)
    out_s = (WIDTH - 480 + 0.18 * 240) / speed
    if fps >= 15:
        assert ids_of(seen) == [1]
    assert times_of(seen)[-1] <= out_s + SOON_S


@pytest.mark.parametrize("fps", [15, 30])
def test_nobody_is_invented_while_things_move(fps):
    """The picture changes all the time, and the detector sees nobody."""
    detector = PaintedDetector(blind=True)
    seen, _ = watch(lambda t: {1: standing(100 + 100 * t)}, 3, fps, detector=detector)
    assert ids_of(seen) == []


def test_the_pose_model_is_not_asked_about_nobody():
    pose = PaintedPose(ghost_presence=0.9)
    watch(lambda _: {}, 2, pose=pose)
    assert pose.session.calls == 0


@pytest.mark.parametrize("score", [0.31, 0.49])
@pytest.mark.parametrize("presence", [0.35, 0.5, 0.69])
def test_a_doubtful_find_that_does_not_convince_is_never_reported(score, presence):
    """A coat on a hook: the detector doubts, the pose model sees something, frame after frame."""
    detector = PaintedDetector(ghosts={(300, 100, 380, 320): score})
    seen, _ = watch(lambda _: {}, 4, detector=detector, pose=PaintedPose(ghost_presence=presence))
    assert ids_of(seen) == []


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_a_weak_detection_that_is_made_again_and_again_is_a_person(fps):
    detector = PaintedDetector(scores={1: 0.4})
    seen, looked_s = watch(always(standing(300)), 2, fps, detector=detector)
    assert ids_of(seen) == [1]
    assert times_of(seen)[0] == looked_s[2]
    assert times_of(seen)[0] <= SOON_S
    assert times_of(seen)[-1] == seen[-1][0]


@pytest.mark.parametrize("every", ["auto", 2])
def test_a_weak_detection_that_the_pose_model_doubts_once_begins_anew(every):
    """Every sixth frame the pose model is not convinced: three detections never come together."""
    pose = PaintedPose()
    detector = PaintedDetector(scores={1: 0.4})
    tracker = PoseTracker(detector, pose, every)
    for index in range(90):
        pose.presence = {1: 0.6 if index % 4 == 3 else 0.95}
        assert len(tracker.step(index / 30, paint(always(standing(300))(0))).ids) == 0, index


COAT = (300, 100, 380, 320)
EVERYWHERE = 0.95
"""Presence of a pose model that sees a person in any crop, as the template model of the benchmarks does."""


@pytest.mark.parametrize("fps", FRAME_RATES)
@pytest.mark.parametrize("every", ["auto", 1, 5])
@pytest.mark.parametrize("beside", [False, True])
def test_whom_the_detector_does_not_confirm_is_nobody_soon(fps, every, beside):
    """The detector takes a coat for a sure person, for a moment; the pose model would follow it for ever."""
    detector = PaintedDetector(ghosts={COAT: 0.99})
    pose = PaintedPose(ghost_presence=EVERYWHERE)
    tracker = PoseTracker(detector, pose, every)
    image = paint({1: standing(150)} if beside else {})
    counts = []
    for index in range(4 * fps):
        if index / fps >= 0.5:
            detector.ghosts = {}
        counts.append(len(tracker.step(index / fps, image).ids))
    # 1.5 s and three looks, of which one a second is certain.
    looks_s = max(1.5, 3 * (1.0 if every == "auto" else every / fps))
    assert set(counts[: round(0.5 * fps)]) == {1 + beside}
    assert set(counts[ceil((0.5 + looks_s + 1.1 / fps) * fps) :]) <= {int(beside)}


@pytest.mark.parametrize("fps", [15, 30])
@pytest.mark.parametrize("every", ["auto", 5])
def test_a_pose_model_that_sees_people_everywhere_makes_nobody_more_of_one(fps, every):
    """Of somebody who walks to and fro no crop stays behind with a person of its own."""
    walk = lambda t: {1: standing(320 + 200 * np.sin(1.5 * t))}  # noqa: E731
    seen, _ = watch(walk, 6, fps, every=every, pose=PaintedPose(ghost_presence=EVERYWHERE), noisy=True)
    assert ids_of(seen) == [1]
    assert len(times_of(seen, 1)) == len(seen)


@pytest.mark.parametrize("every", ["auto", 5])
def test_a_person_whom_the_detector_misses_now_and_then_stays(every):
    """Every third look it sees them: nobody is dropped, and the id stays."""
    detector, looks = PaintedDetector(), []

    class Forgetful(PaintedDetector):
        def detect(self, image):
            looks.append(1)
            self.session.calls += 1
            return detector.detect(image) if len(looks) % 3 == 1 else Regions.none()

    seen, _ = watch(always(standing(300)), 6, detector=Forgetful(), every=every)
    assert ids_of(seen) == [1]
    assert len(times_of(seen)) == len(seen)


@dataclass
class Crowded(PaintedDetector):
    """Finds the two surest and no more, but says that it could find `most_people`; sees pictures in parts."""

    input_size: int = 224

    def detect(self, image):
        return super().detect(image).take(slice(2))


@pytest.mark.parametrize("every", ["auto", 5])
@pytest.mark.parametrize(
    ("most", "tiles", "stays"), [(2, False, True), (2, True, True), (None, False, False), (6, False, False)]
)
def test_nobody_is_given_up_while_the_detector_is_at_its_cap(every, tiles, most, stays):
    """Whom it leaves out for two surer ones may still be there, whatever it saw in a part of the picture."""
    detector = Crowded(scores={1: 0.9, 2: 0.8, 3: 0.7, 4: 0.6}, most_people=most)
    one, two, three = (standing(x, 200, 100) for x in (284, 322, 360))
    above = (302, 90, 342, 190)
    script = together([
        lambda _: {3: three},
        between(0.0, 1.0, above, number=4),  # who leaves is looked for in a part of the picture
        between(1.0, 9, one, number=1),
        between(1.0, 9, two, number=2),
    ])  # fmt: skip
    seen, _ = watch(script, 5, 15, detector=detector, every=every, tiles=tiles)
    third = int(seen[0][1].ids[seen[0][1].joints.keypoints[:, 0, 1].argmax()])
    assert (third in seen[-1][1].ids) is stays


LYING = (235, 240, 365, 390)
"""Where somebody who stood at 300 px lies."""


@pytest.mark.parametrize("fps", [10, 15, 30])
@pytest.mark.parametrize("stood_there", [True, False])
def test_who_fell_is_found_by_a_detection_that_would_make_nobody_new(fps, stood_there):
    """The detector sees who lies with a score of 0.12, and the pose model is half as sure as of who stands."""
    detector, pose = PaintedDetector(), PaintedPose()
    tracker = PoseTracker(detector, pose)
    seen = []
    for index in range(4 * fps):
        time_s = index / fps
        there = {1: standing(300)} if time_s < 1 and stood_there else {}
        if time_s >= 1.3:  # the fall itself is a blur
            there, detector.scores, pose.presence = {1: LYING}, {1: 0.12}, {1: 0.45}
        people = tracker.step(time_s, paint(there))
        seen.append((time_s, people))
    if stood_there:
        assert ids_of(seen) == [1]
        assert min(time_s for time_s in times_of(seen) if time_s >= 1.3) <= 1.3 + SOON_S
        assert times_of(seen)[-1] == seen[-1][0]
    else:
        assert ids_of(seen) == []


def test_a_sure_find_without_a_pose_is_nobody():
    detector = PaintedDetector(ghosts={(300, 100, 380, 320): 0.99})
    seen, _ = watch(lambda _: {}, 2, detector=detector, pose=PaintedPose(ghost_presence=0.2))
    assert ids_of(seen) == []


@pytest.mark.parametrize("every", ["auto", 1, 5])
@pytest.mark.parametrize("most", [1, 2, 3, 10])
def test_at_most_so_many_people_the_surest(every, most):
    crowd = [standing(90), standing(240), standing(390), standing(540)]
    detector = PaintedDetector(scores={1: 0.6, 2: 0.95, 3: 0.7, 4: 0.9})
    seen, _ = watch(always(*crowd), 2, every=every, detector=detector, max_people=most)
    surest = sorted([240, 540, 390, 90][:most])
    for _, people in seen:
        assert len(people.ids) == min(most, 4)
        middles = people.joints.keypoints[..., 0].mean(1)
        assert sorted(middles) == pytest.approx(surest, abs=2)
    assert ids_of(seen) == list(range(1, min(most, 4) + 1))


@pytest.mark.parametrize("every", ["auto", 1, 5])
@pytest.mark.parametrize("most", [1, 2])
def test_what_turns_out_to_be_nobody_takes_no_place(every, most):
    ghosts = {(30, 100, 110, 320): 0.99, (500, 100, 580, 320): 0.98}
    detector = PaintedDetector(scores={1: 0.9, 2: 0.8}, ghosts=ghosts)
    seen, _ = watch(always(standing(240), standing(390)), 1, every=every, detector=detector, max_people=most)
    for _, people in seen:
        assert people.joints.keypoints[..., 0].mean(1) == pytest.approx([240, 390][:most], abs=2)


@pytest.mark.parametrize("fps", [10, 30, 60])
def test_joints_and_boxes_are_where_the_people_are(fps):
    def script(time_s):
        return {1: standing(150 + 80 * time_s), 2: standing(480, y=140 + 20 * np.sin(time_s))}

    seen, _ = watch(script, 3, fps)
    for time_s, people in seen:
        assert people.joints.regions.boxes == pytest.approx(np.array(list(script(time_s).values())), abs=1.0)


@pytest.mark.parametrize("every", ["auto", 1, 4])
def test_two_who_stand_close_stay_two(every):
    seen, _ = watch(always(standing(280), standing(350)), 2, every=every)
    assert ids_of(seen) == [1, 2]
    assert all(len(people.ids) == 2 for _, people in seen)


def test_one_detected_twice_is_one():
    detector = PaintedDetector(ghosts={(255, 130, 345, 385): 0.8})  # almost the box of the person
    seen, _ = watch(always(standing(300)), 2, detector=detector)
    assert ids_of(seen) == [1]


def test_somebody_hidden_for_a_second_comes_back_with_the_same_id():
    script = together([between(0, 1, standing(200)), between(2, 4, standing(205))])
    seen, _ = watch(script, 4)
    assert ids_of(seen) == [1]
    assert not [t for t in times_of(seen) if 1 + SOON_S < t < 2]


@pytest.mark.parametrize(
    "times",
    [
        [*np.arange(0, 2, 1 / 30), *np.arange(0.5, 3, 1 / 30)],  # back by 1.5 s
        [0.0] * 40,  # the clock stands still
        [*np.arange(0, 1, 1 / 30), *np.arange(3600, 3601, 1 / 30)],  # an hour is missing
    ],
)
def test_odd_clocks_are_survived(times):
    tracker = PoseTracker(PaintedDetector(), PaintedPose())
    image = paint(always(standing(300))(0))
    for time_s in times:
        people = tracker.step(float(time_s), image)
        assert len(people.ids) == 1
        assert np.isfinite(people.joints.keypoints).all()


def test_a_picture_that_stands_alone():
    detector = PaintedDetector(scores={1: 0.31, 2: 0.9})
    image = paint(always(standing(200), standing(420))(0))
    people = PoseTracker(detector, PaintedPose()).step_still(image)
    assert people.ids.tolist() == [1, 2]
    assert people.ids.dtype == np.int32
    nobody = PoseTracker(detector, PaintedPose()).step_still(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
    assert nobody.ids.shape == (0,)
    assert nobody.joints.keypoints.shape == (0, 17, 2)


def test_trackers_share_nothing():
    detector, pose = PaintedDetector(), PaintedPose()
    first, second = PoseTracker(detector, pose), PoseTracker(detector, pose)
    image = paint(always(standing(300))(0))
    for index in range(10):
        assert first.step(index / 30, image).ids.tolist() == [1]
    assert second.step(0.0, np.zeros_like(image)).ids.tolist() == []
    assert second.step(0.3, image).ids.tolist() == [1]


@pytest.mark.parametrize("fps", FRAME_RATES)
def test_the_crop_of_somebody_who_is_gone_does_not_glide_on(fps):
    """A pose model that sees people everywhere must not carry a velocity on for ever."""
    walk = lambda t: {1: standing(100 + 200 * t)} if t < 1 else {}  # noqa: E731
    seen, _ = watch(walk, 4, fps, every=1000, pose=PaintedPose(ghost_presence=0.95))
    x0, _, x1, _ = seen[-1][1].joints.regions.boxes[0]
    assert (x0 + x1) / 2 == pytest.approx(300, abs=60)


def test_damaged_pictures_create_nobody_and_lose_nobody():
    """What a lost packet leaves behind looks like a second person from 1 s to 2 s."""
    script = together([always(standing(200)), between(1.0, 4.0, standing(500), number=2)])
    follower = PoseTracker(PaintedDetector(), PaintedPose(), 1)
    seen = {}
    for frame in PaintedSource(script, 120, 30):
        damaged = 1.0 <= frame.time_s < 2.0
        seen[round(frame.time_s, 3)] = follower.step(frame.time_s, frame.image, damaged=damaged).ids.tolist()
    assert {tuple(ids) for time_s, ids in seen.items() if time_s < 2.0} == {(1,)}
    assert seen[3.0] == [1, 2]
