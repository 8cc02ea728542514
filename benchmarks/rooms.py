"""In what share of a room camera's frames is the person found?

    python benchmarks/rooms.py [--data falls_urfd] [--clips 20] [--detectors movenet-multipose] [--tiles with]

20 clips of ../shared/data/falls (320x240), evenly over its scenes, or of another set of falls, with MultiPose and
RTMDet-nano as detectors, each with and without tiles, and movenet-thunder's joints: the share of frames with a
person, by the label of the frame.
Nobody has marked where the person is, so a phantom elsewhere would count as a find; hence the second table: the
frames in which the room is empty, as was seen by looking at them, and how many of these have someone nevertheless.
They are left out of the first table, where the data set calls some of them normal.
"""

import csv
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import common

LABELS = ("normal", "fall", "lying")
DETECTORS = ("movenet-multipose", "rtmdet-nano")
POSE = "movenet-thunder"
# First and last frame in which nobody is there; spans after somebody left begin half a second later.
EMPTY = {
    "le2i_067": [(0, 8)], "le2i_135": [(0, 69)], "le2i_144": [(0, 47)], "le2i_153": [(0, 79), (599, 674)],
    "le2i_163": [(0, 34)], "le2i_174": [(0, 6)], "le2i_185": [(0, 21)], "le2i_198": [(0, 55), (1040, 1065)],
    "le2i_214": [(0, 76), (1143, 1156)],
}  # fmt: skip


def chosen(folder: Path, count: int) -> list[dict[str, str]]:
    """`count` clips, evenly over the scenes and within each scene."""
    with (folder / "clips.csv").open(newline="", encoding="utf-8") as file:
        scenes: dict[str, list[dict[str, str]]] = defaultdict(list)
        for clip in csv.DictReader(file):
            scenes[clip["scene"]].append(clip)
    if count >= sum(map(len, scenes.values())):
        return [clip for clips in scenes.values() for clip in clips]
    names = sorted(scenes)
    clips = []
    for place, name in enumerate(names):
        share = count // len(names) + (place < count % len(names))
        every = len(scenes[name]) / max(share, 1)
        clips += [scenes[name][int((i + 0.5) * every)] for i in range(share)]
    return clips


def labels(folder: Path) -> dict[str, list[tuple[int, int, str]]]:
    """For each clip its segments: first and last frame (from 0, inclusive) and label."""
    segments: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    with (folder / "segments.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            span = (int(row["start_frame"]) - 1, int(row["end_frame"]) - 1)
            segments[row["clip_id"]].append((*span, row["label"]))
    return segments


def ours(job: common.Job) -> Any:
    """For each clip the people in each frame, frames a second over all, and the detector's runs."""
    from posespotter.estimation.estimator import PoseEstimator

    estimator = PoseEstimator(job["detector"], POSE, tiles=job["tiles"])
    people, frames, runs, start = {}, 0, 0, time.perf_counter()
    for path in job["clips"]:
        result = estimator.run(path)
        counts = [0] * result.poses.n_frames
        for frame in result.poses.frame.tolist():
            counts[frame] += 1
        people[Path(path).stem] = counts
        frames += len(counts)
        runs += result.timings.detector_runs
    return {"people": people, "fps": frames / (time.perf_counter() - start), "runs": runs / frames}


def main() -> None:
    parser = common.arguments(__doc__, {"ours": ours})
    parser.add_argument("--clips", type=int, default=20)
    parser.add_argument("--data", choices=("falls", "falls_urfd", "falls_upfall"), default="falls")
    parser.add_argument("--detectors", nargs="+", choices=DETECTORS, default=DETECTORS)
    parser.add_argument("--tiles", nargs="+", choices=("without", "with"), default=("without", "with"))
    options = parser.parse_args()
    folder = common.shared_folder() / "data" / options.data
    rtmdet = str(common.shared_folder() / "models" / "test" / "rtmdet_nano_person_320.onnx")
    clips, truth = chosen(folder, options.clips), labels(folder)
    paths = [str(folder / clip["file"]) for clip in clips]
    finds, phantoms = [], []
    for detector in options.detectors:
        for tiles in options.tiles:
            name = rtmdet if detector == "rtmdet-nano" else detector
            answer = common.run_side("ours", {"detector": name, "tiles": tiles == "with", "clips": paths})
            finds.append([
                detector, tiles, *found_by_label(answer["people"], truth),
                f"{100 * answer['runs']:.0f} %", f"{answer['fps']:.0f}",
            ])  # fmt: skip
            phantoms.append([detector, tiles, *in_empty_rooms(answer["people"])])
            common.note(f"{finds[-1]} {phantoms[-1]}")
    common.report(
        common.table(["detector", "tiles", *LABELS, "frames the detector saw", "frames/s"], finds),
        common.table(["detector", "tiles", "empty frames", "with a phantom", "by clip"], phantoms),
        "Clips: " + ", ".join(clip["clip_id"] for clip in clips),
    )


def found_by_label(people: dict[str, list[int]], truth: dict[str, list[tuple[int, int, str]]]) -> list[str]:
    """For each label "share (frames)"."""
    found, seen = defaultdict(int), defaultdict(int)
    for clip, counts in people.items():
        for first, last, label in truth[clip]:
            frames = [frame for frame in range(first, min(last + 1, len(counts))) if not is_empty(clip, frame)]
            seen[label] += len(frames)
            found[label] += sum(counts[frame] > 0 for frame in frames)
    return [f"{100 * found[label] / max(seen[label], 1):.1f} % ({seen[label]})" for label in LABELS]


def is_empty(clip: str, frame: int) -> bool:
    """Whether nobody is there."""
    return any(first <= frame <= last for first, last in EMPTY.get(clip, ()))


def in_empty_rooms(people: dict[str, list[int]]) -> list[object]:
    """Frames in which the room is empty, those with someone in them, and in which clips."""
    empty = {clip: [c for i, c in enumerate(counts) if is_empty(clip, i)] for clip, counts in people.items()}
    wrong = {clip: sum(count > 0 for count in counts) for clip, counts in empty.items()}
    by_clip = ", ".join(f"{clip} {count}" for clip, count in wrong.items() if count)
    return [sum(len(counts) for counts in empty.values()), sum(wrong.values()), by_clip]


if __name__ == "__main__":
    main()
