"""How much time goes to anything but the models and the decoder?

    python benchmarks/overhead.py [--rounds 5] [--cores 2]

`PoseEstimator.run` without overlay on a 1280x720 clip of one person: wall time over the larger of (the sum of the times
inside ONNX Runtime) and (the time inside the decoder). Target: at most 1.25 on 2 cores. The stages overlap, so a ratio
below 1 is possible where both are about the same.
"""

import os
import statistics
from typing import Any

import common

CLIP = "biceps_curl_right_5.mp4"
FRAMES = 349
LIMIT = 1.25


def ours(job: common.Job) -> Any:
    """The timings of one run, seconds."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: job["cores"]]))
    from posespotter.estimation.estimator import PoseEstimator

    estimator = PoseEstimator(pose=job["model"])
    timings = estimator.run(job["clip"]).timings
    return {name: float(value) for name, value in vars(timings).items()}


def main() -> None:
    parser = common.arguments(__doc__, {"ours": ours})
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cores", type=int, default=2)
    options = parser.parse_args()
    rows = []
    with common.temporary_folder() as folder:
        source = common.shared_folder() / "data" / "exercise" / CLIP
        clip = common.loop_clip(source, folder / "clip.mp4", FRAMES)
        for model in ("movenet-lightning", "movenet-thunder", "movenet-thunder+blazepose-full"):
            job = {"clip": str(clip), "model": model, "cores": options.cores}
            answers = [common.run_side("ours", job) for _ in range(options.rounds)]
            each = {name: [answer[name] for answer in answers] for name in answers[0]}
            each["models"] = [a + b for a, b in zip(each["detect_s"], each["pose_s"], strict=True)]
            ratios = [
                wall / max(models, decode)
                for wall, models, decode in zip(each["total_s"], each["models"], each["decode_s"], strict=True)
            ]
            ratio = statistics.median(ratios)
            times = (statistics.median(each[name]) for name in ("total_s", "models", "decode_s", "smooth_s"))
            rows.append([
                model, *(f"{seconds:.2f}" for seconds in times), f"{ratio:.2f} ({min(ratios):.2f}, {max(ratios):.2f})",
                LIMIT, common.verdict(ratio, LIMIT, at_least=False),
            ])  # fmt: skip
            common.note(str(rows[-1]))
    head = ["model", "wall, s", "in the models, s", "in the decoder, s", "smoothing, s", "ratio", "target", ""]
    common.report(common.table(head, rows))


if __name__ == "__main__":
    main()
