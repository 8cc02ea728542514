"""Are falls found? Every figure of docs/falls-evaluation.md, on the clips of ../shared/data/falls.

    python benchmarks/falls.py --poses DIR [--quick] [--markdown docs/falls-evaluation.md]

DIR keeps the poses of both detectors: `posespotter falls evaluate DATA --detector movenet-multipose --detector
rtmdet-nano --poses DIR` makes them. Everything is trained on the split `train` and measured on `dev`. The embedded
classifier is measured as it is; forests for seeds and ablations are trained here. `--quick` leaves these out.
"""

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from common import shared_folder
from falls_rivals import fitted_rule, rule_windows, run_pixels, run_rule, train_pixels

from posespotter.falls.classifier import CLASSES, Calibration, embedded
from posespotter.falls.training.data import FallClip, FallData
from posespotter.falls.detect import detect_falls
from posespotter.falls.training.evaluation import Evaluation, evaluate, require_apart
from posespotter.falls.events import LIMITS, FallEvent
from posespotter.falls.training.examples import Examples, examples_of
from posespotter.falls.features import FEATURES
from posespotter.falls.monitor import FallMonitor
from posespotter.falls.training.scores import Confusion, HourlyRate, Share
from posespotter.falls.training.forest import ForestSettings, group_folds, grown
from posespotter.poses import PoseSequence
from posespotter.tasks.fall_poses import Models, PosesOfClips
from posespotter.tasks.falls import DEFAULT_POSE

DETECTORS = ("movenet-multipose", "rtmdet-nano")
RATES = (10.0, 15.0, 25.0, 50.0)
SAME_S = 1.0
PASSES = 5
SMALL = ForestSettings(trees=40)
MARKS = ("<!-- figures -->", "<!-- /figures -->")
SLOW = (
    "head_share", "hip_share", "standing_head", "foreshortening", "since_high", "since_low", "descent",
    "trunk_long", "legs_long", "stature_share", "head_here", "stature_here", "trunk_here", "camera_tilt",
)  # fmt: skip
METRES = (
    "camera_tilt",
    *(f"{part}_{word}" for part in ("trunk", "thigh", "shank", "body") for word in ("rise", "away")),
)
SPEEDS = ("head_down", "hip_down", "head_sink", "hip_aside", "head_aside", "shrink", "energy", "tilting", "jolt")
GAPS = ("score", "leg_score", "seen")
ABLATIONS = (
    ("no slow context (60 s)", SLOW), ("no metres", METRES), ("no speeds", SPEEDS), ("no scores and gaps", GAPS),
)  # fmt: skip
PosesOf = Callable[[FallClip], PoseSequence]


class Forest:
    """A scikit-learn forest in the place of an ONNX file; hidden features are held at the value of standing."""

    sha256 = ""

    def __init__(self, forest: object, calibration: Calibration, hidden: Iterable[int] = ()) -> None:
        self.name = "forest"
        self._forest, self._calibration, self._hidden = forest, calibration, list(hidden)

    def probabilities(self, features: np.ndarray) -> np.ndarray:
        """As of `FallClassifier`."""
        if not len(features):
            return np.zeros((0, 3))
        self._forest.set_params(n_jobs=1)
        return self._calibration(self._forest.predict_proba(hide(features, self._hidden)).astype(np.float64))


def hide(features: np.ndarray, columns: Iterable[int]) -> np.ndarray:
    features = features.copy()
    for i in columns:
        features[:, i] = FEATURES[i].absent
    return features


def columns_of(words: Iterable[str]) -> list[int]:
    return [i for i, one in enumerate(FEATURES) if any(one.name.startswith(word) for word in words)]


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def share(one: Share) -> str:
    if not one.n:
        return "there were none"
    low, high = one.interval
    return f"{one.hits}/{one.n} = {one.value:.3f} ({low:.2f}–{high:.2f})"


def hourly(one: HourlyRate) -> str:
    low, high = one.interval
    return f"{one.count} in {one.hours:.2f} h = {one.value:.1f} ({low:.1f}–{high:.1f})"


def seconds(one: Evaluation) -> str:
    return f"{one.delay_s(50):.2f} / {one.delay_s(95):.2f}"


def f1(one: Confusion) -> str:
    return f"{one.macro_f1:.3f} (n = {int(one.counts.sum())})"


