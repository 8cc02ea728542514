"""`PoseSequence`: the people of a video or picture, one row per person per frame. Everything reads and writes this."""

from posespotter.poses.row_types import ROW_TYPES
from posespotter.poses.sequence import Pose, PoseSequence

__all__ = ["ROW_TYPES", "Pose", "PoseSequence"]
