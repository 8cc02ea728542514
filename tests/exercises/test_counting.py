"""What counts as a repetition whatever the clip and the camera do: edges, moving cameras, joints out of the picture."""

from dataclasses import replace

import numpy as np
import pytest
from tests import figures
from tests.exercises import movements

from posespotter.exercises import analyze_exercise
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17

VIEWS = (0.0, 40.0, 90.0, -90.0, 180.0)
BOTTOM_S, CYCLE_S = 1.9, 3.0


def squats(yaw: float, **options) -> PoseSequence:
    return figures.film(figures.squat(), yaw_deg=yaw, noise=0.005, **options)


def moved_by(poses: PoseSequence, px: np.ndarray) -> PoseSequence:
    """What a camera sees that moves by (N, 2) px."""
    return replace(poses, keypoints=(poses.keypoints + px[:, None]).astype(np.float32))


@pytest.mark.parametrize("yaw", VIEWS)
def test_begins_and_ends_on_the_way(yaw: float) -> None:
    poses = squats(yaw)
    # From half-way down the first to half-way up the last: only the one between is whole.
    cut = poses.between(BOTTOM_S - 0.6, BOTTOM_S + 2 * CYCLE_S + 0.55)
    assert analyze_exercise(cut, "squat").count == 1


@pytest.mark.parametrize("yaw", VIEWS)
def test_a_camera_that_moves_slowly(yaw: float) -> None:
    poses = squats(yaw)
    seconds = poses.time_s[:, None]
    assert analyze_exercise(moved_by(poses, seconds * [40.0, 8.0]), "squat").count == 3


@pytest.mark.parametrize("yaw", VIEWS)
@pytest.mark.parametrize("hidden", [("ankle", "heel", "foot"), ("nose", "eye", "ear", "mouth"), ("wrist", "elbow")])
def test_parts_out_of_the_picture(yaw: float, hidden: tuple[str, ...]) -> None:
    poses = squats(yaw)
    scores = poses.scores.copy()
    scores[:, [i for i, name in enumerate(poses.skeleton.keypoints) if any(part in name for part in hidden)]] = 0.05
    assert analyze_exercise(replace(poses, scores=scores), "squat").count == 3


@pytest.mark.parametrize("yaw", VIEWS)
def test_five_pictures_a_second_do_and_three_do_not(yaw: float) -> None:
    assert analyze_exercise(squats(yaw, fps=5), "squat").count == 3
    few = analyze_exercise(squats(yaw, fps=3), "squat")
    assert few.count == 0
    assert few.reason == "3.0 pictures a second are too few to follow a movement; it takes 5"
    assert few.judged_share == 0


@pytest.mark.parametrize(
    ("name", "figure", "yaw"),
    [
        ("biceps-curl", movements.curl(), 90), ("lateral-raise", movements.lateral_raise(), 0),
        ("shoulder-press", movements.press(), 0), ("push-up", movements.push_up(), 90),
        ("deadlift", movements.deadlift(), 90),
    ],
)  # fmt: skip
def test_a_camera_that_pans_past_who_stays(name: str, figure: figures.Figure, yaw: float) -> None:
    poses = replace(figures.film(figure, yaw_deg=yaw, noise=0.003), frame_size=(2400, 1200))
    assert analyze_exercise(moved_by(poses, poses.time_s[:, None] * [60.0, 8.0]), name).count == 3


def on_one_leg(t: figures.Floats) -> figures.Joints:
    """Over a hurdle and back, three times: one foot goes up in front, the other leg gives way a little."""
    way = (1 - np.cos(2 * np.pi * t / 3)) / 2
    hips = figures.points(0 * t, 0, figures.standing_hips(len(t)) - 0.05 * way)
    return figures.upright(hips, feet=(0.25 * way, 0.0), lifts=(0.3 * way, 0.0))


@pytest.mark.parametrize("yaw", VIEWS)
def test_a_foot_in_the_air_is_no_squat_and_no_lunge(yaw: float) -> None:
    poses = figures.film(figures.Figure("hurdle", 9.0, on_one_leg), yaw_deg=yaw, noise=0.003)
    for name in ("squat", "lunge"):
        assert analyze_exercise(poses, name).count == 0, name


