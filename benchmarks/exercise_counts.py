"""Are repetitions counted right? Every exercise file on every real clip of ../shared, beside what people counted.

    python benchmarks/exercise_counts.py [--pose movenet-lightning] [--no-3d] [--markdown]

Poses are estimated once and kept in build/exercise_poses (not in git). A clip's own exercise stands in brackets with
the truth behind the stroke; the last lines give the share that is exact, the largest error, and the most that a file
counted on a clip of another exercise. `--no-3d` leaves out the joints in metres and all but COCO's 17, which is what
RTMPose gives.
"""

import argparse
import csv
import os
import sys
from dataclasses import replace
from pathlib import Path

from posespotter.estimation.options import DEFAULT_POSE
from posespotter.exercises import analyze_exercise, exercise_names
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("POSESPOTTER_SHARED", ROOT.parent / "shared"))
FILE_OF = {"wall push-up": "push-up", "overhead press": "shoulder-press", "none": "", "gait": ""}


def poses_of(clip: Path, pose: str) -> PoseSequence:
    """The poses of a clip, estimated when they are not kept yet."""
    folder = ROOT / "build" / ("exercise_poses" if pose == DEFAULT_POSE else f"exercise_poses_{pose}")
    kept = folder / f"{clip.stem}.parquet"
    if not kept.is_file():
        from posespotter.estimation.estimator import PoseEstimator

        folder.mkdir(parents=True, exist_ok=True)
        print(f"estimating {clip.name}", file=sys.stderr)
        PoseEstimator(pose=pose).estimate_video(clip).to_parquet(kept)
    return PoseSequence.from_parquet(kept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pose", default=DEFAULT_POSE)
    parser.add_argument("--no-3d", action="store_true")
    parser.add_argument("--markdown", action="store_true")
    arguments = parser.parse_args()
    clips = sorted(
        (
            row | {"folder": folder}
            for folder in ("exercise", "exercise_more")
            for row in csv.DictReader((SHARED / "data" / folder / "clips.csv").read_text("utf-8").splitlines())
        ),
        key=lambda row: (row["exercise"], row["file"]),
    )
    names = exercise_names()
    rows, errors, strays = [], [], [0]
    for clip in clips:
        poses = poses_of(SHARED / "data" / clip["folder"] / clip["file"], arguments.pose)
        if arguments.no_3d:
            poses = replace(poses.to_skeleton(COCO17), world=None)
        own = FILE_OF.get(clip["exercise"], clip["exercise"].replace(" ", "-"))
        counts = {name: analyze_exercise(poses, name).count for name in names}
        if own:
            errors.append(abs(counts[own] - int(clip["repetitions"])))
        strays += [count for name, count in counts.items() if name != own]
        cells = [f"[{n}/{clip['repetitions']}]" if name == own else str(n) for name, n in counts.items()]
        rows.append([Path(clip["file"]).stem, *cells])
    table = [["clip", *names], *rows]
    if arguments.markdown:
        table.insert(1, ["---"] * len(table[0]))
        print("\n".join(f"| {' | '.join(row)} |" for row in table))
    else:
        widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
        print("\n".join("  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in table))
    print(f"\nexact: {errors.count(0)} of {len(errors)} clips; largest error: {max(errors)}")
    print(f"most counted on a clip of another exercise, or of none: {max(strays)}")


if __name__ == "__main__":
    main()
