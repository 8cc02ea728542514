"""Do people keep their ids? Our tracker beside ByteTrack of the `trackers` library, on synthetic walks.

    python benchmarks/identity.py --peer-python ENVIRONMENT/bin/python

ENVIRONMENT has `trackers` 2.6.1. Both trackers get the same boxes, ours the joints as well; the peer's interpreter runs
this very file to track with ByteTrack (with its frame rate set, once with its defaults and once remembering people
for 2.5 s as ours does) and to judge all results with the library's own evaluator. Ground truth are the people in sight:
who is hidden by others counts for nobody, who is missed by the detector (or has no name yet) counts against everybody.
"exact" counts the scenes in which every person has one id, and no id two people. People in lanes are half a body apart
in depth at the least; scenes in which one of them is out of sight for more than 2 s are rows of their own, "beyond"
what a tracker is asked for.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OURS, PEER, PEER_LONG = "PoseSpotter", "ByteTrack", "ByteTrack, 2.5 s memory"
TRACKERS = (OURS, PEER, PEER_LONG)
LANES = 4  # walks in lanes are made so many times a seed: each is one scene, the other families are many
LONGEST_HIDDEN_S = 2.0


def mot_lines(frame: int, ids: Any, boxes: Any) -> list[str]:
    """Rows of one frame in MOT Challenge form, frames from 1."""
    return [
        f"{frame + 1},{int(i)},{x0:.2f},{y0:.2f},{x1 - x0:.2f},{y1 - y0:.2f},1,1,1"
        for i, (x0, y0, x1, y1) in zip(ids, boxes, strict=True)
    ]


def run_ours(folder: Path, seeds: range) -> dict[str, dict[str, Any]]:
    """Make the scenes, track them, and leave truth, detections and our tracks in `folder`; the scenes by name."""
    import numpy as np

    from posespotter.tracking.tracker import Tracker

    sys.path.insert(0, str(ROOT / "tests"))
    import walks

    for name in ("truth", "detections", *TRACKERS):
        (folder / name).mkdir()
    noise = walks.Noise()
    jobs: dict[str, dict[str, Any]] = {}
    for fps in (15, 30, 60):
        for seed in seeds:
            families = {
                "crossings of two": walks.crossings(fps, seed=seed),
                **{
                    f"{n} people in lanes": [walks.groups(n, fps, seed=10 * seed + n + 1000 * i) for i in range(LANES)]
                    for n in range(2, 7)
                },
                "behind a pillar": walks.occlusions(fps),
                "nothing hard": walks.plain(fps),
            }
            for family, scenes in families.items():
                for scene in scenes:
                    name = f"{len(jobs):04d}"
                    seen = walks.visible(scene, noise)
                    beyond = ", beyond" if walks.longest_hidden_s(scene, noise) > LONGEST_HIDDEN_S else ""
                    truth = [
                        line
                        for f in range(len(scene.time_s))
                        for line in mot_lines(f, np.flatnonzero(seen[f]) + 1, scene.boxes[f][seen[f]])
                    ]
                    tracker, lines, frames, pairs = Tracker(scene.skeleton), [], [], set()
                    for f, d in enumerate(walks.detections(scene, seed, noise)):
                        ids = tracker.update(d.time_s, d.keypoints, d.boxes, frame_size=walks.FRAME_SIZE)
                        named = ids > 0
                        lines += mot_lines(f, ids[named], d.boxes[named])
                        pairs |= set(zip(d.truth[named].tolist(), ids[named].tolist(), strict=True))
                        frames.append([d.boxes.tolist(), d.box_scores.tolist()])
                    people, ids_used = {p for p, _ in pairs}, {i for _, i in pairs}
                    (folder / "truth" / f"{name}.txt").write_text("\n".join(truth))
                    (folder / OURS / f"{name}.txt").write_text("\n".join(lines))
                    (folder / "detections" / f"{name}.json").write_text(json.dumps({"fps": fps, "frames": frames}))
                    exact = len(pairs) == len(people) == len(ids_used)
                    jobs[name] = {"family": family + beyond, "fps": fps, "scene": scene.name, "exact": exact}
    return jobs


def run_peer(folder: Path) -> None:
    """In the peer's interpreter: track with ByteTrack, judge everybody, print the counts of each scene as JSON."""
    import numpy as np
    import supervision as sv
    from trackers import ByteTrackTracker
    from trackers.eval import evaluate_mot_sequence

    results: dict[str, dict[str, dict[str, float]]] = {name: {} for name in TRACKERS}
    for path in sorted((folder / "detections").glob("*.json")):
        job = json.loads(path.read_text())
        for name, options in ((PEER, {}), (PEER_LONG, {"lost_track_buffer": 75})):
            tracker = ByteTrackTracker(frame_rate=job["fps"], **options)
            lines = []
            for f, (boxes, scores) in enumerate(job["frames"]):
                found = sv.Detections(
                    xyxy=np.array(boxes, np.float32).reshape(-1, 4),
                    confidence=np.array(scores, np.float32),
                    class_id=np.zeros(len(boxes), int),
                )
                tracked = tracker.update(found)
                known = tracked.tracker_id >= 0
                lines += mot_lines(f, tracked.tracker_id[known] + 1, tracked.xyxy[known])
            (folder / name / f"{path.stem}.txt").write_text("\n".join(lines))
        for name in TRACKERS:
            found = evaluate_mot_sequence(
                folder / "truth" / f"{path.stem}.txt",
                folder / name / f"{path.stem}.txt",
                metrics=["CLEAR", "Identity"],
            )
            results[name][path.stem] = {**found.CLEAR.to_dict(), **found.Identity.to_dict()}
    print(json.dumps(results, default=float))