def test_who_has_the_hands_on_the_floor_does_not_squat() -> None:
    def low(t: figures.Floats) -> figures.Joints:
        joints = figures.squat().at(t)
        return joints | {f"{side}_wrist": joints[f"{side}_ankle"] + [0.3, 0, 0] for side in ("left", "right")}

    poses = figures.film(figures.Figure("on all fours", 9.0, low), yaw_deg=90, noise=0.003)
    analysis = analyze_exercise(poses, "squat")
    assert analysis.count == 0
    assert "hands" in analysis.reason


def landing(t: figures.Floats) -> figures.Joints:
    """A jump in the air from 1.0 to 1.4 s, then knees that give way until 1.7 s and stretch until 2.3 s."""
    flight = np.clip((t - 1.0) / 0.4, 0, 1)
    up = 0.8 * flight * (1 - flight)
    dip = np.interp(t, [1.4, 1.7, 2.3], [0, 1, 0])
    hips = figures.points(-0.05 * dip, 0, figures.standing_hips(len(t)) - 0.12 * dip + up)
    return figures.upright(hips, 20 * dip, lifts=(up, up), arms=10)


@pytest.mark.parametrize("yaw", VIEWS)
def test_a_landing_is_no_squat(yaw: float) -> None:
    poses = figures.film(figures.Figure("jump", 4.0, landing), yaw_deg=yaw, noise=0.003, world=False)
    assert analyze_exercise(poses, "squat").count == 0


def test_who_walks_and_sinks_is_not_taken_for_a_moving_camera() -> None:
    walker = next(figure for figure in movements.others() if figure.name == "walk")
    for yaw in VIEWS:
        assert analyze_exercise(figures.film(walker, yaw_deg=yaw, noise=0.005), "squat").count == 0


def test_a_lift_from_the_floor_is_complete_at_the_top() -> None:
    poses = figures.film(movements.deadlift(2), yaw_deg=90, noise=0.003)
    from_the_floor = poses.between(BOTTOM_S, 2 * CYCLE_S + 0.5)  # up, down, up
    assert analyze_exercise(from_the_floor, "deadlift").count == 2
    to_the_floor = poses.between(0, BOTTOM_S)
    assert analyze_exercise(to_the_floor, "deadlift").count == 0


@pytest.mark.parametrize(("yaw", "near", "far"), [(90.0, "left", "right"), (-90.0, "right", "left")])
def test_from_the_side_the_near_leg_speaks_alone(yaw: float, near: str, far: str) -> None:
    """A far leg that is guessed wrongly, and believed, changes no number; a near one that is hidden gives none."""
    poses = figures.film(figures.squat(), yaw_deg=yaw, skeleton=COCO17, world=False)
    usual = analyze_exercise(poses, "squat")
    keypoints, scores = poses.keypoints.copy(), poses.scores.copy()
    keypoints[:, poses.skeleton.index(f"{far}_knee")] += 40.0
    keypoints[:, poses.skeleton.index(f"{far}_ankle")] -= 40.0
    wrong = analyze_exercise(replace(poses, keypoints=keypoints), "squat")
    name = "knee_angle_min_deg"
    assert [one.metrics[name] for one in wrong.repetitions] == pytest.approx(
        [one.metrics[name] for one in usual.repetitions], abs=2.5
    )
    for side in (near, far):
        scores[:, poses.skeleton.index(f"{side}_ankle")] = 0.1
    hidden = analyze_exercise(replace(poses, scores=scores), "squat")
    assert [one.metrics[name] for one in hidden.repetitions] == [None] * 3


def test_how_much_could_be_judged() -> None:
    poses = squats(90.0)
    seconds = poses.time_s[-1]
    away = poses.where((poses.time_s < 0.3 * seconds) | (poses.time_s > 0.7 * seconds))
    away = replace(away, n_frames=poses.n_frames)
    assert analyze_exercise(poses, "squat").judged_share == pytest.approx(1, abs=0.02)
    assert analyze_exercise(away, "squat").judged_share == pytest.approx(0.6, abs=0.03)
    hardly = replace(poses.where(poses.time_s < 0.1 * seconds), n_frames=poses.n_frames)
    analysis = analyze_exercise(hardly, "squat")
    assert analysis.count == 0
    assert "it cannot be told: the person could be followed for 1" in analysis.reason