ROWS = (
    ("falls that raised an alarm", lambda e: share(e.recall)),
    ("alarms that belong to a fall", lambda e: share(e.precision)),
    ("clips without a fall, without an alarm", lambda e: share(e.clean)),
    ("of these with lying down on purpose", lambda e: share(e.clean_lying)),
    ("false alarms an hour, all clips", lambda e: hourly(e.false_alarms)),
    ("alarm after the impact, s, p50 / p95", seconds),
    ("windows by what most of a second shows, macro-F1", lambda e: f1(e.shown)),
    ("the same after the sliding average", lambda e: f1(e.averaged)),
    ("windows by one moment, macro-F1", lambda e: f1(e.windows)),
)


def main_table(names: list[str], evaluations: list[Evaluation]) -> str:
    return table(["", *names], [[word, *(f(one) for one in evaluations)] for word, f in ROWS])


def confusion_table(one: Confusion) -> str:
    rows = []
    for i, name in enumerate(CLASSES):
        scores = [f"{values[i]:.3f}" for values in (one.precision, one.recall, one.f1)]
        rows.append([f"**{name}**", *(str(n) for n in one.counts[i]), *scores])
    return table(["truth \\ said", *CLASSES, "precision", "recall", "F1"], rows)


def clip_table(one: Evaluation) -> str:
    rows = []
    for clip in one.clips:
        if clip.missed or clip.false_alarms:
            what = "missed" if clip.missed else ""
            false = ", ".join(f"{t:.1f} s" for t in clip.false_alarms)
            rows.append([clip.clip_id, clip.group, what, false])
    return table(["clip", "room", "fall", "false alarms"], rows)


def resampled(poses: PoseSequence, fps: float) -> PoseSequence:
    """The poses of the same movement filmed at `fps`: joints between two frames are interpolated."""
    n = max(1, round(poses.n_frames / poses.fps * fps))
    rows = []
    keypoints = poses.keypoints if poses.raw_keypoints is None else poses.raw_keypoints
    keypoints = np.where(np.isnan(keypoints).all((1, 2))[:, None, None], poses.keypoints, keypoints)
    for track_id in poses.track_ids:
        own = np.flatnonzero(poses.track_id == track_id)
        at = np.arange(n) / fps
        after = np.searchsorted(poses.time_s[own], at - 1e-6)
        for frame, (t, k) in enumerate(zip(at, after, strict=True)):
            if k == len(own):
                break
            j = own[k]
            if abs(poses.time_s[j] - t) < 1e-3:
                i, w = j, 1.0
            elif k == 0 or poses.time_s[j] - poses.time_s[own[k - 1]] > 1.5 / poses.fps:
                continue
            else:
                i = own[k - 1]
                w = (t - poses.time_s[i]) / (poses.time_s[j] - poses.time_s[i])
            mixed = {
                name: (1 - w) * getattr(poses, name)[i] + w * getattr(poses, name)[j] for name in ("bbox", "scores")
            }
            if poses.world is not None:
                mixed["world"] = (1 - w) * poses.world[i] + w * poses.world[j]
            place = (1 - w) * keypoints[i] + w * keypoints[j] if i != j else keypoints[j]
            rows.append(
                {"frame": frame, "time_s": t, "track_id": track_id, "bbox_score": 0.9, "keypoints": place} | mixed
            )
    return PoseSequence.from_rows(
        rows, poses.skeleton, frame_size=poses.frame_size, fps=fps, n_frames=n, source=poses.source
    )


def mirrored(poses: PoseSequence) -> PoseSequence:
    swap, width = list(poses.skeleton.mirror), poses.frame_size[0]
    keypoints = (poses.keypoints if poses.raw_keypoints is None else poses.raw_keypoints)[:, swap].copy()
    kept = poses.keypoints[:, swap].copy()
    for array in (keypoints, kept):
        array[..., 0] = width - array[..., 0]
    box = poses.bbox.copy()
    box[:, [0, 2]] = width - box[:, [2, 0]]
    world = None if poses.world is None else poses.world[:, swap] * np.array([-1, 1, 1], np.float32)
    scores = poses.scores[:, swap]
    return replace(poses, keypoints=kept, raw_keypoints=keypoints, scores=scores, bbox=box, world=world)


def same(one: tuple[FallEvent, ...], other: tuple[FallEvent, ...]) -> bool:
    return len(one) == len(other) and all(abs(a.alert_s - b.alert_s) <= SAME_S for a, b in zip(one, other, strict=True))


