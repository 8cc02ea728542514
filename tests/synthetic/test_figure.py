"""Stick figures: limbs keep their length, feet their place, and faults are the ones that were planted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.synthetic.figure import (
    FOREARM,
    SHANK,
    THIGH,
    UPPER_ARM,
    bend,
    in_turn,
    points,
    squat,
    there_and_back,
)

LIMBS = (
    ("shoulder", "elbow", UPPER_ARM),
    ("elbow", "wrist", FOREARM),
    ("hip", "knee", THIGH),
    ("knee", "ankle", SHANK),
)
T = np.linspace(0, 5, 60)


@pytest.mark.parametrize("faults", [set(), {"knees_inward"}, {"shallow"}])
def test_limbs_keep_their_length(faults: set[str]) -> None:
    joints = squat(faults).at(T)
    for side in ("left", "right"):
        for first, last, length in LIMBS:
            apart = np.linalg.norm(joints[f"{side}_{first}"] - joints[f"{side}_{last}"], axis=1)
            np.testing.assert_allclose(apart, length, rtol=0.08, err_msg=f"{side} {first} to {last}")


def test_feet_stay_and_hips_sink() -> None:
    joints = squat().at(T)
    assert np.ptp(joints["left_ankle"], axis=0).max() < 1e-9
    assert np.ptp(joints["left_hip"][:, 2]) > 0.2


@pytest.mark.parametrize("repetitions", [1, 3, 5])
def test_there_and_back(repetitions: int) -> None:
    way, seconds = there_and_back(repetitions)
    share = way(np.linspace(0, seconds, 2000))
    assert (share[0], share[-1], share.min(), share.max()) == (0, 0, 0, pytest.approx(1, abs=1e-3))
    assert (np.diff((share > 0.5).astype(int)) == 1).sum() == repetitions


@given(span=st.floats(0.05, 0.48), one=st.floats(0.24, 0.3), other=st.floats(0.24, 0.3), turn=st.floats(0, 6.28))
def test_a_bent_joint_is_where_both_limbs_reach_and_on_the_side_of_its_pole(
    span: float, one: float, other: float, turn: float
) -> None:
    first, last = np.zeros((1, 3)), span * points(0.0, 0.0, -1.0)
    pole = points(np.cos(turn), np.sin(turn), 0.0)
    joint = bend(first, last, one, other, pole)
    assert np.linalg.norm(joint - first) == pytest.approx(one, abs=1e-4)
    assert np.linalg.norm(joint - last) == pytest.approx(other, abs=1e-4)
    assert float((joint * pole).sum()) >= -1e-9


def test_figures_in_turn() -> None:
    both = in_turn([squat(repetitions=1), squat({"shallow"}, 2)])
    assert both.repetitions == 3
    assert both.faults == frozenset({"shallow"})
    assert both.seconds == pytest.approx(squat(repetitions=1).seconds + squat({"shallow"}, 2).seconds)
    np.testing.assert_allclose(both.at(T[:5])["nose"], squat(repetitions=1).at(T[:5])["nose"])
