"""The numbers of a `PoseSequence` as columns with names that other programs can use: `left_knee_x_px`, `bbox_score`."""

from collections.abc import Mapping
from types import MappingProxyType

from posespotter.errors import SettingsError
from posespotter.skeletons import Skeleton

PLAIN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "frame": ("frame",),
        "time_s": ("time_s",),
        "track_id": ("track_id",),
        "bbox": ("bbox_x0_px", "bbox_y0_px", "bbox_x1_px", "bbox_y1_px"),
        "bbox_score": ("bbox_score",),
    }
)
"""Attribute of a sequence to its columns."""

OF_JOINTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "keypoints": ("x_px", "y_px"),
        "scores": ("score",),
        "world": ("x_m", "y_m", "z_m"),
        "raw_keypoints": ("raw_x_px", "raw_y_px"),
    }
)
"""Attribute of a sequence to the ends of its columns; they begin with the name of the joint."""


def columns_of(attribute: str, skeleton: Skeleton) -> list[str]:
    """The columns of one attribute, in the order of its numbers in memory."""
    if attribute in PLAIN:
        return list(PLAIN[attribute])
    return [f"{joint}_{end}" for joint in skeleton.keypoints for end in OF_JOINTS[attribute]]


def require_different(names: list[str]) -> None:
    """Check that no two columns have one name, as those of joints called `bbox` would.

    Raises:
        SettingsError: two have.
    """
    if len(set(names)) < len(names):
        twice = next(name for i, name in enumerate(names) if name in names[:i])
        raise SettingsError(f"Expected joints whose columns have different names, got {twice!r} twice; rename a joint.")
