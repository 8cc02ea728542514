"""How fast are RTMDet and RTMPose on a video, beside rtmlib 0.0.16 with the same ONNX files?

    python benchmarks/speed_rtmlib.py [--rounds 5] [--clips one four six]

RTMDet-nano and the template pose model of ../shared (the cost of RTMPose-t; it answers with a standing person in any
box, so that people can be followed by their joints), ONNX Runtime on the CPU, the same clip, decoded by PyAV on both
sides. Ours runs with the detector on every 5th frame and with "auto", tracking and smoothing included, without tiles
(whatever a tile shows would be a person to this pose model). rtmlib runs as its `PoseTracker` with `det_frequency=5`,
once as it comes and once with `tracking=False`, and as its plain loop: detector and pose model on every frame. Nothing
of rtmlib is changed; its models' runs are counted from outside.

One person: a real clip. Four and six people: clips of one person tiled to 1280x720.
Beside the speed stands how often the detector ran and the people a frame. The second table has the distance of our
joints from those of our own run with the detector on every frame. The template's joints are a picture of its box, so
with it the distance is that of a held box to the detector's, which trembles; it is measured with movenet-thunder too,
whose joints come from the picture. Targets: 1.5 x for one person, 2 x for four or more, 0.5 px at the median.
"""

import statistics
import subprocess
from pathlib import Path
from typing import Any

import common

ONE = "biceps_curl_right_5.mp4"
MANY = (
    "squat_left_then_front_3.mp4", "biceps_curl_right_5.mp4", "lateral_raise_front_4.mp4",
    "squat_front_right_front_9.mp4", "squat_wall_slide_5.mp4", "punch_0_squats.mp4",
)  # fmt: skip
GRIDS = {"four": (2, 2), "six": (3, 2)}
FRAMES = 150
LIMIT_PX = 0.5
TARGETS = {"one": 1.5, "four": 2.0, "six": 2.0}
OURS = {"ours, every 5": 5, "ours, auto": "auto"}
PEERS = ("rtmlib PoseTracker, 5", "rtmlib PoseTracker, 5, tracking=False", "rtmlib plain loop")


def ours(job: common.Job) -> Any:
    """Frames a second, calls and people of PoseSpotter, and the poses if asked for."""
    from posespotter.estimation.estimator import PoseEstimator

    estimator = PoseEstimator(
        job["detector"],
        job["pose"],
        detect_every=job["detect_every"],
        tiles=False,
        smoothing=job.get("smoothing", "light"),
    )
    watch = common.Stopwatch()
    result = estimator.run(job["clip"])
    rates = watch.rates(result.poses.n_frames)
    poses = result.poses
    if job.get("store"):
        poses.to_parquet(job["store"])
    return {
        **rates,
        "detector": result.timings.detector_runs,
        "pose": result.timings.pose_runs,
        "people": len(poses) / poses.n_frames,
        "ids": len(poses.track_ids),
    }


def rtmlib(job: common.Job) -> Any:
    """The same of rtmlib; runs in its environment."""
    import av
    import numpy as np
    import rtmlib

    counts = {"detector": 0, "pose": 0}

    def counted(session: Any, name: str) -> Any:
        class Counted:
            """The session, counting its runs."""

            def __getattr__(self, attribute: str) -> Any:
                return getattr(session, attribute)

            def run(self, *arguments: Any) -> Any:
                counts[name] += 1
                return session.run(*arguments)

        return Counted()

    def solution(**options: Any) -> Any:
        return rtmlib.Custom(
            det_class="RTMDet", det=job["detector"], det_input_size=(320, 320),
            pose_class="RTMPose", pose=job["pose"], pose_input_size=(192, 256), **options,
        )  # fmt: skip

    if job["mode"] == "rtmlib plain loop":
        call = body = solution(to_openpose=False, backend="onnxruntime", device="cpu")
        detector, pose = body.det_model, body.pose_model
    else:
        tracking = "tracking=False" not in job["mode"]
        call = rtmlib.PoseTracker(solution, det_frequency=5, tracking=tracking, backend="onnxruntime", device="cpu")
        detector, pose = call.det_model, call.pose_model
    detector(np.zeros((720, 1280, 3), np.uint8))
    pose(np.zeros((720, 1280, 3), np.uint8))
    detector.session, pose.session = counted(detector.session, "detector"), counted(pose.session, "pose")
    people, frames, error, ids = 0, 0, "", set()
    watch = common.Stopwatch()
    with av.open(job["clip"]) as clip:
        clip.streams.video[0].thread_type = "AUTO"
        for frame in clip.decode(video=0):
            try:
                keypoints, _ = call(frame.to_ndarray(format="bgr24"))
            except Exception as failure:  # what the peer does is part of the answer
                error = f"{type(failure).__name__}: {failure}"[:200]
                break
            people += len(keypoints)
            frames += 1
            ids |= set(getattr(call, "track_ids_last_frame", []))
    rates = watch.rates(frames)
    return {**rates, "people": people / max(frames, 1), "ids": len(ids), "error": error, "frames": frames, **counts}


