"""Measures of stick figures whose angles and lengths are known, from each side."""

import numpy as np
import pytest
from tests import figures

from posespotter.exercises.definitions.vocabulary import parse_measure
from posespotter.exercises.measures import Joining, Moves, Plane
from posespotter.exercises.person import people_of
from posespotter.synthetic.figure import Figure, Floats, Joints, points, standing_hips, upright


def still(lean_deg: float = 0.0, **options: object) -> Figure:
    """A person who stands still."""

    def at(t: Floats) -> Joints:
        return upright(points(0 * t, 0 * t, standing_hips(len(t))), lean_deg, **options)  # type: ignore[arg-type]

    return Figure("still", 1.5, at)


def moves_of(figure: Figure, yaw: float, *, world: bool = False, plane: Plane = "sagittal") -> Moves:
    """The one stretch of a figure, from far away: without perspective."""
    poses = figures.film(figure, yaw_deg=yaw, world=world, distance=40.0)
    return Moves(people_of(poses, None)[0].bodies[0], plane, yaw)


def middle(values: np.ndarray) -> float:
    return float(np.nanmedian(values)) if np.isfinite(values).any() else float("nan")


@pytest.mark.parametrize("yaw", [90.0, -90.0])
@pytest.mark.parametrize("lean", [0.0, 20.0, 45.0])
def test_from_the_side_the_trunk_leans_as_it_does(yaw: float, lean: float) -> None:
    assert middle(moves_of(still(lean), yaw).measure(parse_measure("trunk_lean")).values) == pytest.approx(
        lean, abs=1.5
    )


@pytest.mark.parametrize(("yaw", "world", "known"), [(90, False, True), (0, False, False), (0, True, True)])
def test_an_angle_along_the_line_of_sight_takes_joints_in_space(yaw: float, world: bool, known: bool) -> None:
    moves = moves_of(still(arms=30.0), yaw, world=world)
    found = middle(moves.measure(parse_measure("shoulder_angle")).values)
    assert found == pytest.approx(30.0, abs=3.0) if known else np.isnan(found)


@pytest.mark.parametrize(
    ("measure", "yaw", "expected"),
    [
        ("height(hip, ankle)", 0.0, 0.49),  # thigh and shank, feet a little apart
        ("height(hip, ankle)", 90.0, 0.49),
        ("width(shoulder)", 0.0, 0.21),
        ("width(shoulder)", 180.0, 0.21),
        ("width(shoulder)", 90.0, np.nan),  # nobody can tell from the side
        ("tilt(hip)", 0.0, 0.0),
        ("side_difference(shoulder)", 0.0, 0.0),
        ("ahead(shoulder, hip)", 90.0, 0.0),
        ("ahead(shoulder, hip)", 0.0, np.nan),
        ("sideways(hip, ankle)", 0.0, 0.0),
    ],
)
def test_lengths_of_a_person_who_stands(measure: str, yaw: float, expected: float) -> None:
    found = middle(moves_of(still(), yaw).measure(parse_measure(measure)).values)
    assert found == pytest.approx(expected, abs=0.02, nan_ok=True)


SLANTED_DEG = float(np.degrees(np.arctan((0.21 - 0.12) / 2 / 0.288)))
"""The line from hip to shoulder of a side leans outwards, as shoulders are wider than hips."""


@pytest.mark.parametrize(
    ("joining", "expected"),
    [
        ("left", 10 + SLANTED_DEG),
        ("right", 50 + SLANTED_DEG),
        ("mean", 30 + SLANTED_DEG),
        ("least", 10 + SLANTED_DEG),
        ("most", 50 + SLANTED_DEG),
        ("difference", 40.0),
    ],
)
def test_sides_become_one_number(joining: Joining, expected: float) -> None:
    """The left upper arm is 10 degrees from the vertical, the right one 50, and both are seen from the front."""

    def at(t: Floats) -> Joints:
        joints = upright(points(0 * t, 0 * t, standing_hips(len(t))))
        for side, outwards, degrees in (("left", 1, 10), ("right", -1, 50)):
            angle = np.radians(degrees)
            upper_arm = 0.186 * points(0 * t, outwards * np.sin(angle), -np.cos(angle))
            joints[f"{side}_elbow"] = joints[f"{side}_shoulder"] + upper_arm
        return joints

    moves = moves_of(Figure("arms", 1.5, at), 0.0, plane="frontal")
    found = middle(moves.measure(parse_measure("shoulder_angle"), joining).values)
    assert found == pytest.approx(expected, abs=0.5)


def test_from_the_side_the_near_leg_speaks_alone() -> None:
    moves = moves_of(still(), 90.0)
    knee = parse_measure("knee_angle")
    assert moves.speaks(knee, "left").all()
    assert not moves.speaks(knee, "right").any()


def test_who_stands_has_not_moved() -> None:
    moves = moves_of(still(), 0.0)
    rows = slice(0, len(moves.body))
    assert moves.travel("ankle", "most", rows) < 0.005
    assert moves.shuffle("ankle", rows) < 0.005
    assert moves.drift("hip", 0, len(moves.body) - 1) == 0
    assert moves.landing("ankle", rows) < 0.005


def test_a_jump_lands() -> None:
    def at(t: Floats) -> Joints:
        up = 0.1 * np.clip(1 - np.abs(t - 0.75) / 0.25, 0, 1)
        joints = upright(points(0 * t, 0 * t, standing_hips(len(t))))
        return {name: place + points(0 * t, 0, up) for name, place in joints.items()}

    moves = moves_of(Figure("jump", 1.5, at), 0.0)
    assert moves.landing("ankle", slice(0, len(moves.body))) == pytest.approx(0.08, abs=0.02)
