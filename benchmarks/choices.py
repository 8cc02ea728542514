"""Which models to take: accuracy against speed of every built-in choice and of MediaPipe, in one run.

    python benchmarks/choices.py [--rounds 3]

Speed: the clip of speed_mediapipe.py without overlay, each choice and each complexity of MediaPipe in turn. Accuracy:
mean OKS over the COCO people of ../shared with five or more labelled joints, from their true boxes (accuracy_coco.py).
MediaPipe's landmarks are those of our BlazePose files (parity_mediapipe.py), so that its accuracy is theirs. RTMPose's
weights are not at hand: rtmlib is beside us in speed_rtmlib.py only. The chart goes to docs/figures/choices.svg.
"""

import statistics
from typing import Any

import common
import speed_mediapipe

OURS = ("movenet-lightning", "movenet-thunder", "movenet-thunder+blazepose-full", "blazepose-full")
# Measured once with each file; lite and heavy do not come with PoseSpotter any more.
MEDIAPIPE_OKS = {0: 0.458, 1: 0.501, 2: 0.570}
CHART = common.ROOT / "docs" / "figures" / "choices.svg"


def accuracy(job: common.Job) -> Any:
    """Mean OKS of each model from true boxes."""
    import accuracy_coco
    import numpy as np
    from pycocotools.coco import COCO

    from posespotter.models.load import load_pose_model

    data = common.shared_folder() / "data" / "coco"
    truth = COCO(str(data / "person_keypoints.json"))
    means = {}
    for name in job["models"]:
        found = accuracy_coco.from_true_boxes(load_pose_model(name).model, truth, data / "images")
        chosen = [a for i, a in truth.anns.items() if i in found and a["num_keypoints"] >= accuracy_coco.WELL_LABELLED]
        means[name] = float(np.mean([accuracy_coco.oks_of(a, found[a["id"]]) for a in chosen]))
    return means


def main() -> None:
    sides = {"ours": speed_mediapipe.ours, "mediapipe": speed_mediapipe.mediapipe, "accuracy": accuracy}
    parser = common.arguments(__doc__, sides)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    python = common.peer_python("mp")
    oks = common.run_side("accuracy", {"models": OURS})
    oks |= {f"MediaPipe, complexity {number}": value for number, value in MEDIAPIPE_OKS.items()}
    answers: dict[str, list[dict[str, Any]]] = {name: [] for name in oks}
    with common.temporary_folder() as folder:
        source = common.shared_folder() / "data" / "exercise" / speed_mediapipe.CLIP
        clip = str(common.loop_clip(source, folder / "clip.mp4", speed_mediapipe.FRAMES))
        for number in range(options.rounds):
            for name, each in answers.items():
                if name in OURS:
                    each.append(common.run_side("ours", {"clip": clip, "overlay": False, "model": name}))
                else:
                    job = {"clip": clip, "overlay": False, "complexity": int(name[-1])}
                    each.append(common.run_side("mediapipe", job, python))
                common.note(f"round {number + 1}/{options.rounds} {name}: {each[-1]}")
    fps = {name: statistics.median(a["fps"] for a in each) for name, each in answers.items()}
    cpu_ms = {name: statistics.median(a["cpu_ms"] for a in each) for name, each in answers.items()}
    rows = [[name, f"{fps[name]:.0f}", f"{cpu_ms[name]:.0f}", f"{oks[name]:.3f}"] for name in answers]
    CHART.write_text(chart({name: (cpu_ms[name], oks[name]) for name in answers}), "utf-8")
    common.report(common.table(["choice", "frames/s", "processor ms a frame", "mean OKS from true boxes"], rows))


def chart(points: dict[str, tuple[float, float]]) -> str:
    """An SVG picture: processor time of a frame to the right, accuracy upwards; the best is at the upper left."""
    width, height, left, bottom, top = 720, 400, 60, 350, 20
    most = 10 * (max(ms for ms, _ in points.values()) // 10 + 1)

    def at(ms: float, oks: float) -> tuple[float, float]:
        return left + (width - left - 200) * ms / most, bottom - (bottom - top) * (oks - 0.4) / 0.4

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for oks in (0.4, 0.5, 0.6, 0.7, 0.8):
        y = at(0, oks)[1]
        parts.append(f'<path d="M{left} {y:.0f}H{width - 20}" stroke="#ddd"/><text x="25" y="{y + 4:.0f}">{oks}</text>')
    for step in range(6):
        x = at(most * step / 5, 0.4)[0]
        parts.append(f'<text x="{x:.0f}" y="{bottom + 18}" text-anchor="middle">{most * step / 5:.0f}</text>')
    for name, point in points.items():
        x, y = at(*point)
        colour = "#0072b2" if name in OURS else "#d55e00"
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="5" fill="{colour}"/>')
        parts.append(f'<text x="{x + 9:.0f}" y="{y + 4:.0f}">{name}</text>')
    label = "processor ms a frame; mean OKS of COCO people from their true boxes upwards"
    return "\n".join([*parts, f'<text x="{left}" y="{height - 8}">{label}</text>', "</svg>", ""])


if __name__ == "__main__":
    main()