def make_clips(folder: Path, wanted: list[str]) -> dict[str, Path]:
    """The clips by name."""
    exercise = common.shared_folder() / "data" / "exercise"
    clips = {}
    for name in wanted:
        target = folder / f"{name}.mp4"
        if name == "one":
            clips[name] = common.loop_clip(exercise / ONE, target, FRAMES)
        else:
            columns, rows = GRIDS[name]
            clips[name] = common.tiled_clip(
                [exercise / clip for clip in MANY[: columns * rows]], target, columns, rows, FRAMES
            )
    return clips


def make_template(folder: Path, python: str) -> Path:
    """The pose model that can be followed."""
    models = common.shared_folder() / "models"
    target = folder / "template.onnx"
    source = models / "test" / "rtmpose_t_coco17_256x192_random_weights.onnx"
    subprocess.run([python, models / "make_template_model.py", source, target], check=True)
    return target


def joints_apart_px(path: Path, reference: Path) -> tuple[float, float]:
    """Median and 95th percentile of the distance of each joint to the nearest person's same joint in `reference`."""
    import numpy as np

    from posespotter.poses import PoseSequence

    poses, truth = PoseSequence.from_parquet(path), PoseSequence.from_parquet(reference)
    distances = []
    for frame in range(poses.n_frames):
        here, there = poses.at(frame).keypoints, truth.at(frame).keypoints
        if len(here) and len(there):
            apart = np.linalg.norm(here[:, None] - there[None], axis=-1)
            distances.append(apart[np.arange(len(here)), apart.mean(-1).argmin(1)].ravel())
    values = np.concatenate(distances)
    return float(np.nanmedian(values)), float(np.nanpercentile(values, 95))


def measure(clip: Path, models: dict[str, str], python: str, rounds: int) -> dict[str, list[Any]]:
    """All answers of every side, taken in turn."""
    answers: dict[str, list[Any]] = {name: [] for name in (*OURS, *PEERS)}
    for number in range(rounds):
        for name, each in answers.items():
            job = {**models, "clip": str(clip), "mode": name, "detect_every": OURS.get(name)}
            each.append(common.run_side("ours", job) if name in OURS else common.run_side("rtmlib", job, python))
            common.note(f"{clip.stem} round {number + 1}/{rounds} {name}: {each[-1]}")
    return answers


def accuracy(clip: Path, models: dict[str, str], folder: Path) -> dict[str, tuple[float, float]]:
    """Median and 95th percentile distance in px of ours from ours with the detector on every frame, not smoothed."""
    job = {**models, "clip": str(clip), "smoothing": "off"}
    common.run_side("ours", {**job, "detect_every": 1, "store": str(folder / "reference.parquet")})
    found = {}
    for name, every in OURS.items():
        common.run_side("ours", {**job, "detect_every": every, "store": str(folder / "poses.parquet")})
        found[name] = joints_apart_px(folder / "poses.parquet", folder / "reference.parquet")
    return found


def rows_of(clip: str, answers: dict[str, list[Any]]) -> list[list[object]]:
    """The rows of one clip."""
    rows = []
    for name, each in answers.items():
        fps = [answer["fps"] for answer in each]
        work = statistics.median(answer["cpu_ms"] for answer in each)
        cells: list[object] = [clip, name, f"{statistics.median(fps):.1f}", f"{work:.0f}"]
        reached = []
        for peer in PEERS:
            if name not in OURS:
                cells.append("")
                continue
            ratio, low, high = common.ratios(fps, [answer["fps"] for answer in answers[peer]])
            cells.append(f"{ratio:.2f} ({low:.2f}, {high:.2f})")
            reached.append(common.verdict(ratio, TARGETS[clip], at_least=True))
        last = each[-1]
        cells += [last["detector"], last["pose"], f"{last['people']:.1f}", last["ids"] or "", ", ".join(reached)]
        if last.get("error"):
            cells[-1] = f"fails at frame {last['frames']}: {last['error']}"
        rows.append(cells)
    return rows


def main() -> None:
    parser = common.arguments(__doc__, {"ours": ours, "rtmlib": rtmlib})
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clips", nargs="+", choices=TARGETS, default=list(TARGETS))
    options = parser.parse_args()
    python = common.peer_python("rtm")
    rows, apart = [], []
    with common.temporary_folder() as folder:
        models = {
            "detector": str(common.shared_folder() / "models" / "test" / "rtmdet_nano_person_320.onnx"),
            "pose": str(make_template(folder, python)),
        }
        for name, clip in make_clips(folder, options.clips).items():
            answers = measure(clip, models, python, options.rounds)
            rows += rows_of(name, answers)
            for pose in (models["pose"], "movenet-thunder"):
                for side, (median, at_95) in accuracy(clip, {**models, "pose": pose}, folder).items():
                    result = common.verdict(median, LIMIT_PX, at_least=False)
                    apart.append([name, Path(pose).stem, side, f"{median:.2f}", f"{at_95:.1f}", result])
    head = [
        "people", "", "frames/s", "processor ms a frame", *(f"times {peer}" for peer in PEERS),
        "detector runs", "pose runs", "people a frame", "ids", "targets",
    ]  # fmt: skip
    px_head = ["people", "pose model", "", "px from every frame: median", "p95", f"target {LIMIT_PX}"]
    common.report(common.table(head, rows), common.table(px_head, apart))


if __name__ == "__main__":
    main()
