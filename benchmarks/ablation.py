"""What does each mechanism of estimation and tracking bring? Each is left out in turn.

    python benchmarks/ablation.py [--only NAME ...]

Every row leaves one mechanism out, by setting the constant or replacing the function that rules it. Columns: the share
of frames in which the person is found in room cameras (two sources of falls, by label) and in exercise clips, frames
with somebody in an empty room, frames with two people where one is, ids of a second or more in four clips whose true
number is in the head, synthetic walks in which every id is right (easy ones, and lanes and crossings with much noise),
and runs of the detector and of the pose model a frame: where other programs share the machine, runs are what can be
counted.

Networks answer the same question once: most rows ask mostly what was asked before, and so take half a minute.
"""

import importlib
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import common
import numpy as np
import rooms
from answers import Answers

TRACKING = {
    "two_people_cross.mp4": 2,
    "six_people_one_by_one.mp4": 6,
    "shop_aisle_three.gif": 3,
    "runner_crosses.mp4": 1,
}
EXERCISES = ("squat_front_1", "squat_rear_oblique_2", "squat_dark_shallow_1", "squat_right_1", "squat_goblet_oblique_1")
ROOMS = ("052", "067", "086", "105", "144")
OFFICE = ("fall-02", "fall-10", "fall-18", "fall-26", "fall-30", "adl-10", "adl-25", "adl-35")
POSE = "movenet-thunder"
Patch = AbstractContextManager[Any]


def _set(place: str, **values: Any) -> list[Patch]:
    """Other values for names of a module (`estimation.oks`) or of a class in it (`estimation.search:Search`)."""
    module, _, owner = place.partition(":")
    target = importlib.import_module(f"posespotter.{module}")
    return [mock.patch.object(getattr(target, owner) if owner else target, name, v) for name, v in values.items()]


def _settings(**values: float) -> list[Patch]:
    from posespotter.tracking import tracker as tracking
    from posespotter.tracking.tracker_settings import TrackerSettings

    return [mock.patch.object(tracking, "TrackerSettings", return_value=replace(TrackerSettings(), **values))]


def _without_reason(reason: str) -> list[Patch]:
    return _set("estimation.cadence", **{f"_WHEN_{reason}_S": float("inf")})


def _one_filter(**pushes: float) -> list[Patch]:
    """Both filters with one push of places and one of sizes, so that they are one."""
    place, size = pushes["place"], pushes["size"]
    return _settings(agile_push=place, steady_push=place, agile_size_push=size, steady_size_push=size)


def _without_place_of_change() -> list[Patch]:
    from posespotter.estimation.search import Search

    detect = Search.detect
    return _set("estimation.search:Search", detect=lambda self, image, expected, _: detect(self, image, expected, None))


