"""Views, sizes and stretches of people of known place."""

from dataclasses import replace

import numpy as np
import pytest
from tests import figures
from tests.exercises import movements

from posespotter.kinematics import body_of, find_stretches, view_of_yaw, yaw_deg
from posespotter.kinematics.view import mean_yaw_deg, view_confidence
from posespotter.poses import PoseSequence


def joined(*parts: PoseSequence) -> PoseSequence:
    """One clip after the other, as after a cut."""
    columns = {name: np.concatenate([part.columns()[name] for part in parts]) for name in parts[0].columns()}
    counts = np.cumsum([0, *(part.n_frames for part in parts)])
    columns["frame"] = np.concatenate([p.frame + c for p, c in zip(parts, counts, strict=False)]).astype(np.int32)
    columns["time_s"] = columns["frame"] / parts[0].fps
    return replace(parts[0], **columns, n_frames=int(counts[-1]))


@pytest.mark.parametrize("world", [True, False])
@pytest.mark.parametrize(
    ("yaw", "view"),
    [(0, "front"), (20, "front"), (-45, "oblique"), (45, "oblique"), (90, "left"), (-90, "right"), (105, "left"),
     (180, "rear"), (-165, "rear"), (135, "oblique"), (-135, "oblique")],
)  # fmt: skip
def test_view(yaw: float, view: str, world: bool) -> None:
    body = body_of(figures.film(figures.squat(repetitions=1), yaw_deg=yaw, noise=0.005, world=world)).clean()
    found, agreement = mean_yaw_deg(yaw_deg(body))
    assert view_of_yaw(found) == view
    assert abs((found - yaw + 180) % 360 - 180) < 12
    assert agreement > 0.9


def test_lying_people_are_judged_in_their_own_upright_frame() -> None:
    body = body_of(figures.film(movements.push_up(), yaw_deg=90)).clean()
    assert view_of_yaw(mean_yaw_deg(yaw_deg(body))[0]) == "left"


@pytest.mark.parametrize("yaw", [0, 45, 90, 180])
@pytest.mark.parametrize("thigh", [40, 100])
def test_body_length(yaw: float, thigh: float) -> None:
    poses = figures.film(figures.squat(thigh=thigh), yaw_deg=yaw, noise=0.01)
    length = body_of(poses).clean().length_px
    assert np.all(np.abs(length / (0.62 * figures.FRAME_SIZE[1]) - 1) < 0.06)


def test_nobody_seen_has_no_length() -> None:
    poses = figures.film(figures.squat(repetitions=1))
    hidden = replace(poses, scores=np.zeros_like(poses.scores))
    assert np.isnan(body_of(hidden).length_px).all()


@pytest.mark.parametrize("fps", [5, 15, 30, 60, 120])
@pytest.mark.parametrize("noise", [0, 0.01])
def test_no_stretch_ends_without_a_cut(fps: float, noise: float) -> None:
    for figure in (figures.squat(), movements.sit_up(), *movements.others()):
        for yaw in (0, 50, 90):
            body = body_of(figures.film(figure, yaw_deg=yaw, fps=fps, noise=noise))
            assert len(find_stretches(body)) == 1, (figure.name, yaw)


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_cuts_are_found(fps: float) -> None:
    figure = figures.squat(repetitions=1)
    front = figures.film(figure, fps=fps, noise=0.003)
    side = figures.film(figure, yaw_deg=90, fps=fps, noise=0.003)
    elsewhere = figures.moved(front, 1.0, (250, 0))
    near = figures.moved(front, 1.6, (-150, -300))
    for other in (side, elsewhere, near):
        (first, second) = find_stretches(body_of(joined(front, other)))
        assert abs(first.stop - len(front)) <= 0.25 * fps, first
        assert second.stop == 2 * len(front)


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_a_fade_is_cut_in_its_middle_whatever_moves_before(fps: float) -> None:
    """One camera fades into another right after a quick movement, which is not cut."""
    figure = figures.squat(repetitions=1)
    side = figures.film(figure, yaw_deg=90, fps=fps, noise=0.002)
    front = figures.film(figure, fps=fps, noise=0.002)
    hips = side.keypoints[:, side.skeleton.index("left_hip"), 1]
    up = int(np.flatnonzero(hips > hips[0] + 0.1 * np.ptp(hips))[-1]) + 1  # the last row before standing again
    fade = round(0.4 * fps)
    side, front = side.where(side.frame < up + fade), front.where(front.frame >= len(front) - fade - round(fps))
    shares = np.linspace(0, 1, fade + 2)[1:-1, None, None]
    faded = front.where(front.frame < front.frame[0] + fade)
    blended = (1 - shares) * side.keypoints[-fade:] + shares * faded.keypoints
    quick = side.where((side.frame < up) & (side.frame % 2 == 0))
    clip = joined(quick, replace(faded, keypoints=blended.astype(np.float32)), front)
    clip = replace(clip, frame=np.arange(len(clip), dtype=np.int32), time_s=np.arange(len(clip)) / fps)
    stretches = find_stretches(body_of(clip))
    assert len(stretches) == 2
    assert abs(stretches[0].stop - (len(quick) + fade / 2)) <= 0.25 * fps


