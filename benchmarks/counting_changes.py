"""Do counts stay when a clip is changed in ways that leave its repetitions as they are?

    python benchmarks/counting_changes.py [--only NAME...]

Every clip of an exercise (counting_clips.py) whose count is right is changed: frame rate, mirror, feet or head out of
the picture, the pose model's errors once more, a camera that pans and shakes, a start in the first repetition, an end
on the way back of the last, a cut between two repetitions, half the size, half and double speed. The right count is
that of the clip, less what the change breaks.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from counting_clips import Clip, captured, filmed
from mocap_clips import BODY_M, model_errors

from posespotter.exercises import ExerciseAnalysis, analyze_exercise, load_exercise
from posespotter.exercises.analyze import LEAST_RATE
from posespotter.kinematics.lifting import lift
from posespotter.poses import PoseSequence

Changed = Iterator[tuple[str, PoseSequence, int]]
Places = Callable[[np.ndarray], np.ndarray]

RATES = (5.0, 8.0, 12.0, 25.0, 60.0)
QUICK_S = 1.0
"""Repetitions that take less are a quick one's limit at double speed, and have three pictures at 5 a second."""


def placed(poses: PoseSequence, change: Places) -> PoseSequence:
    """The keypoints elsewhere, lifted anew."""
    raw = poses.raw_keypoints
    return lift(
        replace(
            poses,
            keypoints=change(poses.keypoints).astype(np.float32),
            raw_keypoints=None if raw is None else change(raw).astype(np.float32),
            world=None,
        )
    )


def timed(poses: PoseSequence, factor: float) -> PoseSequence:
    """As if it all took `factor` times as long."""
    return lift(replace(poses, time_s=poses.time_s * factor, fps=poses.fps / factor, world=None))


def at_rate(poses: PoseSequence, fps: float) -> PoseSequence:
    """With so many pictures a second: some left out, or drawn in between."""
    time_s, each = np.arange(poses.time_s[0], poses.time_s[-1], 1 / fps), []
    for track in poses.track_ids:
        one = poses.person(track)
        if len(one) < 2:
            continue
        near = np.clip(np.searchsorted(one.time_s, time_s), 1, len(one) - 1)
        rows = np.where(time_s - one.time_s[near - 1] < one.time_s[near] - time_s, near - 1, near)
        there = np.flatnonzero(np.abs(one.time_s[rows] - time_s) <= 0.75 * max(1 / poses.fps, 0.02))
        taken = one[rows[there]]
        if fps > poses.fps:
            taken = _between(taken, one, time_s[there])
        each.append(replace(taken, frame=there.astype(np.int32), time_s=time_s[there], fps=fps, n_frames=len(time_s)))
    return lift(replace(PoseSequence.concat(each), world=None))


def _between(taken: PoseSequence, one: PoseSequence, time_s: np.ndarray) -> PoseSequence:
    def drawn(values: np.ndarray | None) -> np.ndarray | None:
        if values is None:
            return None
        flat = values.reshape(len(values), -1)
        return (
            np.stack([np.interp(time_s, one.time_s, column) for column in flat.T], -1)
            .reshape(len(time_s), *values.shape[1:])
            .astype(np.float32)
        )

    return replace(taken, keypoints=drawn(one.keypoints), raw_keypoints=drawn(one.raw_keypoints))


def without(poses: PoseSequence, parts: tuple[str, ...]) -> PoseSequence:
    """With some joints out of the picture."""
    scores = poses.scores.copy()
    scores[:, [i for i, name in enumerate(poses.skeleton.keypoints) if name.split("_")[-1] in parts]] = 0
    scores[:, [i for i, name in enumerate(poses.skeleton.keypoints) if "foot" in name and "ankle" in parts]] = 0
    return lift(replace(poses, scores=scores, world=None))


def mirrored(poses: PoseSequence) -> PoseSequence:
    """Left is right."""
    swap = list(poses.skeleton.mirror)

    def other(keypoints: np.ndarray) -> np.ndarray:
        out = keypoints[:, swap].copy()
        out[..., 0] = poses.frame_size[0] - out[..., 0]
        return out

    return placed(replace(poses, scores=poses.scores[:, swap]), other)


def body_px(poses: PoseSequence) -> float:
    """About the person's height in the picture."""
    return float(np.nanmedian(poses.bbox[:, 3] - poses.bbox[:, 1]))