def sameness(clips: list[FallClip], poses_of: PosesOf) -> list[list[str]]:
    usual = {clip: detect_falls(poses_of(clip)).events for clip in clips}
    rows = []
    for fps in RATES:
        equal = sum(same(usual[clip], detect_falls(resampled(poses_of(clip), fps)).events) for clip in clips)
        rows.append([f"{fps:.0f} frames a second", share(Share(equal, len(clips)))])
    equal = sum(same(usual[clip], detect_falls(mirrored(poses_of(clip))).events) for clip in clips)
    return [*rows, ["mirrored", share(Share(equal, len(clips)))]]


def speed(clips: list[FallClip], poses_of: PosesOf) -> list[list[str]]:
    poses = [poses_of(clip) for clip in clips]
    detect_falls(poses[0])
    start = time.process_time()
    for one in poses:
        detect_falls(one)
    used = time.process_time() - start
    video = sum(clip.n_frames / clip.fps for clip in clips)
    passes = np.array([[update for one in poses[:10] for update in live_updates(one)] for _ in range(PASSES)]) * 1000
    rows = [["a file, from poses, one core", f"{video / used:.0f} × real time"]]
    for words, ms in (("fastest of five passes", passes.min(axis=0)), ("one pass on a shared machine", passes[0])):
        p50, p95 = np.percentile(ms, [50, 95])
        rows.append([f"a live update, for each frame and person, {words}", f"{p50:.2f} ms (p50), {p95:.2f} ms (p95)"])
    return rows


def live_updates(poses: PoseSequence) -> list[float]:
    """Seconds for each frame with people, by person."""
    monitor = FallMonitor(frame_size=poses.frame_size)
    updates = []
    for frame in range(poses.n_frames):
        rows = poses.at(frame)
        begin = time.perf_counter()
        monitor.update(rows, frame / poses.fps)
        if len(rows):
            updates.append((time.perf_counter() - begin) / len(rows))
    return updates


def curve(clips: list[FallClip], poses_of: PosesOf) -> str:
    rows = []
    for sensitivity, limits in LIMITS.items():
        one = evaluate(clips, poses_of, sensitivity=sensitivity)
        rows.append(
            [
                sensitivity,
                f"{limits.fall:g}",
                share(one.recall),
                share(one.clean),
                hourly(one.false_alarms),
                seconds(one),
            ]
        )
    return table(["sensitivity", "limit of fall", "falls", "clean clips", "false alarms/h", "delay s, p50 / p95"], rows)


def trained_here(
    clips: FallData, dev: list[FallClip], poses: PosesOfClips, of: dict[str, PosesOf]
) -> tuple[str, str, str]:
    """Tables of seeds and of ablations, and what a shuffled split would pretend."""
    calibration = embedded().calibration
    examples = examples_of(clips, poses, copies=4)
    plain = examples.where(examples.original)
    thin = plain.where(np.arange(len(plain)) % 3 == 0)
    only_first = examples_of(clips, PosesOfClips(poses.folder, poses.models[:1]), copies=4)
    everything = grown(examples, SMALL)

    def row(name: str, forest: object, hidden: Iterable[int] = ()) -> list[str]:
        ones = [evaluate(dev, of[d], Forest(forest, calibration, hidden)) for d in DETECTORS]
        cells = [
            [
                f"{one.recall.hits}/{one.recall.n}",
                f"{one.clean.hits}/{one.clean.n}",
                str(one.false_alarms.count),
                f"{one.shown.macro_f1:.3f}",
            ]
            for one in ones
        ]
        return [name, *cells[0], *cells[1]]

    head = [
        "",
        *(f"{d}: {word}" for d in ("BlazePose", "RTMDet") for word in ("falls", "clean", "false alarms", "macro-F1")),
    ]
    seeds = [row(f"seed {k}", grown(examples, replace(ForestSettings(), seed=k))) for k in (1, 2)]
    ablations = [row("everything (40 trees)", everything), row("no changed copies", grown(plain, SMALL))]
    ablations.append(row("poses of BlazePose's detector only", grown(only_first, SMALL)))
    for name, words in ABLATIONS:
        hidden = columns_of(words)
        ablations.append(row(name, grown(replace(examples, features=hide(examples.features, hidden)), SMALL), hidden))
    return table(head, seeds), table(head, ablations), leak(thin)


