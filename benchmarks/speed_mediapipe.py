"""How fast is a video of one person, beside MediaPipe 0.10.21's Python solution in its video mode?

    python benchmarks/speed_mediapipe.py [--rounds 5] [--models movenet-lightning]

A 1280x720 H.264 clip of one person from ../shared, 12 s long. Without overlay: decode, find and follow the
person, landmarks of every frame, smoothing, all in memory. With overlay: also draw every frame and encode H.264. Ours
is `PoseEstimator.run` and `render_overlay` with their defaults (smooth "light", detector on "auto"). MediaPipe's is the
loop that its documentation shows: PyAV decodes (with threads over frames, as ours), the frame is turned to RGB,
`Pose.process` (video mode, smooth landmarks), its own `draw_landmarks`, and PyAV encodes with the options of ours.

Every figure comes from a fresh process; loading the models and a first run on an empty picture are not counted on
either side. The two take turns, so that a busy machine slows down both. The ratio is the median over the rounds; beside
it stands that of the best rounds, which is what an otherwise idle machine gives, if there was a quiet moment for each.
"""

import statistics
from pathlib import Path
from typing import Any

import common

CLIP = "biceps_curl_right_5.mp4"
FRAMES = 349
COMPLEXITY = {"movenet-lightning": 1, "movenet-thunder+blazepose-full": 2}
TARGETS = {False: 2.3, True: 2.0}  # by overlay


def ours(job: common.Job) -> Any:
    """Frames a second of PoseSpotter, and the share of frames with a person."""
    from posespotter.drawing.overlay_video import render_overlay
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.media import open_source

    estimator = PoseEstimator(pose=job["model"])
    watch = common.Stopwatch()
    with open_source(job["clip"]) as source:
        result = estimator.run(source)
        if job["overlay"]:
            render_overlay(source, result.poses, Path(job["target"]))
    rates = watch.rates(result.poses.n_frames)
    poses = result.poses
    timings = {name: round(value, 2) for name, value in vars(result.timings).items()}
    return {
        **rates,
        "found": len(set(poses.frame.tolist())) / poses.n_frames,
        "people": len(poses.track_ids),
        "timings": timings,
    }


def mediapipe(job: common.Job) -> Any:
    """The same of MediaPipe; runs in its environment."""
    import av
    import cv2
    import mediapipe as mp
    import numpy as np

    draw = mp.solutions.drawing_utils
    connections = mp.solutions.pose.POSE_CONNECTIONS
    with mp.solutions.pose.Pose(static_image_mode=False, model_complexity=job["complexity"]) as pose:
        pose.process(np.zeros((720, 1280, 3), np.uint8))
        watch = common.Stopwatch()
        rows, frames, out, stream = [], 0, None, None
        with av.open(job["clip"]) as clip:
            clip.streams.video[0].thread_type = "AUTO"
            if job["overlay"]:
                out = av.open(job["target"], "w", format="mp4", options={"movflags": "+faststart"})
                stream = out.add_stream("libx264", rate=30, options=job["encoder"])
                stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
                stream.codec_context.max_b_frames, stream.codec_context.gop_size = 0, 60
            for frame in clip.decode(video=0):
                image = frame.to_ndarray(format="bgr24")
                found = pose.process(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
                frames += 1
                if found.pose_landmarks:
                    rows.append([[p.x * 1280, p.y * 720, p.visibility] for p in found.pose_landmarks.landmark])
                if stream is not None:
                    draw.draw_landmarks(image, found.pose_landmarks, connections)
                    for packet in stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")):
                        out.mux(packet)
            if stream is not None:
                for packet in stream.encode(None):
                    out.mux(packet)
                out.close()
        return {**watch.rates(frames), "found": len(rows) / frames}


def main() -> None:
    parser = common.arguments(__doc__, {"ours": ours, "mediapipe": mediapipe})
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--models", nargs="+", choices=COMPLEXITY, default=list(COMPLEXITY))
    parser.add_argument("--overlay", nargs="+", choices=["without", "with"], default=["without", "with"])
    options = parser.parse_args()
    python = common.peer_python("mp")
    rows = []
    with common.temporary_folder() as folder:
        clip = common.loop_clip(common.shared_folder() / "data" / "exercise" / CLIP, folder / "clip.mp4", FRAMES)
        for model in options.models:
            rows += [compare(model, o == "with", clip, python, options.rounds) for o in options.overlay]
    head = [
        "landmarks", "overlay", "ours, frames/s: median, best", "MediaPipe", "ratio (lowest, highest)", "best ratio",
        "target", "",
        "processor ms a frame: ours, MediaPipe",
    ]  # fmt: skip
    common.report(common.table(head, rows))


def compare(model: str, overlay: bool, clip: Path, python: str, rounds: int) -> list[object]:
    """One row of the table."""
    from posespotter.media.writer import ENCODERS  # told in the job, as MediaPipe's environment cannot import it

    job: common.Job = {
        "clip": str(clip), "overlay": overlay, "model": model, "complexity": COMPLEXITY[model],
        "encoder": dict(ENCODERS[0][1]),
    }  # fmt: skip
    answers: dict[str, list[dict[str, Any]]] = {"ours": [], "mediapipe": []}
    for number in range(rounds):
        for side, interpreter in (("ours", {}), ("mediapipe", {"python": python})):
            target = str(clip.with_name(f"{side}.mp4"))
            answers[side].append(common.run_side(side, {**job, "target": target}, **interpreter))
            common.note(f"{model} overlay={overlay} round {number + 1}/{rounds} {side}: {answers[side][-1]}")
    fps = {side: [answer["fps"] for answer in each] for side, each in answers.items()}
    ratio, low, high = common.ratios(fps["ours"], fps["mediapipe"])
    target = TARGETS[overlay]
    best = {side: max(each) for side, each in fps.items()}
    return [
        model, "with" if overlay else "without", f"{statistics.median(fps['ours']):.0f}, {best['ours']:.0f}",
        f"{statistics.median(fps['mediapipe']):.0f}, {best['mediapipe']:.0f}",
        f"{ratio:.2f} ({low:.2f}, {high:.2f})", f"{best['ours'] / best['mediapipe']:.2f}", target,
        common.verdict(ratio, target, at_least=True),
        ", ".join(f"{statistics.median(a['cpu_ms'] for a in each):.0f}" for each in answers.values()),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