PARTS: dict[str, Callable[[], list[Patch]]] = {
    "nothing left out": list,
    "low detection limit (0.3 instead)": lambda: _set("models.families.movenet", _DETECTION_LIMIT=0.3),
    "fresh detection as evidence": lambda: _set("estimation.pose_tracker", _FRESH_S=-1.0),
    "detections near who was lost": lambda: _set("estimation.pose_tracker", NEAR=0.0),
    "search in the frame of the loss": lambda: _set("estimation.pose_tracker:PoseTracker", _may_search=lambda _: False),
    "windows around who is doubtful": lambda: _set("estimation.search", _AROUND_LARGEST=0.0),
    "windows of a large picture": lambda: _set("estimation.search", _MUCH_LARGER=1e9),
    "all windows": lambda: _set("estimation.search:Search", _window=lambda *_, **__: None),
    "detector: where the picture changed": lambda: _set("estimation.cadence", _CELLS_CHANGED=10**9),
    "detector: who is doubtful": lambda: _without_reason("UNSURE"),
    "detector: who is lost": lambda: _without_reason("LOST"),
    "detector: nobody is there": lambda: _without_reason("EMPTY"),
    "windows where the picture changed": _without_place_of_change,
    "who has few joints stays where they were": lambda: _set("models.interfaces", _ENOUGH=1e-6),
    "nobody is given up by a detector at its cap": lambda: _set("models.families.movenet:MultiPose", most_people=None),
    "three detections of a weak one": lambda: _set("estimation.candidates", _CONFIRM_DETECTIONS=1),
    "a convincing pose instead of three detections": lambda: _set("models.families.movenet:MoveNet", sure_presence=9.0),
    "giving up who is not confirmed": lambda: _set("estimation.candidates", _UNCONFIRMED_S=1e9),
    "expected motion of crops": lambda: _set("estimation.pose_tracker", _TRUSTED=0.0),
    "two poses that agree are one": lambda: _set("tracking.oks", SAME_AS_TRACK=2.0, SAME_TRACKS=2.0),
    "one limit of agreement (0.5)": lambda: _set("tracking.oks", SAME_TRACKS=0.5),
    "one limit of agreement (0.75)": lambda: _set("tracking.oks", SAME_AS_TRACK=0.75),
    "weak and inside somebody is nobody": lambda: _set(
        "estimation.pose_tracker:PoseTracker", _hidden=lambda _, joints: np.zeros(len(joints), bool)
    ),
    "mostly outside the picture is gone": lambda: _set(
        "estimation.pose_tracker", _inside=lambda joints, _: np.ones(len(joints), bool)
    ),
    "short tracks": lambda: _set("estimation.estimator", without_short_tracks=lambda poses: poses),
    "waiting for a name": lambda: _settings(doubt_s=0.0),
    "motion alone where nothing is to choose": lambda: _settings(sure_motion_cost=0.0, amid_motion_cost=0.0),
    "one limit of that (0.6)": lambda: _settings(amid_motion_cost=0.6),
    "one limit of that (4)": lambda: _settings(sure_motion_cost=4.0),
    "own crops": lambda: _set(
        "tracking.tracker:Tracker", _with_own_crops=lambda _, people, finds, *__: (people, finds)
    ),
    "size beside others": lambda: _set("tracking.tracker", _BESIDE=2.0),
    "less weight of size for who was just seen": lambda: _settings(fresh_size_weight=1.0),
    "the agile filter (only steady)": lambda: _one_filter(place=0.02, size=0.003),
    "the steady filter (only agile)": lambda: _one_filter(place=1.0, size=0.1),
    "two filters (one between them)": lambda: _one_filter(place=0.03, size=0.03),
    "likeness of joints": lambda: _settings(pose_weight=0.0),
    "overlap of boxes": lambda: _settings(box_weight=0.0),
    "the prior of the own crop": lambda: _settings(followed_bonus=0.0),
    "cost of missing who was just seen": lambda: _settings(vanish_cost=0.0),
    "cost of unknown likeness": lambda: _settings(unknown_pose_cost=0.0),
}


def found(data: Path) -> list[object]:
    """The columns about who is found."""
    from posespotter.estimation.estimator import PoseEstimator

    estimator = PoseEstimator(pose=POSE)
    clips = [data / "falls" / "videos" / f"le2i_{name}.mp4" for name in ROOMS]
    clips += [data / "falls_urfd" / "videos" / f"urfd_{name}.mp4" for name in OFFICE]
    exercises = [data / "exercise" / f"{name}.mp4" for name in EXERCISES]
    people: dict[str, list[int]] = {}
    frames, detector_runs, pose_runs, twice = 0, 0, 0, 0
    for path in [*clips, *exercises]:
        done = estimator.run(path)
        counts = np.bincount(done.poses.frame, minlength=done.poses.n_frames)
        people[path.stem] = counts.tolist()
        twice += int((counts > 1).sum())
        frames += done.poses.n_frames
        detector_runs, pose_runs = detector_runs + done.timings.detector_runs, pose_runs + done.timings.pose_runs
    in_exercises = [count > 0 for path in exercises for count in people.pop(path.stem)]
    shares: list[str] = []
    for source, folder in (("le2i", "falls"), ("urfd", "falls_urfd")):
        of_source = {name: counts for name, counts in people.items() if name.startswith(source)}
        shares += rooms.found_by_label(of_source, rooms.labels(data / folder))
    return [
        *(share.split(" %")[0] for share in shares), f"{100 * float(np.mean(in_exercises)):.1f}",
        rooms.in_empty_rooms(people)[1], twice, f"{detector_runs / frames:.3f}", f"{pose_runs / frames:.3f}",
    ]  # fmt: skip


