"""Are the everyday tests timed and counted right? Synthetic figures with known truth, motion capture, real gait.

    python benchmarks/assessments.py [--clips DIR]

Synthetic: every error of a time, by test, view, noise and frame rate. Motion capture: five repetitions of sit-to-stand
of each of ten people, done right and wrong, one after the other, seen from the side and at an angle with noise on every
joint: are five stands counted? `--clips DIR` adds the poses of real gait clips (DIR/NAME/poses.parquet) beside the
steps that a person counted in the frames.
"""

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
from common import shared_folder
from mocap_clips import episodes, joined, seen

from posespotter.assessments import assess
from posespotter.assessments.sitting import level_of, rises_of
from posespotter.assessments.subject import subjects_of
from posespotter.poses import PoseSequence
from posespotter.synthetic.camera import film
from posespotter.synthetic.everyday import Everyday, sit_to_stand, timed_up_and_go, walk

NOISES, RATES, YAWS = (0.0, 0.005, 0.01), (15.0, 30.0, 60.0), (90, -60, 45, 0)
SIZE, FAR = (2000, 960), 5.0
CAPTURED_YAWS = (90, -60, 45, -35)
STEPS = {
    "watcharapol_gait_normal_01": "6 (the first as the person enters)",
    "watcharapol_gait_abnormal_05_limping": "10, and 1 or 2 under a table",
    "watcharapol_gait_abnormal_03_concriduction": "18 or 19, of two passes",
}
"""Heel strikes counted by eye in the frames (every third of the limping clip, every fourth or sixth of the others)."""


def figures() -> dict[str, list[tuple[Everyday, float]]]:
    """Figures with the time that the test should take, slow and quick ones."""
    stands = [sit_to_stand(5, rise_s=r, down_s=r, up_s=u, sat_s=u) for r, u in ((0.8, 0.1), (1.2, 0.3), (1.8, 0.5))]
    walks = [timed_up_and_go(speed=v, rise_s=r, sit_s=r) for v, r in ((0.4, 1.8), (0.6, 1.3), (0.8, 1.0))]
    return {
        "sit-to-stand": [(one, one.times_s["seat"][-1] - one.times_s["onset"][0]) for one in stands],
        "timed-up-and-go": [(one, one.times_s["seat"][0] - one.times_s["onset"][0]) for one in walks],
    }


def synthetic() -> None:
    """Errors of times."""
    for test, truths in figures().items():
        errors: dict[int, list[float]] = defaultdict(list)
        none = 0
        for one, expected in truths:
            for yaw in YAWS:
                for noise in NOISES:
                    for fps in RATES:
                        poses = film(one.figure, yaw_deg=yaw, noise=noise, fps=fps, world=False, frame_size=SIZE,
                                     distance=FAR)  # fmt: skip
                        value = assess(poses, test).value
                        none += value is None
                        errors[yaw] += [] if value is None else [value - expected]
        for yaw, found in errors.items():
            worst = max(found, key=abs)
            print(
                f"{test}, facing {yaw:4}: {len(found)} clips, error {np.mean(found):+.2f} s mean, {worst:+.2f} s worst"
            )
        print(f"{test}: {none} without a result")


def gait() -> None:
    """Errors of speed between marks, and of steps."""
    px = 0.62 * SIZE[1]
    errors, steps = [], []
    for speed, stride in ((0.35, 0.55), (0.55, 0.7), (0.75, 0.8), (0.95, 0.9)):
        one = walk(speed=speed, stride=stride)
        truth = len(one.times_s["left"]) + len(one.times_s["right"])
        for noise in NOISES:
            for fps in RATES:
                poses = film(one.figure, yaw_deg=90, noise=noise, fps=fps, world=False, frame_size=SIZE, distance=FAR)
                marks = (SIZE[0] / 2 - 0.9 * px, SIZE[0] / 2 + 0.9 * px)
                result = assess(poses, "gait", marks=marks, distance_m=1.8)
                errors.append((result.value or np.nan) / speed - 1)
                steps.append(len(result.moments("step")) - truth)
    exact = np.mean(np.array(steps) == 0)
    print(f"gait: {len(errors)} clips, speed {100 * np.mean(errors):+.1f} %, worst {100 * max(errors, key=abs):+.1f} %")
    print(f"gait: steps off by {min(steps)} to {max(steps)}, {exact:.0%} exact")


def captured() -> None:
    """Stands counted in motion capture."""
    data = episodes(shared_folder() / "data/mocap/uiprmd_sit_to_stand.npz")
    for correct in (True, False):
        exact, clips, hands = 0, 0, 0
        for subject in sorted({one.subject for one in data}):
            mine = [one for one in data if one.subject == subject and one.correct == correct]
            for first in range(0, len(mine) - 4, 5):
                whole = joined(mine[first : first + 5])
                for yaw in CAPTURED_YAWS:
                    poses = seen(whole, yaw, noise=0.01, seed=clips)
                    subject_seen = subjects_of(poses, None)[0]
                    level = level_of(subject_seen)
                    count = len(rises_of(subject_seen, level)) if level else 0
                    clips += 1
                    exact += count == 5
                    if count != 5:
                        print(f"  {subject} from {first}, facing {yaw}: {count} stands")
                    hands += any(one.name == "hands_used" for one in assess(poses, "sit-to-stand").findings)
        done = "right" if correct else "wrong"
        print(f"motion capture, done {done}: {exact} of {clips} exact; hands used told in {hands}")


def real(folder: Path) -> None:
    """Steps of real clips."""
    for name, by_eye in STEPS.items():
        result = assess(PoseSequence.from_parquet(folder / name / "poses.parquet"), "gait")
        print(f"{name}: {len(result.moments('step'))} steps; by eye {by_eye}")


def main() -> None:
    """Print all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path)
    options = parser.parse_args()
    synthetic()
    gait()
    captured()
    if options.clips:
        real(options.clips)


if __name__ == "__main__":
    main()
