"""How does the time of a frame grow with the people in it, and with the length of the video?

    python benchmarks/scaling.py [--rounds 3] [--people 1 2 4 8] [--minutes 1 5 30]

People: clips of one person each, tiled to 1280x720 (1, 2, 4 and 8 cells), 150 frames; movenet-thunder behind the
embedded detector and behind RTMDet-nano. What each finds is counted: people are small in 8 cells, and some are lost.
Length: one clip repeated, movenet-lightning. The chart goes to docs/figures/scaling.svg.
"""

import statistics
from pathlib import Path
from typing import Any

import common

GRIDS = {1: (1, 1), 2: (2, 1), 4: (2, 2), 8: (4, 2)}
CLIPS = (
    "biceps_curl_right_5.mp4", "lateral_raise_front_4.mp4", "squat_left_then_front_3.mp4",
    "squat_front_right_front_9.mp4", "squat_wall_slide_5.mp4", "punch_0_squats.mp4", "squat_oblique_2.mp4",
    "squat_sumo_front_1.mp4",
)  # fmt: skip
FRAMES = 150
FPS = 30
COLOURS = ("#0072b2", "#d55e00")


def ours(job: common.Job) -> Any:
    """Milliseconds and people a frame of one run."""
    from posespotter.estimation.estimator import PoseEstimator

    estimator = PoseEstimator(job["detector"], job["pose"])
    watch = common.Stopwatch()
    poses = estimator.run(job["clip"]).poses
    rates = watch.rates(poses.n_frames)
    return {**rates, "ms": 1000 / rates["fps"], "people": len(poses) / poses.n_frames}


def by_people(folder: Path, counts: list[int], rounds: int) -> dict[str, list[tuple[int, float, float, float]]]:
    """For each system (people in the picture, people found a frame, ms a frame, processor ms a frame)."""
    shared = common.shared_folder()
    systems = {
        "movenet-multipose, movenet-thunder": "movenet-multipose",
        "rtmdet-nano, movenet-thunder": str(shared / "models" / "test" / "rtmdet_nano_person_320.onnx"),
    }
    found: dict[str, list[tuple[int, float, float, float]]] = {name: [] for name in systems}
    for count in counts:
        columns, rows = GRIDS[count]
        sources = [shared / "data" / "exercise" / name for name in CLIPS[:count]]
        clip = common.tiled_clip(sources, folder / f"{count}.mp4", columns, rows, FRAMES)
        answers: dict[str, list[dict[str, float]]] = {name: [] for name in systems}
        for _ in range(rounds):
            for name, detector in systems.items():
                job = {"clip": str(clip), "detector": detector, "pose": "movenet-thunder"}
                answers[name].append(common.run_side("ours", job))
        for name, each in answers.items():
            medians = (statistics.median(answer[key] for answer in each) for key in ("people", "ms", "cpu_ms"))
            found[name].append((count, *medians))  # type: ignore[arg-type]
            common.note(f"{name} {found[name][-1]}")
    return found


def by_length(folder: Path, lengths: list[float]) -> list[tuple[float, float, float]]:
    """(minutes, ms a frame, processor ms a frame) of one clip, repeated."""
    source = common.shared_folder() / "data" / "exercise" / CLIPS[0]
    rows = []
    for minutes in lengths:
        clip = common.loop_clip(source, folder / "long.mp4", round(minutes * 60 * FPS))
        answer = common.run_side(
            "ours", {"clip": str(clip), "detector": "movenet-multipose", "pose": "movenet-lightning"}
        )
        rows.append((minutes, answer["ms"], answer["cpu_ms"]))
        common.note(str(rows[-1]))
    return rows


def chart(found: dict[str, list[tuple[int, float, float, float]]]) -> str:
    """A small SVG: processor ms a frame over people in the picture, a line for each system."""
    width, height, left, bottom, top = 640, 320, 60, 44, 24
    most_people = max(count for rows in found.values() for count, *_ in rows)
    most_ms = max(row[3] for rows in found.values() for row in rows) * 1.1
    step = next(s for s in (5, 10, 20, 50, 100, 200, 500, 1000) if most_ms / s <= 6)

    def x(count: float) -> float:
        return left + (width - left - 20) * count / most_people

    def y(ms: float) -> float:
        return height - bottom - (height - bottom - top) * ms / most_ms

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        'font-size="13" role="img">',
        "<title>Processor time of a frame against people in the picture</title>",
        f'<rect width="{width}" height="{height}" fill="white"/>',
    ]
    for ms in range(0, int(most_ms) + 1, step):
        parts.append(f'<line x1="{left}" x2="{width - 20}" y1="{y(ms):.1f}" y2="{y(ms):.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 8}" y="{y(ms) + 4:.1f}" text-anchor="end">{ms}</text>')
    counts = sorted({count for rows in found.values() for count, *_ in rows})
    parts += [f'<text x="{x(c):.1f}" y="{height - bottom + 18}" text-anchor="middle">{c}</text>' for c in counts]
    middle = (left + width - 20) / 2
    parts.append(f'<text x="{middle}" y="{height - 6}" text-anchor="middle">people in the picture</text>')
    parts.append(f'<text x="{left}" y="14">processor ms a frame</text>')
    for number, ((name, rows), colour) in enumerate(zip(found.items(), COLOURS, strict=True)):
        line = " ".join(f"{x(count):.1f},{y(ms):.1f}" for count, _, _, ms in rows)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{x(c):.1f}" cy="{y(ms):.1f}" r="4" fill="{colour}"/>' for c, _, _, ms in rows]
        parts.append(f'<text x="{left + 16}" y="{top + 20 + 18 * number}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>", ""])


def main() -> None:
    parser = common.arguments(__doc__, {"ours": ours})
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--people", type=int, nargs="*", choices=GRIDS, default=list(GRIDS))
    parser.add_argument("--minutes", type=float, nargs="*", default=[1, 5, 30])
    options = parser.parse_args()
    tables = []
    with common.temporary_folder() as folder:
        if options.people:
            found = by_people(folder, options.people, options.rounds)
            rows = [
                [name, count, f"{people:.1f}", f"{ms:.1f}", f"{cpu:.1f}"]
                for name, each in found.items()
                for count, people, ms, cpu in each
            ]
            tables.append(
                common.table(["models", "people", "found a frame", "ms a frame", "processor ms a frame"], rows)
            )
            common.FIGURES.mkdir(parents=True, exist_ok=True)
            (common.FIGURES / "scaling.svg").write_text(chart(found), "utf-8")
        if options.minutes:
            lengths = [[f"{m:g}", f"{ms:.1f}", f"{cpu:.1f}"] for m, ms, cpu in by_length(folder, options.minutes)]
            tables.append(common.table(["minutes", "ms a frame", "processor ms a frame"], lengths))
    common.report(*tables)


if __name__ == "__main__":
    main()
