"""The reference of the two OpenCap clips: angles of a two-camera system, in three ways.

`angles` are those of its musculoskeletal model (.mot): knees are hinges, hips are told from the pelvis, and the trunk
bends above it. `trunk` are its hips with that bend added, which is the angle between thigh and trunk in the model.
`joints` are the angles of its joint centres (.trc) by our own convention, hips from the line of the shoulders.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posespotter.kinematics.joint_angles import JointAngles, joint_angles
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17

_NAME = "opencap_squats_arm_raise"
_LAGS_S = np.arange(-0.15, 0.151, 1 / 60)  # clips and reference share a clock to a tenth of a second

_OF_MODEL = {"knee_flexion": "knee_angle_", "hip_flexion": "hip_flexion_", "elbow_flexion": "elbow_flex_"}
_OF_JOINTS = ("knee_flexion", "hip_flexion", "elbow_flexion", "shoulder_flexion")


@dataclass(frozen=True, eq=False)
class Reference:
    """Angles (T,) in degrees by name, at (T,) seconds."""

    time_s: np.ndarray
    angles: dict[str, np.ndarray]

    def lag_of(self, found: JointAngles) -> float:
        """Seconds by which the clip is behind, told by the knees."""

        def spread(lag: float) -> float:
            return sum(
                float(np.nanstd(np.interp(self.time_s + lag, found.time_s, found[name]) - self.angles[name]))
                for name in ("left_knee_flexion", "right_knee_flexion")
            )

        return float(min(_LAGS_S, key=spread))


def reference_angles(folder: Path) -> dict[str, Reference]:
    """The references out of `folder`."""
    model, joints = _of_model(folder / f"{_NAME}.mot"), _of_joints(folder / f"{_NAME}.trc")
    bend = model.angles.pop("lumbar_extension")
    knees = {name: values for name, values in model.angles.items() if "knee" in name}  # which tell the lag
    hips = {name: values - bend for name, values in model.angles.items() if "hip" in name}
    return {"angles": model, "trunk": Reference(model.time_s, knees | hips), "joints": joints}


def _of_model(path: Path) -> Reference:
    names, *rows = path.read_text("utf-8").split("endheader\n")[1].strip().split("\n")
    columns = [name.strip() for name in names.split("\t")]
    table = np.array([row.split() for row in rows], float)
    angles = {
        f"{side}_{name}": table[:, columns.index(column + side[0])]
        for side in ("left", "right")
        for name, column in _OF_MODEL.items()
    }
    angles["lumbar_extension"] = table[:, columns.index("lumbar_extension")]
    return Reference(table[:, 0], angles)


def _of_joints(path: Path) -> Reference:
    lines = path.read_text("utf-8").split("\n")
    names = [name.strip() for name in lines[3].split("\t")[2:] if name.strip()]
    rows = [line.split("\t") for line in lines[5:] if line.split("\t")[0].strip().isdigit()]
    table = np.array([row[1 : 2 + 3 * len(names)] for row in rows], float)
    places = {name: table[:, 1 + 3 * i : 4 + 3 * i] * [1, -1, -1] for i, name in enumerate(names)}  # y down
    world = np.full((len(table), 17, 3), np.nan)
    for side, upper, lower in (("left", "L", "L"), ("right", "R", "r")):
        both = {part: (f"{lower}_{part}_study", f"{lower}_m{part}_study") for part in ("knee", "ankle")}
        centres = {part: (places[a] + places[b]) / 2 for part, (a, b) in both.items()}
        centres["hip"] = places[f"{upper}HJC_study"]
        centres |= {part.lower(): places[upper + part] for part in ("Shoulder", "Elbow", "Wrist")}
        for part, centre in centres.items():
            world[:, COCO17.index(f"{side}_{part}")] = centre
    flat = np.nan_to_num(world[..., :2]) * 100 + 500
    poses = PoseSequence.from_arrays(flat, skeleton=COCO17, fps=60.0, time_s=table[:, 0], world=world)
    angles = joint_angles(poses, world=True, gate=False)
    wanted = [f"{side}_{name}" for side in ("left", "right") for name in _OF_JOINTS]
    return Reference(table[:, 0], {name: angles[name] for name in (*wanted, "trunk_forward_lean")})
