"""Are falls found in rooms nobody trained on? Every figure of docs/results/falls.md.

    python benchmarks/falls.py --poses DIR [PART...] [--markdown docs/results/falls.md]

PARTs: `table` (each source left out, with the curve of limits), `rivals` (the
same for others), `features` (what each feature brings),
`same` (frame rates, mirrored), `speed`; falls_nested.py and falls_synthesis.py make the other tables. DIR as for
tools/train_falls.py. In every part but `same` and `speed` each source is judged by forests that saw nothing of it.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from falls_rivals import fitted_rule, pixel_windows, rule_windows, run_pixels, run_rule, train_pixels
from falls_sources import SOURCES, Sources, all_examples, read_sources

from posespotter.falls.detect import detect_falls
from posespotter.falls.events import FallEvent
from posespotter.falls.features import FEATURES
from posespotter.falls.monitor import FallMonitor
from posespotter.falls.training.evaluation import Evaluation
from posespotter.falls.training.examples import Examples
from posespotter.falls.training.forest import ForestSettings, grown
from posespotter.falls.training.protocol import GRID, MISS_COSTS, LeftOut, chosen_limit, left_out
from posespotter.falls.training.scores import HourlyRate, Share
from posespotter.poses import PoseSequence

RATES = (10.0, 15.0, 25.0, 50.0)
SAME_S = 1.0
PASSES = 5
SMALL = ForestSettings(trees=32)
PARTS = ("table", "rivals", "features", "same", "speed")


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def share(one: Share) -> str:
    if not one.n:
        return "–"
    low, high = one.interval
    return f"{one.hits}/{one.n} = {one.value:.2f} ({low:.2f}–{high:.2f})"


def hourly(one: HourlyRate) -> str:
    low, high = one.interval
    return f"{one.count} in {one.hours:.2f} h = {one.value:.1f} ({low:.1f}–{high:.1f})"


def seconds(one: Evaluation) -> str:
    return f"{one.delay_s(50):.2f} / {one.delay_s(95):.2f}" if len(one.delays_s) else "–"


HEAD = [
    "left out", "limit", "falls caught", "of these as `fall`", "silent clips", "lying on purpose, silent",
    "false alarms an hour", "delay s, p50 / p95", "clips with `lying`, of those without a fall",
]  # fmt: skip


def cells(name: str, limit: str, one: Evaluation) -> list[str]:
    others = [clip for clip in one.clips if not clip.n_falls]
    lying = Share(sum(any(e.kind == "lying" for e in clip.events) for clip in others), len(others))
    return [
        name, limit, share(one.recall), share(one.fall_recall), share(one.clean), share(one.clean_lying),
        hourly(one.false_alarms), seconds(one), share(lying),
    ]  # fmt: skip


def mean_and_worst(ones: list[Evaluation]) -> str:
    def of(get: Callable[[Evaluation], Share]) -> str:
        values = [get(one).value for one in ones if get(one).n]
        return f"{np.mean(values):.2f}, {min(values):.2f}" if values else "–"

    return (
        f"Mean and worst of the sources: falls caught {of(lambda e: e.recall)}; "
        f"as `fall` {of(lambda e: e.fall_recall)}; "
        f"silent clips {of(lambda e: e.clean)}; lying on purpose silent {of(lambda e: e.clean_lying)}."
    )


def protocol(sources: Sources, examples: Examples) -> list[LeftOut]:
    def tell(done: int, total: int) -> None:
        print(f"forest {done} of {total}, {time.strftime('%H:%M:%S')}", flush=True)

    return left_out(sources.clips, sources.of, examples, SMALL, groups_of=["falls"], progress=tell)


def written(rounds: list[LeftOut]) -> str:
    rows = [cells(one.source, f"{one.limit:g}", one.evaluation) for one in rounds]
    main = [one for one in rounds if one.source in SOURCES]
    parts = [table(HEAD, rows), mean_and_worst([one.evaluation for one in main])]
    pooled = [one.curve for one in main]
    chosen = {name: chosen_limit(pooled, cost) for name, cost in MISS_COSTS.items()}
    parts.append(f"Limits by the cost of a missed fall, all sources left out in turn: {chosen}.")
    curve = [
        [f"{limit:g}", *(f"{share(one.curve[limit].recall)}; {share(one.curve[limit].clean)}" for one in main)]
        for limit in GRID
    ]
    parts.append(table(["limit", *(f"{one.source}: caught; silent" for one in main)], curve))
    wrong = [
        [one.source, clip.clip_id, "missed" if clip.missed else "", ", ".join(f"{t:.1f} s" for t in clip.false_alarms)]
        for one in rounds
        if "/" not in one.source
        for clip in one.evaluation.clips
        if clip.missed or clip.false_alarms
    ]
    parts.append(table(["source", "clip", "fall", "false alarms"], wrong))
    return "\n\n".join(parts)


def rivals(sources: Sources) -> str:
    pixels = {clip: pixel_windows(sources.of(clip)) for clip in sources.clips}
    rules = {clip: rule_windows(sources.of(clip)) for clip in sources.clips}
    rows, found = [], {"pixels": [], "rule": []}
    for source in SOURCES:
        clips = [clip for clip in sources.clips if clip.source == source]
        others = [clip for clip in sources.clips if clip.source not in {source, "exercise"}]
        forest = train_pixels((clip, pixels[clip]) for clip in others)
        limits = fitted_rule((clip, rules[clip]) for clip in others)
        by = {
            "pixels": [run_pixels(clip, pixels[clip], forest) for clip in clips],
            "rule": [run_rule(clip, rules[clip], *limits) for clip in clips],
        }
        for name, results in by.items():
            found[name].append(Evaluation(name, "", tuple(results)))
            words = (
                "the method followed"
                if name == "pixels"
                else f"rule: trunk > {limits[0]:.0f}°, hips > {limits[1]:g} bl/s"
            )
            rows.append(cells(source, words, found[name][-1]))
    return "\n\n".join([table(HEAD, rows), *(f"{name}: {mean_and_worst(ones)}" for name, ones in found.items())])


def shuffled_losses(examples: Examples, forest: Any, source: str) -> np.ndarray:
    """(F,) how much less sure `forest` becomes of the right class when a feature is shuffled in windows of `source`."""
    random = np.random.default_rng(0)
    groups = np.flatnonzero([name.partition("/")[0] == source for name in examples.groups])
    own = np.flatnonzero(np.isin(examples.group, groups))
    own = np.concatenate([random.choice(own[examples.label[own] == k], 700) for k in range(3)])
    x, truth = examples.features[own], examples.label[own]

    def sure(x: np.ndarray) -> float:
        return float(np.log(forest.predict_proba(x)[np.arange(len(x)), truth] + 1e-2).mean())

    usual, losses = sure(x), np.zeros(x.shape[1])
    for i in range(x.shape[1]):
        shuffled = x.copy()
        shuffled[:, i] = random.permutation(shuffled[:, i])
        losses[i] = usual - sure(shuffled)
    return losses


def features(examples: Examples) -> str:
    """What each feature brings in sources left out, mean of the three."""
    losses = np.mean([shuffled_losses(examples, grown(examples.without([one]), SMALL), one) for one in SOURCES], axis=0)
    order = np.argsort(-losses)
    rows = [[f"`{FEATURES[i].name}`", FEATURES[i].meaning, FEATURES[i].unit, f"{1000 * losses[i]:.1f}"] for i in order]
    return table(["feature", "meaning", "unit", "loss, nats × 1000"], rows)


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
    return replace(poses, keypoints=kept, raw_keypoints=keypoints, scores=poses.scores[:, swap], bbox=box, world=world)


def same(one: tuple[FallEvent, ...], other: tuple[FallEvent, ...]) -> bool:
    return [event.kind for event in one] == [event.kind for event in other] and all(
        abs(a.alert_s - b.alert_s) <= SAME_S for a, b in zip(one, other, strict=True)
    )


def sameness(sources: Sources) -> str:
    """The embedded forest on every third clip of the sources with falls: the same kinds, alerts within a second."""
    clips = [clip for clip in sources.clips if clip.source in SOURCES][::3]
    usual = {clip: detect_falls(sources.of(clip)).events for clip in clips}
    rows = []
    for fps in RATES:
        equal = sum(same(usual[clip], detect_falls(resampled(sources.of(clip), fps)).events) for clip in clips)
        rows.append([f"{fps:.0f} frames a second", share(Share(equal, len(clips)))])
    equal = sum(same(usual[clip], detect_falls(mirrored(sources.of(clip))).events) for clip in clips)
    return table(["", "clips with the same events"], [*rows, ["mirrored", share(Share(equal, len(clips)))]])


def speed(sources: Sources) -> str:
    poses = [sources.of(clip) for clip in sources.clips if clip.source in SOURCES][::4]
    detect_falls(poses[0])
    start = time.process_time()
    for one in poses:
        detect_falls(one)
    used = time.process_time() - start
    video = sum(one.end_s + one.step_s for one in poses)
    passes = np.array([[update for one in poses[:10] for update in live_updates(one)] for _ in range(PASSES)]) * 1000
    rows = [["a file, from poses, one core", f"{video / used:.0f} × real time"]]
    for words, ms in (("fastest of five passes", passes.min(axis=0)), ("one pass on a shared machine", passes[0])):
        p50, p95 = np.percentile(ms, [50, 95])
        rows.append([f"a live update, for each frame and person, {words}", f"{p50:.2f} ms (p50), {p95:.2f} ms (p95)"])
    return table(["", "measured"], rows)


def live_updates(poses: PoseSequence) -> list[float]:
    """Seconds of the processor for each frame with people, by person."""
    monitor = FallMonitor(frame_size=poses.frame_size)
    updates = []
    for frame in range(poses.n_frames):
        rows = poses.at(frame)
        begin = time.process_time()
        monitor.update(rows, frame / poses.fps)
        if len(rows):
            updates.append((time.process_time() - begin) / len(rows))
    return updates


def write_parts(markdown: Path | None, made: dict[str, str]) -> None:
    """Put what was made into the document, between `<!-- name -->` and `<!-- /name -->`."""
    if markdown is not None:
        text = markdown.read_text("utf-8")
        for name, part in made.items():
            begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
            text = f"{text.split(begin)[0]}{begin}\n\n{part}\n\n{end}{text.split(end)[1]}"
        markdown.write_text(text, "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", default=PARTS, metavar="PART")
    parser.add_argument("--poses", type=Path, required=True)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    sources = read_sources(arguments.poses)
    made: dict[str, str] = {}

    def say(name: str, text: str) -> None:
        made[name] = text
        print(f"### {name}\n\n{text}\n", flush=True)

    if {"table", "features"} & set(arguments.parts):
        examples = all_examples(sources)
    if "table" in arguments.parts:
        say("table", written(protocol(sources, examples)))
    if "rivals" in arguments.parts:
        say("rivals", rivals(sources))
    if "features" in arguments.parts:
        say("features", features(examples))
    if "same" in arguments.parts:
        say("same", sameness(sources))
    if "speed" in arguments.parts:
        say("speed", speed(sources))
    write_parts(arguments.markdown, made)


if __name__ == "__main__":
    main()
