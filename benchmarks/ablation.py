"""What does each mechanism of estimation and tracking bring? Each is left out in turn.

    python benchmarks/ablation.py [--clips 10] [--only NAME ...]

Every row leaves one mechanism out, by setting the constant that rules it. Columns: the share of frames in which the
person is found in room cameras (falls of two sources, by label), people in frames in which the room is empty, frames
with two people where one is there, ids of a second or more in three clips whose true number is in the head, synthetic
walks in which every id is right, detector runs a frame and frames a second.
"""

import csv
import sys
from collections.abc import Callable
from typing import Any

import common
import rooms

TRACKING = {"two_people_cross.mp4": 2, "six_people_one_by_one.mp4": 6, "shop_aisle_three.gif": 3}
POSE = "movenet-thunder"


def _set(module: str, **values: Any) -> Callable[[], None]:
    def leave_out() -> None:
        target = __import__(f"posespotter.{module}", fromlist=["_"])
        for name, value in values.items():
            assert hasattr(target, name), (module, name)
            setattr(target, name, value)

    return leave_out


def _settings(**values: float) -> Callable[[], None]:
    def leave_out() -> None:
        from dataclasses import replace

        from posespotter.tracking import tracker as tracking
        from posespotter.tracking.tracker_settings import TrackerSettings

        tracking.TrackerSettings = lambda: replace(TrackerSettings(), **values)  # type: ignore[assignment,misc]

    return leave_out


def _method(module: str, owner: str, name: str, other: Any) -> Callable[[], None]:
    def leave_out() -> None:
        target = getattr(__import__(f"posespotter.{module}", fromlist=["_"]), owner)
        assert hasattr(target, name), (owner, name)
        setattr(target, name, other)

    return leave_out


PARTS: dict[str, Callable[[], None]] = {
    "nothing left out": lambda: None,
    "low detection limit (0.3 instead)": _set("models.movenet", _DETECTION_LIMIT=0.3),
    "fresh detection as evidence": _set("estimation.pose_tracker", _FRESH_S=-1.0),
    "less evidence near who is lost": _set("estimation.pose_tracker", _NEAR=0.0),
    "search in the frame of the loss": _method(
        "estimation.pose_tracker", "PoseTracker", "_may_search", lambda _: False
    ),
    "windows around who is lost": _set("estimation.search", _AROUND_LARGEST=0.0),
    "windows of a large picture": _set("estimation.search", _MUCH_LARGER=1e9),
    "detection where the picture changed": _set("estimation.cadence", _CELLS_CHANGED=10**9),
    "three detections of a weak one": _set("estimation.candidates", _CONFIRM_DETECTIONS=1),
    "giving up who is not confirmed": _set("estimation.candidates", _UNCONFIRMED_S=1e9),
    "half of the expected motion": _set("estimation.pose_tracker", _TRUSTED=0.0),
    "two poses that agree are one": _set("tracking.oks", SAME_AS_TRACK=2.0, SAME_TRACKS=2.0),
    "short tracks": _set("filtering.short_tracks", MIN_SEEN_S=0.0, MIN_FRAMES=1),
    "waiting for a name": _settings(doubt_s=0.0),
    "motion alone where nothing is to choose": _settings(sure_motion_cost=0.0, amid_motion_cost=0.0),
    "own crops": _method(
        "tracking.tracker", "Tracker", "_with_own_crops", lambda _, people, finds, *__: (people, finds)
    ),
    "size beside others": _set("tracking.tracker", _BESIDE=2.0),
    "less weight of size for who was just seen": _settings(fresh_size_weight=1.0),
    "the agile filter": _settings(agile_share=1e-6),
    "the steady filter": _settings(agile_share=1 - 1e-6),
    "likeness of joints": _settings(pose_weight=0.0),
    "overlap of boxes": _settings(box_weight=0.0),
    "the prior of the own crop": _settings(followed_bonus=0.0),
}


