"""Whole falls of people made of sticks, in a file and frame by frame."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.falls.movements import (
    BENDS,
    FALLEN,
    FALLS,
    FALLS_AND_RISES,
    FRAME_SIZE,
    IMPACT_S,
    LIES_DOWN,
    SITS_DOWN,
    STANDS,
    Actor,
    film,
    mirrored,
    scaled,
)

from posespotter.errors import InputError, SettingsError
from posespotter.falls.classifier import FallClassifier
from posespotter.falls.detect import SMALLEST_PX, NotJudged, detect_falls
from posespotter.falls.events import FallEvent
from posespotter.falls.monitor import FallMonitor
from posespotter.falls.zones import Zone
from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33, HALPE26, skeleton_for


def live(poses: PoseSequence, classifier: FallClassifier, **options) -> tuple[list[FallEvent], list[FallEvent]]:
    """What a monitor raises and ends with, given every frame of `poses`, empty ones too."""
    monitor = FallMonitor(classifier, frame_size=poses.frame_size, **options)
    raised = []
    for frame in range(poses.n_frames):
        raised += monitor.update(poses.at(frame), frame / poses.fps)
    return raised, monitor.finish()


@pytest.mark.parametrize(
    ("keys", "falls"),
    [(STANDS, 0), (SITS_DOWN, 0), (BENDS, 0), (LIES_DOWN, 0), (FALLS, 1), (FALLS_AND_RISES, 1)],
)
def test_movements(keys, falls: int, classifier: FallClassifier) -> None:
    poses = film(Actor(keys, height_px=200, floor_px=380), seconds=19, seed=7)
    analysis = detect_falls(poses, classifier=classifier)
    assert [event.kind for event in analysis.events] == ["fall"] * falls + ["lying"] * (keys is LIES_DOWN)
    for event in analysis.events[:falls]:
        assert event.onset_s == pytest.approx(4.2, abs=0.5)
        assert event.impact_s == pytest.approx(IMPACT_S, abs=0.3)
        assert IMPACT_S - 0.5 < event.alert_s < IMPACT_S + 1.5
        assert (event.state_after, event.end_s is None) == (
            ("recovered", False) if keys is FALLS_AND_RISES else ("down", True)
        )
    if keys is FALLS_AND_RISES:
        assert analysis.events[0].end_s == pytest.approx(13.5, abs=2.0)


def test_a_clip_that_ends_in_the_fall(classifier: FallClassifier) -> None:
    """What was not told yet is told at the end, of a file and by a monitor that has no more frames."""
    poses = film(Actor(FALLS), seconds=IMPACT_S + 0.1)
    assert [event.kind for event in detect_falls(poses, classifier=classifier).events] == ["fall"]
    raised, events = live(poses, classifier)
    assert (raised, [event.kind for event in events]) == ([], ["fall"])
    assert events[0].alert_s == pytest.approx(poses.end_s)


@pytest.mark.parametrize("fps", [10, 15, 50])
def test_the_frame_rate_does_not_matter(fps: float, classifier: FallClassifier) -> None:
    usual = detect_falls(film(Actor(FALLS), fps=25), classifier=classifier).events
    other = detect_falls(film(Actor(FALLS), fps=fps), classifier=classifier).events
    assert len(usual) == len(other) == 1
    assert other[0].alert_s == pytest.approx(usual[0].alert_s, abs=0.4)


@pytest.mark.parametrize("change", [mirrored, lambda poses: scaled(poses, 0.5), lambda poses: scaled(poses, 4.0)])
def test_side_and_size_of_the_picture_do_not_matter(change, classifier: FallClassifier) -> None:
    poses = film(Actor(FALLS))
    usual, other = (detect_falls(one, classifier=classifier).events for one in (poses, change(poses)))
    assert len(usual) == len(other) == 1
    assert other[0].alert_s == pytest.approx(usual[0].alert_s, abs=0.15)


@pytest.mark.parametrize("skeleton", [HALPE26, BLAZEPOSE33])
def test_the_joints_of_other_models(skeleton, classifier: FallClassifier) -> None:
    poses = film(Actor(FALLS))
    usual = detect_falls(poses, classifier=classifier).events
    assert detect_falls(poses.to_skeleton(skeleton), classifier=classifier).events == usual


@pytest.mark.parametrize(
    "poses",
    [
        film(Actor(FALLS), fps=25, seconds=9),
        film(Actor(FALLS_AND_RISES), fps=15, seconds=19),
        film(Actor(LIES_DOWN), fps=10, seconds=16),
        film(Actor(FALLS), Actor(SITS_DOWN, x_px=100, track_id=2), fps=30, seconds=9),
        film(Actor(FALLS, hidden=(4.7, 30)), seconds=9),  # vanishes at the impact
        film(Actor(FALLS, hidden=(4.6, 6.0)), seconds=9),
        film(Actor(FALLS, hidden=(6.0, 17.0)), seconds=19),  # longer than the memory
    ],
)
def test_live_gives_what_the_file_gives(poses: PoseSequence, classifier: FallClassifier) -> None:
    analysis = detect_falls(poses, classifier=classifier)
    raised, final = live(poses, classifier)
    assert tuple(final) == analysis.events
    assert [event.alert_s for event in raised] == [event.alert_s for event in analysis.events]


@given(seed=st.integers(0, 2**32))
@settings(max_examples=10)
def test_live_gives_what_the_file_gives_with_frames_and_joints_missing(seed: int, classifier: FallClassifier) -> None:
    random = np.random.default_rng(seed)
    poses = film(Actor(FALLS_AND_RISES), Actor(FALLS, x_px=450, track_id=2), fps=20, seconds=17, seed=seed)
    poses = poses.where(random.random(len(poses)) > 0.3)
    keypoints = poses.keypoints.copy()
    keypoints[random.random(keypoints.shape[:2]) < 0.1] = np.nan
    ids = np.where((poses.track_id == 1) & (poses.time_s > random.uniform(3, 10)), 7, poses.track_id).astype(np.int32)
    order = np.lexsort((ids, poses.frame))
    poses = replace(poses, keypoints=keypoints, track_id=ids)
    poses = replace(poses, **{name: array[order] for name, array in poses.columns().items()})
    for sensitivity in ("low", "normal", "high"):
        events = detect_falls(poses, classifier=classifier, sensitivity=sensitivity).events
        assert tuple(live(poses, classifier, sensitivity=sensitivity)[1]) == events


def test_who_vanishes_at_the_impact_is_down(classifier: FallClassifier) -> None:
    (event,) = detect_falls(film(Actor(FALLS, hidden=(IMPACT_S + 0.1, 60)), seconds=9), classifier=classifier).events
    assert event.state_after == "down"
    assert event.alert_s < 6.0


@pytest.mark.parametrize("every", [10, 16, 40])
def test_single_frames_of_who_vanished_while_falling_change_nothing(every: int, classifier: FallClassifier) -> None:
    """A detector that finds somebody on the floor in one frame and loses them in the next."""
    poses = film(Actor(FALLS, height_px=200, floor_px=380), seconds=10, seed=3)
    vanishes = round((IMPACT_S + 0.1) * poses.fps)
    frames = poses.where((poses.frame < vanishes) | (poses.frame % every == 0))
    (event,) = detect_falls(frames, classifier=classifier).events
    assert event.alert_s - IMPACT_S < 1.5
    raised, events = live(frames, classifier)
    assert (len(raised), events) == (1, [event])


def test_one_fall_under_two_ids_is_one_event(classifier: FallClassifier) -> None:
    poses = film(Actor(FALLS_AND_RISES), seconds=19)
    ids = np.where(poses.time_s < 4.4, 1, 2).astype(np.int32)
    (event,) = detect_falls(replace(poses, track_id=ids), classifier=classifier).events
    assert event.track_id == 2
    assert event.state_after == "recovered"


def test_a_person_seen_twice_falls_once(classifier: FallClassifier) -> None:
    poses = film(Actor(FALLS), Actor(FALLS, x_px=262, track_id=2), seconds=9)
    assert len(detect_falls(poses, classifier=classifier).events) == 1


def test_two_people_who_fall_are_two_events(classifier: FallClassifier) -> None:
    poses = film(Actor(FALLS, x_px=60, height_px=150), Actor(FALLS, x_px=420, height_px=150, track_id=2), seconds=9)
    assert [event.track_id for event in detect_falls(poses, classifier=classifier).events] == [1, 2]


def test_a_long_lie_stays_down(classifier: FallClassifier) -> None:
    keys = (*FALLS[:3], (90.0, FALLEN))
    (event,) = detect_falls(film(Actor(keys), seconds=90, fps=10), classifier=classifier).events
    assert (event.end_s, event.state_after) == (None, "down")


BED = Zone("bed", "bed", ((0.3, 0.5), (1, 0.5), (1, 1), (0.3, 1)))
BESIDE = Zone("bed", "bed", ((0, 0.5), (0.2, 0.5), (0.2, 1), (0, 1)))


@pytest.mark.parametrize(
    ("zone", "falls", "ignored"),
    [
        (BED, 0, 1),
        (BESIDE, 1, 0),
        (replace(BED, kind="sofa", name="sofa"), 0, 1),
        (Zone("mirror", "ignore", ((0, 0), (1, 0), (1, 1), (0, 1))), 0, 0),
        (replace(BESIDE, kind="ignore"), 1, 0),
    ],
)
def test_zones(zone: Zone, falls: int, ignored: int, classifier: FallClassifier) -> None:
    poses = film(Actor(FALLS), seconds=9)
    analysis = detect_falls(poses, classifier=classifier, zones=[zone])
    assert (len(analysis.events), len(analysis.ignored)) == (falls, ignored)
    assert all(event.ignored_in == zone.name for event in analysis.ignored)
    monitor = FallMonitor(classifier, frame_size=poses.frame_size, zones=[zone])
    raised = [event for frame in range(poses.n_frames) for event in monitor.update(poses.at(frame), frame / poses.fps)]
    assert len(raised) == falls
    assert (monitor.events, monitor.ignored) == (analysis.events, analysis.ignored)


def test_states_are_told_for_overlays(classifier: FallClassifier) -> None:
    poses = film(Actor(FALLS), seconds=7)
    monitor = FallMonitor(classifier, frame_size=FRAME_SIZE)
    seen = {}
    for frame in range(poses.n_frames):
        monitor.update(poses.at(frame))
        seen[frame] = monitor.states[1]
    assert seen[75].state == "upright"
    assert seen[160].state == "down"
    assert sum(seen[160].probabilities) == pytest.approx(1)
    monitor.update(poses.at(0).where(np.zeros(1, bool)), 10.0)
    assert monitor.states == {}


def test_windows(classifier: FallClassifier) -> None:
    poses = film(Actor(FALLS), Actor(STANDS, x_px=500, track_id=2), seconds=6)
    windows = detect_falls(poses, classifier=classifier).windows
    assert (np.diff(windows.time_s) >= 0).all()
    assert set(windows.track_id) == {1, 2}
    np.testing.assert_allclose(windows.probabilities.sum(axis=1), 1)
    np.testing.assert_allclose(windows.smoothed.sum(axis=1), 1)


def test_nobody(classifier: FallClassifier) -> None:
    nobody = film(Actor(STANDS, hidden=(0, 60)), Actor(STANDS, hidden=(0, 60), track_id=2), seconds=3)
    analysis = detect_falls(nobody, classifier=classifier)
    assert (analysis.events, len(analysis.windows), analysis.n_frames) == ((), 0, 75)
    assert analysis.not_judged == NotJudged(nobody=1.0)


@pytest.mark.parametrize(
    ("actor", "seconds", "fps", "expected"),
    [
        (Actor(STANDS), 8, 25, NotJudged()),
        (Actor(STANDS, hidden=(2.0, 10.0)), 8, 25, NotJudged(nobody=0.75)),
        (Actor(STANDS), 8, 2, NotJudged(too_few_frames=1.0)),
        (Actor(STANDS, height_px=SMALLEST_PX * 0.7), 8, 25, NotJudged(too_small=1.0)),
    ],
)
def test_what_could_not_be_judged(
    actor: Actor, seconds: float, fps: float, expected: NotJudged, classifier: FallClassifier
) -> None:
    told = detect_falls(film(actor, seconds=seconds, fps=fps), classifier=classifier).not_judged
    assert told.nobody == pytest.approx(expected.nobody, abs=0.03)
    assert told.too_few_frames == pytest.approx(expected.too_few_frames, abs=0.1)
    assert told.too_small == pytest.approx(expected.too_small, abs=0.03)
    assert told.share == pytest.approx(expected.share, abs=0.1)


def test_what_is_refused(classifier: FallClassifier) -> None:
    poses = film(Actor(STANDS), seconds=1)
    monitor = FallMonitor(classifier, frame_size=FRAME_SIZE)
    with pytest.raises(InputError, match="expected the people of one frame, got frames 0 to 24"):
        monitor.update(poses)
    with pytest.raises(InputError, match="expected time_s with a frame without people"):
        monitor.update(poses.where(np.zeros(25, bool)))
    monitor.update(poses.at(3))
    with pytest.raises(InputError, match=r"expected a frame after 0.120 s, got one of 0.080 s"):
        monitor.update(poses.at(2))
    with pytest.raises(SettingsError, match="expected one of low, normal, high, got 'medium'"):
        detect_falls(poses, classifier=classifier, sensitivity="medium")
    with pytest.raises(InputError, match="shoulders and hips by name"):
        detect_falls(poses.to_skeleton(skeleton_for(5)), classifier=classifier)
