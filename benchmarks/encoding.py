"""What does it cost to encode an overlay, how large is the file, and how much is lost?

    python benchmarks/encoding.py [--frames 120] [--rounds 3]

Frames of a 1280x720 clip of one person from ../shared with the skeleton drawn over, as `render_overlay` makes them, are
encoded by x264 with the options of `posespotter.media.writer` and with others. Processor time of the encoder alone, the
best of the rounds; size; and the likeness of the decoded pictures to those that went in: SSIM of the brightness (Wang
et al. 2004, Gaussian window of 1.5 px), mean of every twelfth frame.
"""

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import common

CLIP = "biceps_curl_right_5.mp4"
OTHERS: tuple[dict[str, str], ...] = (
    {"preset": "veryfast", "crf": "21"},
    {"preset": "superfast", "crf": "21"},
    {"preset": "superfast", "crf": "21", "x264-params": "mbtree=1:rc-lookahead=10:subme=0"},
    {"preset": "ultrafast", "crf": "21"},
)
_SEEN_EVERY = 12


def ours(job: common.Job) -> Any:
    """Processor ms a frame, bytes, and SSIM of one set of options."""
    import av

    frames = drawn(job["frames"])
    path = Path(job["target"])
    with av.open(str(path), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=30, options=job["options"])
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        stream.codec_context.max_b_frames, stream.codec_context.gop_size = 0, 60
        start = time.process_time()
        for index, frame in enumerate(frames):
            frame.pts = index
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        spent_s = time.process_time() - start
    with av.open(str(path)) as clip:
        likeness = [
            ssim(brightness(frames[index]), brightness(frame))
            for index, frame in enumerate(clip.decode(video=0))
            if index % _SEEN_EVERY == _SEEN_EVERY - 1
        ]
    return {"cpu_ms": 1000 * spent_s / len(frames), "bytes": path.stat().st_size, "ssim": statistics.mean(likeness)}


def drawn(count: int) -> list[Any]:
    """The first frames of the clip with their skeletons, as yuv420p."""
    import av

    from posespotter.drawing.overlay import draw_poses
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.media import open_source

    source_path = common.shared_folder() / "data" / "exercise" / CLIP
    poses = PoseEstimator(pose="movenet-lightning").run(source_path).poses
    frames = []
    with open_source(source_path) as source:
        for frame in source:
            if frame.index == count:
                break
            draw_poses(frame.image, poses.at(frame.index))
            frames.append(av.VideoFrame.from_ndarray(frame.image, "bgr24").reformat(format="yuv420p"))
    return frames


def brightness(frame: Any) -> Any:
    """(H, W) float32, the Y plane."""
    import numpy as np

    return frame.to_ndarray()[: frame.height, : frame.width].astype(np.float32)


def ssim(first: Any, second: Any) -> float:
    """Structural similarity of two planes with values to 255."""
    import cv2

    def blurred(plane: Any) -> Any:
        return cv2.GaussianBlur(plane, (11, 11), 1.5)

    mean_1, mean_2 = blurred(first), blurred(second)
    spread = blurred(first * first) - mean_1**2 + blurred(second * second) - mean_2**2
    common_spread = blurred(first * second) - mean_1 * mean_2
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    means = (2 * mean_1 * mean_2 + c1) / (mean_1**2 + mean_2**2 + c1)
    return float((means * (2 * common_spread + c2) / (spread + c2)).mean())


def options_of_ours() -> dict[str, str]:
    """What the program encodes with."""
    from posespotter.media.writer import ENCODERS

    return dict(ENCODERS[0][1])


def named(options: dict[str, str]) -> str:
    """The options in a few words."""
    parameters = options.get("x264-params", "")
    return ", ".join([options["preset"], f"crf {options['crf']}", *filter(None, parameters.split(":"))])


def main() -> None:
    parser = common.arguments(__doc__, {"ours": ours})
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    mine = options_of_ours()
    rows: list[Sequence[object]] = []
    with common.temporary_folder() as folder:
        sets = [mine, *({**other, "thread_type": mine["thread_type"]} for other in OTHERS)]
        answers: list[list[dict[str, Any]]] = [[] for _ in sets]
        for _ in range(options.rounds):
            for one, found in zip(sets, answers, strict=True):
                job = {"options": one, "frames": options.frames, "target": str(folder / "a.mp4")}
                found.append(common.run_side("ours", job))
                common.note(f"{named(one)}: {found[-1]}")
        for one, found in zip(sets, answers, strict=True):
            best = min(answer["cpu_ms"] for answer in found)
            kilobytes = found[0]["bytes"] / options.frames / 1000
            name = named(one) + (" (ours)" if one == mine else "")
            rows.append([name, f"{best:.1f}", f"{kilobytes:.1f}", f"{found[0]['ssim']:.4f}"])
    common.report(common.table(["x264", "processor ms a frame", "kB a frame", "SSIM"], rows))


if __name__ == "__main__":
    main()