def idf1(rows: list[dict[str, float]]) -> float:
    """IDF1 of many scenes together, percent."""
    true = 2 * sum(r["IDTP"] for r in rows)
    return 100 * true / (true + sum(r["IDFP"] + r["IDFN"] for r in rows))


def mota(rows: list[dict[str, float]]) -> float:
    """MOTA of many scenes together, percent."""
    truth = sum(r["CLR_TP"] + r["CLR_FN"] for r in rows)
    return 100 * (1 - sum(r["CLR_FN"] + r["CLR_FP"] + r["IDSW"] for r in rows) / truth)


def print_table(jobs: dict[str, dict[str, Any]], results: dict[str, dict[str, dict[str, float]]]) -> None:
    """One line for each kind of scene and frame rate; IDF1 and MOTA in percent, switches counted."""
    groups: dict[tuple[str, int], list[str]] = defaultdict(list)
    for name, job in jobs.items():
        groups[job["family"], job["fps"]].append(name)
    print("| scenes | fps | n | exact | " + " | ".join(f"{t}: IDF1, MOTA, switches" for t in TRACKERS) + " |")
    print("|---|---|---|---|" + "---|" * len(TRACKERS))
    for (family, fps), names in sorted(groups.items()):
        exact = sum(jobs[name]["exact"] for name in names)
        cells = []
        for tracker in TRACKERS:
            rows = [results[tracker][name] for name in names]
            switches = sum(int(r["IDSW"]) for r in rows)
            cells.append(f"{idf1(rows):.1f}, {mota(rows):.1f}, {switches}")
        print(f"| {family} | {fps} | {len(names)} | {exact} | " + " | ".join(cells) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer-python", default=os.environ.get("POSESPOTTER_PEER_PYTHON"))
    parser.add_argument("--seeds", type=int, default=3, help="how often each scene is made, with other gaits and noise")
    parser.add_argument("--first-seed", type=int, default=100, help="the tracker was tuned on seeds below 100")
    parser.add_argument("--peer-folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer_folder is not None:
        run_peer(options.peer_folder)
        return
    if options.peer_python is None:
        parser.error("expected --peer-python, the Python of an environment with trackers 2.6.1.")
    with tempfile.TemporaryDirectory() as name:
        jobs = run_ours(Path(name), range(options.first_seed, options.first_seed + options.seeds))
        command = [options.peer_python, __file__, "--peer-folder", name]
        answer = subprocess.run(command, check=True, capture_output=True, text=True)
        print_table(jobs, json.loads(answer.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
