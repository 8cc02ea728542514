"""Should the tests of joints use lifted joints? The furthest angle of a repetition, from the picture and lifted.

    python benchmarks/assessment_lifting.py [--views 4] [--episodes 6]

Repetitions of the two people of the motion capture whom the lifting network never saw, by virtual cameras that stand
as the tests ask for and at an angle, with the errors of the pose model (tools/mocap.py); and figures that do what the
tests ask for, seen from several directions. Ranges of motion: the furthest flexion of the hip (hurdle step, straight
leg raise) and of the knee (deep squat, inline lunge), on the side of the camera. Frontal plane: the valgus of the knee
where it is bent the most (deep squat, inline lunge).
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
from angles import HZ, mocap, poses_of
from common import report, shared_folder, table
from train_lifting import LEFT_OUT

from posespotter.kinematics.joint_angles import joint_angles
from posespotter.kinematics.lifting import lift
from posespotter.poses import PoseSequence
from posespotter.synthetic.camera import film
from posespotter.synthetic.everyday import reach

FIGURES = (
    ("hip_flexion", 100), ("hip_flexion", 60), ("knee_flexion", 115), ("knee_flexion", 80), ("shoulder_flexion", 150),
    ("shoulder_flexion", 80), ("shoulder_abduction", 140), ("shoulder_abduction", 80),
)  # fmt: skip
YAWS = (90, 60, 45, 30, 0)
CAMERAS = {"side": ((75, 105), (-105, -75)), "at an angle": ((30, 60), (-60, -30)), "front": ((-20, 20),)}
JOINTS = {
    "hip_flexion": ("hurdle_step", "straight_leg_raise"),
    "knee_flexion": ("deep_squat", "inline_lunge"),
    "knee_valgus": ("deep_squat", "inline_lunge"),
}


def furthest(poses: PoseSequence, joint: str, side: str, *, world: bool) -> float:
    """The furthest flexion, or the valgus where the knee is bent the most; NaN where no angle is known."""
    angles = joint_angles(poses, world=world, gate=False)
    values = angles[f"{side}_{joint}"]
    known = np.isfinite(values)
    if known.mean() < 0.5:
        return np.nan
    if joint != "knee_valgus":
        return float(np.nanpercentile(values, 98))
    hips = poses.keypoints[:, [poses.skeleton.index("left_hip"), poses.skeleton.index("right_hip")], 1].mean(1)
    low = known & (hips >= np.nanpercentile(hips, 85))
    return float(np.mean(values[low])) if low.any() else np.nan


def captured(views: int, episodes: int) -> None:
    """Print bias, the error that two of three keep within, and in how many repetitions there is a number."""
    rng = np.random.default_rng(0)
    known = [one for one in mocap.episodes(shared_folder() / "data" / "mocap") if one.subject in LEFT_OUT]
    errors: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for joint, movements in JOINTS.items():
        for movement, subject in product(movements, LEFT_OUT):
            mine = [one for one in known if (one.movement, one.subject) == (movement, subject)]
            for one, (view, yaws) in product(mine[:episodes], CAMERAS.items()):
                for yaw in yaws:
                    for source, error in _errors(rng, one, joint, yaw, views):
                        errors[joint, view, source].append(error)
    rows = []
    for (joint, view, source), found in sorted(errors.items()):
        wrong = np.array(found)[np.isfinite(found)] if np.isfinite(found).any() else np.array([np.nan])
        told = f"{np.isfinite(found).sum()} of {len(found)}"
        numbers = (
            (f"{np.median(wrong):+.0f}", f"{np.percentile(np.abs(wrong), 68):.0f}") if len(wrong) > 5 else ("", "")
        )
        rows.append([joint, view, source, *numbers, told])
    report(table(["angle", "seen from", "joints", "bias, °", "two of three within, °", "told"], rows))


def _errors(
    rng: np.random.Generator, one: mocap.Episode, joint: str, yaw: tuple[int, int], views: int
) -> Iterator[tuple[str, float]]:
    joints = np.repeat(one.joints[None, :: round(mocap.CAPTURED_HZ / HZ)], views, 0)
    seen = mocap.seen(rng, joints, mocap.Cameras(yaw=yaw, distance=(2.5, 4.0), height=(0.6, 1.2), aside=(-5, 5)))
    side = "left" if np.mean(yaw) > 0 else "right"
    for row in range(views):
        poses = poses_of(seen, row)
        truth, flat = furthest(poses, joint, side, world=True), replace(poses, world=None)
        yield "picture", furthest(flat, joint, side, world=False) - truth
        yield "lifted", furthest(lift(flat), joint, side, world=True) - truth


def figures() -> None:
    """Print how far the furthest angle of a figure is off, from the picture and lifted, by where it faces."""
    rows = []
    for joint, degrees in FIGURES:
        row: list[object] = [joint, degrees]
        for yaw in YAWS:
            flat = film(reach(joint, degrees).figure, yaw_deg=yaw, noise=0.003, world=False)
            told = (furthest(flat, joint, "left", world=False), furthest(lift(flat), joint, "left", world=True))
            row.append(" / ".join("–" if np.isnan(value) else f"{value - degrees:+.0f}" for value in told))
        rows.append(row)
    report(table(["figure", "°", *(f"facing {yaw}°: picture / lifted" for yaw in YAWS)], rows))


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--views", type=int, default=4, help="cameras a repetition, place and side")
    parser.add_argument("--episodes", type=int, default=6, help="repetitions a person and movement")
    asked = parser.parse_args()
    figures()
    captured(asked.views, asked.episodes)


if __name__ == "__main__":
    main()