def shaken(poses: PoseSequence) -> PoseSequence:
    """A camera that pans by a tenth of a body height a second, and trembles in a hand."""
    t, px = poses.time_s[:, None, None], body_px(poses)
    way = np.concatenate([0.1 * t + 0.01 * np.sin(2 * np.pi * 3 * t), 0.01 * np.sin(2 * np.pi * 2.3 * t)], -1)
    return placed(replace(poses, frame_size=(0, 0)), lambda keypoints: keypoints + way * px)


def noisy(poses: PoseSequence) -> PoseSequence:
    """With the pose model's errors once more."""
    px, errors = body_px(poses), np.zeros_like(poses.keypoints)
    for track in poses.track_ids:
        rows = np.flatnonzero(poses.track_id == track)
        depth = np.zeros(errors[rows].shape[:2])
        if poses.world is not None:
            depth = np.nan_to_num(poses.world[rows, :, 2]) / BODY_M
        rng = np.random.default_rng(track)
        places = poses.keypoints[rows] / px
        errors[rows] = px * model_errors(rng, poses.skeleton, places, depth, 1 / poses.fps)
    return placed(poses, lambda keypoints: keypoints + errors)


def cut_at(poses: PoseSequence, time_s: float) -> PoseSequence:
    """From a moment on seen by a camera that is nearer and elsewhere."""
    after = (poses.time_s >= time_s)[:, None, None]
    px = body_px(poses)
    return placed(
        replace(poses, frame_size=(0, 0)),
        lambda keypoints: np.where(after, keypoints * 1.4 + [0.5 * px, 0.1 * px], keypoints),
    )


def changes(clip: Clip, name: str, analysis: ExerciseAnalysis) -> Changed:
    """Each changed clip, and how many repetitions it holds."""
    poses, n, found = clip.poses, analysis.count, analysis.repetitions
    lasts = [one.end_s - one.start_s for one in found]
    exercise = load_exercise(name)
    yield from (
        (f"{fps:g} fps", at_rate(poses, fps), n)
        for fps in RATES
        if fps != poses.fps and (fps > 10 or min(lasts) >= QUICK_S)
    )
    yield "mirrored", mirrored(poses), n
    yield "no feet", without(poses, ("ankle", "heel", "toe", "index")), n
    yield "no head", without(poses, ("nose", "eye", "ear", "inner", "outer", "mouth", "head")), n
    yield "noise", noisy(poses), n
    yield "pan and shake", shaken(poses), n
    yield "half size", placed(replace(poses, bbox=poses.bbox / 2), lambda keypoints: keypoints / 2), n
    if (
        poses.fps >= 2 * LEAST_RATE
        and max(lasts) * 2 < exercise.longest_s
        and max(o.hold_end_s - o.hold_start_s for o in found) < 1
    ):
        yield "half speed", timed(poses, 2), n
    if min(lasts) >= QUICK_S * 1.2:
        yield "double speed", timed(poses, 0.5), n
    if exercise.starts == "rest":
        first, last = found[0], found[-1]
        yield "starts on the way", poses.between((first.start_s + first.bottom_s) / 2, np.inf), n - 1
        yield "ends on the way", poses.between(0, (last.bottom_s + last.end_s) / 2), n - 1
    if n > 1:
        middle = n // 2
        yield "cut", cut_at(poses, (found[middle - 1].end_s + found[middle].start_s) / 2), n


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[])
    asked = parser.parse_args()
    told: dict[str, list[tuple[str, int, int]]] = {}
    for clip in filmed() + captured(1):
        for name, truth in clip.truth.items():
            if name in clip.either or (asked.only and not any(one in clip.name for one in asked.only)):
                continue
            analysis = analyze_exercise(clip.poses, name)
            if not truth or analysis.count != truth:
                continue
            for what, poses, expected in changes(clip, name, analysis):
                count = analyze_exercise(poses, name).count
                told.setdefault(what, []).append((f"{clip.source}: {clip.name}", count, expected))
                if count != expected:
                    print(f"{what}: {clip.name} ({name}) {count} instead of {expected}", flush=True)
    print("| change | clips | right | others (source: clip counted/true) |\n|---|---|---|---|")
    for what, cases in told.items():
        wrong = [f"{name} {count}/{expected}" for name, count, expected in cases if count != expected]
        print(f"| {what} | {len(cases)} | {len(cases) - len(wrong)} | {'; '.join(wrong)} |")


if __name__ == "__main__":
    main()