def leak(examples: Examples) -> str:
    """The same features and forest, rooms apart and shuffled."""
    apart = Confusion(np.zeros((3, 3), np.int64))
    for training, held_out in group_folds(examples):
        forest = grown(examples.where(training), SMALL)
        apart += Confusion.of(examples.label[held_out], forest.predict(examples.features[held_out]))
    shuffled = Confusion(np.zeros((3, 3), np.int64))
    fold = np.random.default_rng(0).integers(5, size=len(examples))
    for k in range(5):
        forest = grown(examples.where(fold != k), SMALL)
        shuffled += Confusion.of(examples.label[fold == k], forest.predict(examples.features[fold == k]))
    rows = [
        [name, f"{one.macro_f1:.3f}", *(f"{x:.3f}" for x in one.f1)]
        for name, one in (("rooms apart", apart), ("shuffled", shuffled))
    ]
    return table(["training clips", "macro-F1", *CLASSES], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--poses", type=Path, required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    data = FallData.read(shared_folder() / "data" / "falls")
    training, dev = data.split("train"), list(data.split("dev"))
    require_apart(training, dev, groups=False)
    poses = PosesOfClips(arguments.poses, [Models(detector, DEFAULT_POSE) for detector in DETECTORS])
    both: dict[str, dict[FallClip, PoseSequence]] = {d: {} for d in DETECTORS}
    for clip in dev:
        for detector, one in zip(DETECTORS, poses(clip), strict=True):
            both[detector][clip] = one
    of = {detector: sequences.__getitem__ for detector, sequences in both.items()}
    parts = []

    def say(title: str, text: str) -> None:
        parts.append(f"### {title}\n\n{text}\n")
        print(parts[-1], flush=True)

    ours = {d: evaluate(dev, of[d]) for d in DETECTORS}
    pixels = train_pixels(training, poses)
    limits = fitted_rule(training, lambda clip: poses(clip)[0])
    for detector in DETECTORS:
        rivals = [
            Evaluation("pixels", "", tuple(run_pixels(clip, of[detector](clip), pixels) for clip in dev)),
            Evaluation("rule", "", tuple(run_rule(clip, rule_windows(of[detector](clip)), *limits) for clip in dev)),
        ]
        names = [embedded().name, "the method followed", f"rule: trunk > {limits[0]:.0f}°, hips > {limits[1]:g} bl/s"]
        say(f"Boxes by {detector}", main_table(names, [ours[detector], *rivals]))
        known = {clip.group for clip in training}
        unseen = [
            replace(one, clips=tuple(clip for clip in one.clips if clip.group not in known))
            for one in (ours[detector], *rivals)
        ]
        say(f"Rooms that training never saw ({detector})", main_table(names, unseen))
        for title, counts in (("Windows by what most of a second shows", ours[detector].shown),
                              ("Windows by one moment", ours[detector].windows)):  # fmt: skip
            say(f"{title} ({detector})", confusion_table(counts))
        say(f"Every clip that went wrong ({detector})", clip_table(ours[detector]))
        say(f"Sensitivity ({detector})", curve(dev, of[detector]))
        say(f"The same events ({detector})", table(["", "clips with the same events"], sameness(dev, of[detector])))
    flat = [evaluate(dev, lambda clip, d=d: replace(both[d][clip], world=None)) for d in DETECTORS]
    say("The same poses without metres, as other pose models give them", main_table(list(DETECTORS), flat))
    errors = np.abs(np.concatenate([one.impact_errors_s for one in ours.values()]))
    words = f"Median {np.median(errors):.2f} s, 90 % within {np.percentile(errors, 90):.2f} s (n = {len(errors)})."
    say("Told impact beside the labelled one", words)
    say("Speed", table(["", "measured"], speed(dev, of["movenet-multipose"])))
    if not arguments.quick:
        seeds, ablations, leaks = trained_here(training, dev, poses, of)
        say("Seeds", seeds)
        say("Ablations", ablations)
        say("What a leak would pretend", leaks)
    if arguments.markdown:
        text = arguments.markdown.read_text("utf-8")
        before, after = text.split(MARKS[0])[0], text.split(MARKS[1])[1]
        arguments.markdown.write_text(f"{before}{MARKS[0]}\n\n" + "\n".join(parts) + f"\n{MARKS[1]}{after}", "utf-8")


if __name__ == "__main__":
    main()
