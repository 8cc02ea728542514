"""The tracker: who keeps an id, and the laws that hold whatever people do."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import walks

from posespotter.errors import ShapeError
from posespotter.skeletons import BLAZEPOSE33, COCO17, skeleton_for
from posespotter.tracking.tracker import Tracker

QUIET = walks.Noise(missed=0.0)


def track(frames: list[walks.Seen], skeleton=COCO17, frame_size: tuple[int, int] | None = None) -> list[np.ndarray]:
    tracker = Tracker(skeleton)
    return [tracker.update(f.time_s, f.keypoints, f.boxes, frame_size=frame_size) for f in frames]


def pairs(frames: list[walks.Seen], ids: list[np.ndarray]) -> set[tuple[int, int]]:
    """Who had which id, apart from those without a name yet."""
    named = zip(np.concatenate([f.truth for f in frames]), np.concatenate(ids), strict=True)
    return {(int(p), int(i)) for p, i in named if i}


def assert_exact(scene: walks.Scene, seed: int) -> None:
    frames = walks.detections(scene, seed)
    found = pairs(frames, track(frames, scene.skeleton, walks.FRAME_SIZE))
    people, ids = {p for p, _ in found}, {i for _, i in found}
    assert len(found) == len(people) == len(ids), f"{scene.name}: (person, id) {sorted(found)}"


@pytest.mark.parametrize(("fps", "skeleton"), [(10, BLAZEPOSE33), (15, COCO17), (30, BLAZEPOSE33)])
def test_ids_are_exact_in_crossings_occlusions_and_plain_walks(fps: int, skeleton) -> None:
    for scene in walks.crossings(fps, skeleton, fps) + walks.occlusions(fps, skeleton) + walks.plain(fps, skeleton):
        assert_exact(scene, seed=fps)


@pytest.mark.parametrize(
    ("people", "seed"),
    [
        (3, 41),  # somebody steps out behind a person who was hidden one frame ago
        (4, 29),  # ... or who is missed in the very frame
        (5, 10),
        (5, 18),
        (6, 0),
        (6, 12),
        (6, 15),
        (6, 42),  # two who are hidden; the one seen longer ago comes out first
        (6, 53),
    ],
)
def test_ids_are_exact_in_lanes(people: int, seed: int) -> None:
    scene = walks.groups(people, 15, seed=10 * seed + people)
    assert walks.longest_hidden_s(scene) <= 2
    assert_exact(scene, seed)


@pytest.mark.parametrize("fps", [5, 10, 15, 30])
@pytest.mark.parametrize("speed", [1.0, 3.0])
def test_who_walks_up_to_the_camera_and_back_is_the_same(fps: int, speed: float) -> None:
    """Size changes by half within a second, with every twentieth look missed; the second person begins later."""
    away, near = 5.0, 3.0
    turns = np.cumsum([0, 1.5, 2 / speed, 1.5, 2 / speed])
    depths = (away, away, near, near, away)
    people = [
        walks.Walker(
            walks.through(*((t + late, x, depth + late) for t, depth in zip(turns, depths, strict=True))),
            phase=x,
            turn=lambda t: np.full_like(t, np.pi / 2),
        )
        for x, late in ((0.0, 0.0), (0.8, 0.3))
    ]
    frames = walks.detections(walks.scene("up", people, seconds=turns[-1] + 1, fps=fps), 1, walks.Noise(missed=0.05))
    assert len(pairs(frames, track(frames))) == 2


def test_ids_are_exact_at_60_fps() -> None:
    for scene in walks.crossings(60)[::3]:
        assert_exact(scene, seed=60)


def test_points_without_names_are_followed_by_their_boxes() -> None:
    nameless = skeleton_for(17)
    scene = walks.crossings(30)[0]
    assert nameless == COCO17
    assert_exact(
        replace(scene, skeleton=replace(COCO17, name="x", keypoints=tuple(f"point_{i}" for i in range(17)))), 0
    )


def test_one_frame_is_enough_for_ids() -> None:
    frame = walks.detections(walks.plain()[0], noise=QUIET)[0]
    assert sorted(track([frame])[0]) == [1, 2, 3, 4]


def _law_frames(seed: int, fps: float = 30) -> list[walks.Seen]:
    people = 2 + seed % 3
    return walks.detections(walks.groups(people, fps, seed=seed), seed)


def _changed(frames: list[walks.Seen], change) -> list[walks.Seen]:
    out = []
    for f in frames:
        corners = change(f.boxes.reshape(-1, 2, 2))
        boxes = np.concatenate([corners.min(1), corners.max(1)], 1).astype(np.float32)
        out.append(replace(f, keypoints=change(f.keypoints).astype(np.float32), boxes=boxes))
    return out


@settings(max_examples=6)
@given(
    seed=st.integers(0, 200),
    zoom=st.floats(0.2, 4.0),
    shift=st.tuples(st.floats(-500, 500), st.floats(-500, 500)),
    mirror=st.booleans(),
)
def test_mirror_zoom_and_shift_change_no_id(seed: int, zoom: float, shift, mirror: bool) -> None:
    frames = _law_frames(seed)[:90]
    scale = np.array([-zoom if mirror else zoom, zoom])
    changed = _changed(frames, lambda xy: xy * scale + np.array(shift))
    # A mirrored person's left is on the right; ids do not look at names of sides.
    for before, after in zip(track(frames), track(changed), strict=True):
        np.testing.assert_array_equal(before, after)


@settings(max_examples=5)
@given(seed=st.integers(0, 200))
def test_the_order_of_people_changes_no_identity(seed: int) -> None:
    frames = _law_frames(seed)[:90]
    turned = [
        walks.Seen(f.time_s, f.keypoints[::-1], f.scores[::-1], f.boxes[::-1], f.box_scores[::-1], f.truth[::-1])
        for f in frames
    ]
    first, second = pairs(frames, track(frames)), pairs(turned, track(turned))
    assert len(first) == len(second)


@settings(max_examples=5)
@given(seed=st.integers(0, 200))
def test_ids_are_unique_in_a_frame_and_start_at_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    tracker = Tracker(COCO17)
    highest = 0
    for frame in range(40):
        m = int(rng.integers(0, 6))
        keypoints = rng.uniform(0, 600, (m, 17, 2)).astype(np.float32)
        keypoints[rng.random((m, 17)) < 0.2] = np.nan
        low = rng.uniform(0, 600, (m, 2))
        boxes = np.concatenate([low, low + rng.uniform(5, 300, (m, 2))], 1).astype(np.float32)
        prior = [None if rng.random() < 0.5 else int(rng.integers(1, 6)) for _ in range(m)]
        ids = tracker.update(frame / 30, keypoints, boxes, prior)
        assert ids.dtype == np.int32
        assert all(i >= 1 for i, own in zip(ids.tolist(), prior, strict=True) if own is not None)
        ids = ids[ids != 0]  # who has no name yet
        assert len(set(ids.tolist())) == len(ids)
        new = sorted(i for i in ids.tolist() if i > highest)
        assert new == list(range(highest + 1, highest + 1 + len(new)))  # new ids count up: none is used again
        highest = max([highest, *ids.tolist()])
    assert highest > 6


def _stand(x: float, size: float = 1.0) -> walks.Seen:
    scene = walks.scene("one", [walks.Walker(walks.line(x, 6 / size, 0.0), stride_hz=0)], seconds=0.1)
    return walks.detections(scene, noise=replace(QUIET, joints=0.0, boxes=0.0))[0]


def test_a_person_back_after_two_seconds_is_the_same_and_after_three_a_new_one() -> None:
    here = _stand(0)
    empty = walks.Seen(0, here.keypoints[:0], here.scores[:0], here.boxes[:0], here.box_scores[:0], here.truth[:0])
    for away_s, expected in ((0.5, 1), (2.0, 1), (3.0, 2)):
        tracker = Tracker(COCO17)
        for f in range(30):
            tracker.update(f / 30, here.keypoints, here.boxes)
        for f in range(1, round(away_s * 30)):
            tracker.update(29 / 30 + f / 30, empty.keypoints, empty.boxes)
            assert tracker.lost.ids.tolist() in ([1], [])
        ids = tracker.update(29 / 30 + away_s, here.keypoints, here.boxes)
        assert ids.tolist() == [expected]


@pytest.mark.parametrize("fps", [15, 30])
@pytest.mark.parametrize(("stopped_s", "onwards"), [(0.25, 1), (0.5, 1), (0.75, 1), (0.25, -1), (0.5, -1)])
def test_a_person_who_stops_behind_a_pillar_is_the_same(fps: int, stopped_s: float, onwards: int) -> None:
    there_s, half = 3 / 1.1, 0.3 * 1.1 * 2 * stopped_s
    path = walks.through(
        (0, -3, 6), (there_s, 0, 6), (there_s + stopped_s, 0, 6), (2 * there_s + stopped_s, 3 * onwards, 6)
    )
    edges = (640 - half * 1000 / 6, 640 + half * 1000 / 6)
    assert_exact(walks.scene("stops", [walks.Walker(path)], seconds=6, fps=fps, pillars=(edges,)), seed=0)


def test_somebody_elsewhere_is_somebody_else() -> None:
    left, right = _stand(-2), _stand(2)
    assert track([left, right])[1].tolist() == [2]


def test_a_jump_between_two_frames_keeps_the_id_when_nobody_else_is_there() -> None:
    assert track([_stand(0), _stand(0.3)])[1].tolist() == [1]


def test_who_comes_out_behind_a_person_missed_in_that_frame_waits_for_a_name() -> None:
    """The nearer of two in one direction is missed for a moment; the farther one is seen just then."""
    walkers = [walks.Walker(walks.line(-1.5, 5, 1.0)), walks.Walker(walks.line(-1.8, 5.85, 1.2), phase=1.0)]
    frames = walks.detections(walks.scene("two", walkers, seconds=1.5), 0, replace(QUIET, hidden_from=2.0))
    elsewhere = _stand(2)  # a third one, seen all the time

    def seen(frame: walks.Seen, person: int | None) -> tuple:
        chosen = frame.truth == person
        parts = (frame.keypoints, frame.boxes)
        others = (elsewhere.keypoints, elsewhere.boxes)
        return tuple(np.concatenate([a, b[chosen]]) for a, b in zip(others, parts, strict=True))

    tracker = Tracker(COCO17)
    for f in frames[:30]:
        assert tracker.update(f.time_s, *seen(f, 0)).tolist() == [1, 2]
    behind = tracker.update(frames[30].time_s, *seen(frames[30], 1))
    assert behind.tolist() == [1, 0]
    assert tracker.update(frames[31].time_s, *seen(frames[31], 0)).tolist() == [1, 2]


def test_a_crop_that_slid_onto_another_person_does_not_take_the_id_along() -> None:
    scene = walks.crossings(30)[0]
    tracker = Tracker(COCO17)
    frames = walks.detections(scene, noise=QUIET)
    apart = next(i for i, f in enumerate(frames) if len(f.truth) == 2 and abs(f.boxes[0, 0] - f.boxes[1, 0]) < 150)
    for f in frames[:apart]:
        ids = tracker.update(f.time_s, f.keypoints, f.boxes)
        id_of = dict(zip(f.truth.tolist(), ids.tolist(), strict=True))
    # Both crops show the two people the wrong way round.
    f = frames[apart]
    wrong = [id_of[1 - int(p)] for p in f.truth]
    ids = tracker.update(f.time_s, f.keypoints, f.boxes, wrong)
    assert ids.tolist() == [id_of[int(p)] for p in f.truth]


def test_prediction_moves_people_on() -> None:
    scene = walks.scene("one", [walks.Walker(walks.line(-2, 6, 1.2))], seconds=2)
    tracker = Tracker(COCO17)
    frames = walks.detections(scene, noise=QUIET)
    assert len(tracker.predict(0.0).ids) == 0
    for f in frames[:45]:
        tracker.update(f.time_s, f.keypoints, f.boxes)
    found = tracker.predict(frames[48].time_s)
    assert found.ids.tolist() == [1]
    assert found.keypoints.dtype == found.boxes.dtype == np.float32
    trunk = [COCO17.index(n) for n in ("left_shoulder", "right_shoulder", "left_hip", "right_hip")]
    walked = np.linalg.norm(scene.keypoints[48, 0, trunk].mean(0) - scene.keypoints[44, 0, trunk].mean(0))
    off = np.linalg.norm(found.keypoints[0, trunk].mean(0) - scene.keypoints[48, 0, trunk].mean(0))
    assert off < 0.5 * walked


@pytest.mark.parametrize("times", [(0.0, 0.1, 0.2, 0.05, 0.1, 0.2), (5.0, 5.1, 0.0, 0.1, 0.2, 0.3), (0.0,) * 6])
def test_times_that_jump_back_or_stand_still_lose_nobody(times) -> None:
    here = _stand(0)
    tracker = Tracker(COCO17)
    for t in times:
        assert tracker.update(t, here.keypoints, here.boxes).tolist() == [1]


def test_memory_stays_bounded_while_people_come_and_go() -> None:
    rng = np.random.default_rng(0)
    tracker = Tracker(COCO17)
    shape = _stand(0)
    most = 0
    for f in range(5_000):
        m = int(rng.integers(0, 3))
        off = rng.uniform(0, 20_000, (m, 1, 2)).astype(np.float32)
        boxes = shape.boxes + np.tile(off[:, 0], 2)
        tracker.update(f / 30, shape.keypoints + off, boxes)
        most = max(most, len(tracker.lost))
    assert most <= 64
    crowd = rng.uniform(0, 50_000, (500, 1, 2)).astype(np.float32)
    for shift in (0, 70_000, 140_000):
        boxes = shape.boxes + np.tile(crowd[:, 0], 2) + shift
        tracker.update(1e4 + shift / 1e6, shape.keypoints + crowd + shift, boxes)
    assert len(tracker.lost) <= 64


def test_arrays_that_do_not_belong_together_are_refused() -> None:
    f = _stand(0)
    with pytest.raises(ShapeError, match="keypoints"):
        Tracker(COCO17).update(0.0, f.keypoints[:, :5], f.boxes)
    with pytest.raises(ShapeError, match="prior_ids: expected 1"):
        Tracker(COCO17).update(0.0, f.keypoints, f.boxes, [1, 2])