def without(job: common.Job) -> Any:
    """The columns of one row."""
    PARTS[job["part"]]()
    from pathlib import Path

    import numpy as np

    from posespotter.estimation.estimator import PoseEstimator

    sys.path.insert(0, str(common.ROOT / "tests"))
    estimator = PoseEstimator(pose=POSE)
    row: dict[str, Any] = {"people": {}, "two": 0, "ids": {}}
    frames, runs, seconds = 0, 0, 0.0
    for path in map(Path, job["clips"]):
        done = estimator.run(path)
        counts = np.bincount(done.poses.frame, minlength=done.poses.n_frames)
        row["people"][path.stem] = counts.tolist()
        row["two"] += int((counts > 1).sum())
        frames, runs = frames + done.poses.n_frames, runs + done.timings.detector_runs
        seconds += done.timings.total_s
    for name in TRACKING:
        poses = estimator.estimate_video(Path(job["tracking"]) / name)
        spans = [np.count_nonzero(poses.track_id == i) / poses.fps for i in poses.track_ids]
        row["ids"][name] = sum(bool(span >= 1) for span in spans)
    return row | {"runs": runs / frames, "fps": frames / seconds, "walks": list(_walks())}


def _walks() -> tuple[int, int]:
    """Synthetic scenes in which every id is right, and scenes in all."""
    import walks
    from posespotter.tracking.tracker import Tracker

    noise, exact, scenes = walks.Noise(), 0, []
    for fps in (15, 30):
        scenes += [*walks.crossings(fps, seed=100), *walks.occlusions(fps), *walks.plain(fps)]
        scenes += [walks.groups(n, fps, seed=1000 + n) for n in range(2, 7)]
    for scene in scenes:
        tracker, pairs = Tracker(scene.skeleton), set()
        for d in walks.detections(scene, 100, noise):
            ids = tracker.update(d.time_s, d.keypoints, d.scores, d.boxes, d.box_scores, frame_size=walks.FRAME_SIZE)
            pairs |= set(zip(d.truth[ids > 0].tolist(), ids[ids > 0].tolist(), strict=True))
        exact += len(pairs) == len({p for p, _ in pairs}) == len({i for _, i in pairs})
    return exact, len(scenes)


def main() -> None:
    parser = common.arguments(__doc__, {"without": without})
    parser.add_argument("--clips", type=int, default=10, help="of each of the two sources of falls")
    parser.add_argument("--only", nargs="*", default=list(PARTS), help="rows to make")
    options = parser.parse_args()
    data = common.shared_folder() / "data"
    le2i, urfd = data / "falls", data / "falls_urfd"
    with (urfd / "clips.csv").open(newline="", encoding="utf-8") as file:
        others = list(csv.DictReader(file))
    clips = [le2i / clip["file"] for clip in rooms.chosen(le2i, options.clips)]
    clips += [urfd / clip["file"] for clip in others[:: max(1, len(others) // options.clips)]]
    truth = rooms.labels(le2i) | rooms.labels(urfd)
    job = {"clips": [str(clip) for clip in clips], "tracking": str(data / "tracking")}
    rows = []
    for part in options.only:
        found = common.run_side("without", {**job, "part": part})
        empty = rooms.in_empty_rooms(found["people"])
        rows.append([
            part, *rooms.found_by_label(found["people"], truth), empty[1], found["two"],
            *found["ids"].values(), "{} of {}".format(*found["walks"]), f"{found['runs']:.2f}", f"{found['fps']:.0f}",
        ])  # fmt: skip
        common.note(str(rows[-1]))
    ids = [f"{name.split('.')[0]} ({count})" for name, count in TRACKING.items()]
    head = ["left out", *rooms.LABELS, "in empty rooms", "two at once", *ids, "walks exact", "detector", "frames/s"]
    common.report(common.table(head, rows))


if __name__ == "__main__":
    main()
