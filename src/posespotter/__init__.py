"""PoseSpotter: find the people in photos, videos and camera streams, follow them, and tell how they move."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from posespotter.version import __version__ as __version__

if TYPE_CHECKING:
    from posespotter.assessments import Assessment as Assessment
    from posespotter.assessments import assess as assess
    from posespotter.drawing.overlay import draw_poses as draw_poses
    from posespotter.errors import PoseSpotterError as PoseSpotterError
    from posespotter.estimation.estimator import PoseEstimator as PoseEstimator
    from posespotter.estimation.pose_stream import LiveEstimator as LiveEstimator
    from posespotter.estimation.pose_stream import LivePoses as LivePoses
    from posespotter.estimation.pose_stream import PoseStream as PoseStream
    from posespotter.exercises import ExerciseAnalysis as ExerciseAnalysis
    from posespotter.exercises import analyze_exercise as analyze_exercise
    from posespotter.exercises.live_counter import LiveCount as LiveCount
    from posespotter.exercises.live_counter import LiveCounter as LiveCounter
    from posespotter.falls.detect import detect_falls as detect_falls
    from posespotter.falls.events import FallEvent as FallEvent
    from posespotter.falls.monitor import FallMonitor as FallMonitor
    from posespotter.falls.monitor import PersonState as PersonState
    from posespotter.falls.zones import Zone as Zone
    from posespotter.formats import export as export
    from posespotter.formats import read_poses as read_poses
    from posespotter.kinematics.joint_angles import JointAngles as JointAngles
    from posespotter.kinematics.joint_angles import joint_angles as joint_angles
    from posespotter.kinematics.lifting import lift as lift
    from posespotter.poses import Pose as Pose
    from posespotter.poses import PoseSequence as PoseSequence
    from posespotter.skeletons import BLAZEPOSE33 as BLAZEPOSE33
    from posespotter.skeletons import BODY25 as BODY25
    from posespotter.skeletons import COCO17 as COCO17
    from posespotter.skeletons import H36M17 as H36M17
    from posespotter.skeletons import HALPE26 as HALPE26
    from posespotter.skeletons import OPENPOSE18 as OPENPOSE18
    from posespotter.skeletons import WHOLEBODY133 as WHOLEBODY133
    from posespotter.skeletons import Skeleton as Skeleton
    from posespotter.skeletons import skeleton_of as skeleton_of

_HOME = {
    "Assessment": "assessments",
    "BLAZEPOSE33": "skeletons",
    "BODY25": "skeletons",
    "COCO17": "skeletons",
    "ExerciseAnalysis": "exercises",
    "FallEvent": "falls.events",
    "FallMonitor": "falls.monitor",
    "H36M17": "skeletons",
    "HALPE26": "skeletons",
    "JointAngles": "kinematics.joint_angles",
    "LiveCount": "exercises.live_counter",
    "LiveCounter": "exercises.live_counter",
    "LiveEstimator": "estimation.pose_stream",
    "LivePoses": "estimation.pose_stream",
    "OPENPOSE18": "skeletons",
    "PersonState": "falls.monitor",
    "Pose": "poses",
    "PoseEstimator": "estimation.estimator",
    "PoseSequence": "poses",
    "PoseSpotterError": "errors",
    "PoseStream": "estimation.pose_stream",
    "Skeleton": "skeletons",
    "WHOLEBODY133": "skeletons",
    "Zone": "falls.zones",
    "analyze_exercise": "exercises",
    "assess": "assessments",
    "detect_falls": "falls.detect",
    "draw_poses": "drawing.overlay",
    "export": "formats",
    "joint_angles": "kinematics.joint_angles",
    "lift": "kinematics.lifting",
    "read_poses": "formats",
    "skeleton_of": "skeletons",
}
__all__ = ["BLAZEPOSE33", "BODY25", "COCO17", "H36M17", "HALPE26", "OPENPOSE18", "WHOLEBODY133"]
__all__ += [
    "Assessment",
    "ExerciseAnalysis",
    "FallEvent",
    "FallMonitor",
    "JointAngles",
    "LiveCount",
    "LiveCounter",
    "LiveEstimator",
    "LivePoses",
    "PersonState",
    "Pose",
    "PoseEstimator",
    "PoseSequence",
    "PoseSpotterError",
    "PoseStream",
    "Skeleton",
    "Zone",
    "analyze_exercise",
    "assess",
    "detect_falls",
    "draw_poses",
    "export",
    "joint_angles",
    "lift",
    "read_poses",
    "skeleton_of",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: importing posespotter itself stays fast."""
    if name not in _HOME:
        raise AttributeError(f"module 'posespotter' has no attribute {name!r}")
    value = getattr(import_module(f"posespotter.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
