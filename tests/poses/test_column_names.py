"""Names of the columns of a sequence in tables and files."""

import pytest

from posespotter.errors import SettingsError
from posespotter.poses.column_names import OF_JOINTS, PLAIN, columns_of, require_different
from posespotter.poses.row_types import ROW_TYPES
from posespotter.skeletons import KNOWN, skeleton_of


def test_every_attribute_with_rows_has_columns() -> None:
    assert {*PLAIN, *OF_JOINTS} == set(ROW_TYPES)


def test_columns_of_joints_follow_the_joints() -> None:
    hand = skeleton_of(["wrist", "tip"])
    assert columns_of("keypoints", hand) == ["wrist_x_px", "wrist_y_px", "tip_x_px", "tip_y_px"]
    assert columns_of("scores", hand) == ["wrist_score", "tip_score"]


@pytest.mark.parametrize("skeleton", KNOWN.values(), ids=KNOWN)
def test_no_two_columns_of_a_known_skeleton_have_one_name(skeleton) -> None:
    require_different([name for attribute in ROW_TYPES for name in columns_of(attribute, skeleton)])


def test_a_joint_whose_column_is_taken_is_refused() -> None:
    box = skeleton_of(["bbox", "tail"])
    with pytest.raises(SettingsError, match="got 'bbox_score' twice"):
        require_different(columns_of("bbox_score", box) + columns_of("scores", box))
