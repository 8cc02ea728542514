"""Does the memory of `posespotter estimate` grow with the length of the video?

    python benchmarks/memory.py [--minutes 1 30] [--overlay-minutes 1 10] [--clips FOLDER]

Peak resident memory of the command in a fresh process, on one 1280x720 clip of a real person repeated without decoding
to so many minutes at 30 frames a second, with movenet-lightning. Target: within 150 MB of that for one minute.
Every frame of one person is 17 joints, their scores and their raw places, about 0.4 kB, so 30 minutes are 20 MB.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import common

CLIP = "biceps_curl_right_5.mp4"
FPS = 30
LIMIT_MB = 150
PROGRAM = Path(sys.executable).with_name("posespotter")


def ours(job: common.Job) -> Any:
    """Peak memory in MB, seconds, and processor seconds of one run of the command."""
    start = time.perf_counter()
    overlay = "--overlay" if job["overlay"] else "--no-overlay"
    command = [str(PROGRAM), "estimate", job["clip"], "-o", job["out"], "--pose", "movenet-lightning", overlay]
    subprocess.run(command, check=True, capture_output=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return {"peak_mb": peak, "seconds": time.perf_counter() - start, "cpu_s": used.ru_utime + used.ru_stime}


def main() -> None:
    parser = common.arguments(__doc__, {"ours": ours})
    parser.add_argument("--minutes", type=float, nargs="+", default=[1, 30])
    parser.add_argument("--overlay-minutes", type=float, nargs="*", default=[1, 10])
    options = parser.parse_args()
    rows = []
    with common.temporary_folder() as folder:
        for overlay, lengths in ((False, options.minutes), (True, options.overlay_minutes)):
            shortest = None
            for number, minutes in enumerate(sorted(lengths)):
                clip = folder / f"{minutes:g}_minutes.mp4"
                if not clip.exists():
                    source = common.shared_folder() / "data" / "exercise" / CLIP
                    common.loop_clip(source, clip, round(minutes * 60 * FPS))
                out = str(folder / f"out_{overlay}_{number}")
                answer = common.run_side("ours", {"clip": str(clip), "out": out, "overlay": overlay})
                shortest = answer["peak_mb"] if shortest is None else shortest
                more = answer["peak_mb"] - shortest
                rows.append([
                    f"{minutes:g}", "with" if overlay else "without", f"{answer['peak_mb']:.0f}", f"{more:+.0f}",
                    common.verdict(more, LIMIT_MB, at_least=False) if number else "", f"{answer['seconds']:.0f}",
                    f"{1000 * answer['cpu_s'] / (minutes * 60 * FPS):.1f}",
                ])  # fmt: skip
                common.note(str(rows[-1]))
    head = [
        "minutes",
        "overlay",
        "peak, MB",
        "more than the shortest, MB",
        f"target {LIMIT_MB}",
        "wall time, s",
        "processor ms a frame",
    ]
    common.report(common.table(head, rows))


if __name__ == "__main__":
    main()
