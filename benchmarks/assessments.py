"""Are the everyday tests timed and counted right? Synthetic figures with known truth, motion capture, real gait.

    python benchmarks/assessments.py [--clips DIR]

Synthetic: every error of a time, by test, view, noise and frame rate. Motion capture: five repetitions of sit-to-stand
of each of ten people, done right and wrong, one after the other, seen from all round with noise on every joint: are
they counted, how far are their times from those of the captured joints, and what is told that was not there?
`--clips DIR` adds the poses of real gait clips (DIR/NAME/poses.parquet) beside the steps that a person counted in the
frames.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from common import shared_folder
from mocap_clips import Episode, episodes, joined, seen
from scipy.ndimage import uniform_filter1d

from posespotter.assessments import assess
from posespotter.assessments.sitting import STANDS_FROM, level_of, onset_s, rises_of
from posespotter.assessments.subject import subjects_of
from posespotter.poses import PoseSequence
from posespotter.synthetic.camera import film
from posespotter.synthetic.everyday import Everyday, sit_to_stand, timed_up_and_go, walk

NOISES, RATES, YAWS = (0.0, 0.005, 0.01), (15.0, 30.0, 60.0), (90, -60, 45, 0)
SIZE, FAR = (2000, 960), 5.0
CAPTURED_FROM = ((90, 0.5), (-60, 0.5), (45, 0.5), (-35, 0.5), (0, 0.5), (20, 0.5), (180, 0.5), (90, 1.5), (-90, 1.5),
                 (120, 1.5), (-135, 1.5))  # fmt: skip
"""Where the person faces, degrees, and how high the camera is, metres."""

STILL_M_S = 0.1
STEPS_BY_EYE = {
    "watcharapol_gait_normal_01": (6, 6),  # the first as the person enters
    "watcharapol_gait_abnormal_05_limping": (10, 12),  # one or two under a table
    "watcharapol_gait_abnormal_03_concriduction": (18, 19),  # of two passes
}
"""Fewest and most heel strikes counted by eye in the frames (every third of the limping clip, every fourth or sixth of
the others)."""


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
    """Stands counted and timed in motion capture, seen from all round and from two heights."""
    data = episodes(shared_folder() / "data/mocap/uiprmd_sit_to_stand.npz")
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for number, (whole, correct) in enumerate(in_fives(data)):
        truth = true_times(whole)
        for yaw, up_m in CAPTURED_FROM:
            poses = seen(whole, yaw, noise=0.01, seed=number, up_m=up_m)
            subject = subjects_of(poses, None)[0]
            level = level_of(subject)
            rises = rises_of(subject, level) if level else []
            of_view = found[_from(yaw)]
            done = "right" if correct else "wrong"
            of_view[f"exact, done {done}"].append(len(rises) == len(truth))
            if len(rises) != len(truth) or level is None:
                print(f"  {whole.subject}, done {done}, facing {yaw}, {up_m:g} m: {len(rises)} stands of {len(truth)}")
                continue
            for rise, (onset, up, seat) in zip(rises, truth, strict=True):
                of_view["onset, s"].append(onset_s(subject, level, rise) - onset)
                of_view["up, s"].append(rise.up_s - up)
                of_view["seat, s"].append(rise.seat_s - seat)
            for name in ("hands_used", "not_upright", "not_sat"):
                told = any(one.name == name for one in assess(poses, "sit-to-stand").findings)
                of_view[f"{name}, done {done}"].append(told)
    for view, columns in found.items():
        for name, values in columns.items():
            known = np.array(values)[np.isfinite(values)]
            if name.endswith(", s"):
                low, middle, high = np.percentile(known, [5, 50, 95])
                print(f"motion capture, {view}: {name} {middle:+.2f} ({low:+.2f} to {high:+.2f}), n {len(known)}")
            else:
                print(f"motion capture, {view}: {name}: {known.sum():.0f} of {len(known)}")


def in_fives(data: list[Episode]) -> Iterator[tuple[Episode, bool]]:
    """Five repetitions of one person, one after the other, and whether they were done right."""
    for correct in (True, False):
        for subject in sorted({one.subject for one in data}):
            mine = [one for one in data if one.subject == subject and one.correct == correct]
            for first in range(0, len(mine) - 4, 5):
                yield joined(mine[first : first + 5]), correct


def true_times(whole: Episode) -> list[tuple[float, float, float]]:
    """Of each rise, by the captured joints: when the shoulders start, 0.9 of the way up, when the hips stop sinking.

    Shoulders start, and hips stop, at `STILL_M_S`; NaN where that is not in the clip.
    """
    joints, rate = whole.joints, whole.rate_hz
    hip, shoulder = (
        uniform_filter1d((joints[f"left_{part}"] + joints[f"right_{part}"]) / 2, 5, axis=0)
        for part in ("hip", "shoulder")
    )
    sinking = np.gradient(hip[:, 2]) * rate
    moving = np.linalg.norm(np.gradient(shoulder, axis=0), axis=1) * rate
    low, high = np.percentile(hip[:, 2], [2, 98])
    level = (hip[:, 2] - low) / (high - low)
    half = np.flatnonzero((level[:-1] < 0.5) & (level[1:] >= 0.5)) + 1
    drops = np.flatnonzero((level[:-1] >= 0.5) & (level[1:] < 0.5)) + 1
    times = []
    for row in half:
        start = int(drops[drops < row][-1]) if (drops < row).any() else 0
        still = np.flatnonzero(moving[start:row] < STILL_M_S)
        after = drops[drops > row]
        stops = np.flatnonzero(sinking[after[0] :] > -STILL_M_S) if len(after) else np.zeros(0, int)
        times.append((
            (start + still[-1]) / rate if len(still) else np.nan,
            (row + int(np.argmax(level[row:] >= STANDS_FROM))) / rate,
            (after[0] + stops[0]) / rate if len(stops) else np.nan,
        ))  # fmt: skip
    return times


def _from(yaw: int) -> str:
    """The view as the person's direction says it."""
    away = abs(yaw)
    return "front" if away < 30 else "rear" if away > 150 else "side" if 60 <= away <= 120 else "at an angle"


def real(folder: Path) -> None:
    """Steps of real clips."""
    for name, (fewest, most) in STEPS_BY_EYE.items():
        result = assess(PoseSequence.from_parquet(folder / name / "poses.parquet"), "gait")
        print(f"{name}: {len(result.moments('step'))} steps; by eye {fewest} to {most}")


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
