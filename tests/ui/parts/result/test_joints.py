"""The table of joints: pages that together are all of it, once."""

import numpy as np
import pytest
from tests import figures

from posespotter.ui.parts.result.joints import ROWS_A_PAGE, select

POSES = figures.film(figures.squat(repetitions=1), fps=5)


@pytest.mark.parametrize(("person", "joint"), [(None, None), (1, None), (None, "left_knee"), (1, "nose")])
def test_the_pages_are_the_whole_table(person, joint):
    table = select(POSES, person, joint)
    assert len(table) == len(POSES) * (1 if joint else len(POSES.skeleton))
    pages = [table.page(number) for number in range(-(-len(table) // ROWS_A_PAGE))]
    assert all(len(page["Frame"]) <= ROWS_A_PAGE for page in pages)
    xs = np.concatenate([page["x (px)"] for page in pages])
    expected = POSES.keypoint(joint)[:, 0] if joint else POSES.keypoints[..., 0].ravel()
    np.testing.assert_allclose(xs, expected, atol=0.06)


def test_nobody_of_that_number():
    assert len(select(POSES, 7, None)) == 0