def ids(data: Path) -> list[object]:
    """The columns about who is who."""
    from posespotter.estimation.estimator import PoseEstimator

    estimator = PoseEstimator(pose=POSE)
    columns: list[object] = []
    for name in TRACKING:
        poses = estimator.estimate_video(data / "tracking" / name)
        spans = [np.count_nonzero(poses.track_id == i) / poses.fps for i in poses.track_ids]
        columns.append(sum(bool(span >= 1) for span in spans))
    return [*columns, _exact(_walks()), _exact(_noisy())]


def _walks() -> list[tuple[Any, int, Any]]:
    """Synthetic scenes, each with the seed and the noise of its detections."""
    import walks

    scenes = []
    for fps in (15, 30):
        scenes += [*walks.crossings(fps, seed=100), *walks.occlusions(fps), *walks.plain(fps)]
        scenes += [walks.groups(n, fps, seed=1000 * i + n) for n in range(2, 7) for i in range(3)]
    return [(scene, 100, walks.Noise()) for scene in scenes]


def _noisy() -> list[tuple[Any, int, Any]]:
    """Lanes of three to six people, and crossings; in every second one much noise, and a tenth is missed."""
    import walks

    scenes = []
    for fps in (15, 30):
        lanes = [walks.groups(n, fps, seed=100_000 + 1000 * i + n) for i in range(15) for n in range(3, 7)]
        scenes += [scene for scene in lanes if walks.longest_hidden_s(scene) <= 2]
        scenes += [scene for seed in (200, 201) for scene in walks.crossings(fps, seed=seed)]
    noises = walks.Noise(), walks.Noise(missed=0.1, joints=0.02, boxes=0.03)
    return [(scene, 100, noises[place % 2]) for place, scene in enumerate(scenes)]


def _exact(scenes: list[tuple[Any, int, Any]]) -> str:
    """Scenes in which every id is right, of all."""
    import walks
    from posespotter.tracking.tracker import Tracker

    exact = 0
    for scene, seed, noise in scenes:
        tracker, pairs = Tracker(scene.skeleton), set()
        for d in walks.detections(scene, seed, noise):
            ids = tracker.update(d.time_s, d.keypoints, d.boxes, frame_size=walks.FRAME_SIZE)
            pairs |= set(zip(d.truth[ids > 0].tolist(), ids[ids > 0].tolist(), strict=True))
        exact += len(pairs) == len({p for p, _ in pairs}) == len({i for _, i in pairs})
    return f"{exact} of {len(scenes)}"


def main() -> None:
    parser = common.arguments(__doc__)
    parser.add_argument("--only", nargs="*", default=list(PARTS), help="rows to make")
    parser.add_argument("--answers", type=Path, default=common.ROOT / "build" / "answers.bin")
    parser.add_argument("--columns", nargs="+", choices=list(COLUMNS), default=list(COLUMNS))
    options = parser.parse_args()
    sys.path.insert(0, str(common.ROOT / "tests"))
    from posespotter.estimation.pose_tracker import PoseTracker

    data = common.shared_folder() / "data"
    kept, rows = Answers(options.answers), []
    for part in options.only:
        start = time.process_time()
        with ExitStack() as stack:
            for patch in [*kept.patches(), *PARTS[part]()]:
                stack.enter_context(patch)
            # Frames looked at before their turn would be asked about twice.
            stack.enter_context(mock.patch.object(PoseTracker, "expected", return_value=None))
            rows.append([part, *(value for columns in options.columns for value in COLUMNS[columns][0](data))])
        common.note(f"{rows[-1]} {time.process_time() - start:.0f} s")
    head = [name for columns in options.columns for name in COLUMNS[columns][1]]
    common.report(common.table(["left out", *head], rows))


COLUMNS: dict[str, tuple[Callable[[Path], list[object]], list[str]]] = {
    "found": (found, [
        *(f"{source}: {label}" for source in ("rooms", "office") for label in rooms.LABELS),
        "exercises", "in empty rooms", "two at once", "detector", "pose model",
    ]),
    "ids": (ids, [
        *(f"{name.split('.')[0]} ({count})" for name, count in TRACKING.items()), "walks exact", "noisy exact",
    ]),
}  # fmt: skip


if __name__ == "__main__":
    main()