def test_a_long_gap_begins_a_new_stretch() -> None:
    poses = figures.film(figures.squat())
    assert len(find_stretches(body_of(poses.where((poses.time_s < 2) | (poses.time_s > 2.6))))) == 1
    assert len(find_stretches(body_of(poses.where((poses.time_s < 2) | (poses.time_s > 3.2))))) == 2
    assert find_stretches(body_of(poses.where(poses.time_s < 0))) == []


def test_short_gaps_are_bridged_and_long_ones_are_not() -> None:
    poses = figures.film(figures.squat())
    keypoints = poses.keypoints.copy()
    keypoints[30:36, poses.skeleton.index("left_knee")] = np.nan
    keypoints[60:90, poses.skeleton.index("right_knee")] = np.nan
    body = body_of(replace(poses, keypoints=keypoints)).clean()
    assert np.isfinite(body.joint("left_knee")).all()
    assert np.isnan(body.joint("right_knee")[60:90]).all()


def test_joints_outside_the_picture_are_not_seen() -> None:
    poses = figures.film(figures.squat())
    low = replace(poses, frame_size=(poses.frame_size[0], 700))
    body = body_of(low)
    assert (body.score("ankle") == 0).all()
    assert (body.score("shoulder") > 0).all()


def test_heads_turn_to_cameras_and_bodies_do_not() -> None:
    poses = figures.film(figures.squat(repetitions=1), yaw_deg=70, world=False)
    keypoints = poses.keypoints.copy()
    nose, ears = poses.skeleton.index("nose"), [poses.skeleton.index(f"{side}_ear") for side in ("left", "right")]
    keypoints[:, nose] = keypoints[:, ears].mean(1)  # the face looks into the camera
    found, _ = mean_yaw_deg(yaw_deg(body_of(replace(poses, keypoints=keypoints)).clean()))
    assert abs(found - 70) < 12


@pytest.mark.parametrize(
    ("yaw", "least", "most"), [(0, 0.99, 1), (90, 0.99, 1), (29, 0.5, 0.6), (31, 0.5, 0.6), (45, 0.9, 0.95)]
)
def test_a_view_beside_the_next_one_is_doubtful(yaw: float, least: float, most: float) -> None:
    assert least <= view_confidence(yaw, 1.0) <= most
    assert view_confidence(-yaw, 0.9) == pytest.approx(0.81 * view_confidence(yaw, 1.0))
    assert view_confidence(float("nan"), 1.0) == 0


def test_legs_longer_than_legs_are_not_seen() -> None:
    poses = figures.film(figures.squat(repetitions=1), yaw_deg=90)
    keypoints = poses.keypoints.copy()
    hips = [poses.skeleton.index(f"{side}_hip") for side in ("left", "right")]
    length = 0.62 * figures.FRAME_SIZE[1]
    keypoints[20:30, hips, 1] -= 0.15 * length  # a thigh of 0.245 body lengths grows to 0.395
    body = body_of(replace(poses, keypoints=keypoints)).clean()
    assert (body.score("hip")[22:28] == 0).all()
    assert (body.score("hip")[:15] > 0).all()
