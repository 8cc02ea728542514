"""What the benchmarks share: where data and peers are, one fresh process a measurement, clips, and tables.

A benchmark is one file. Each thing that it compares is a function of one job (a dict of JSON values) that returns JSON
values, and runs in a process of its own: ours in this interpreter, a peer's in the peer's virtual environment, which
runs the same file. So this module and the head of each benchmark import nothing but the standard library.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "figures"

Job = dict[str, Any]
Side = Callable[[Job], Any]


def shared_folder() -> Path:
    """The real clips, pictures and test models: POSESPOTTER_SHARED, or `shared` beside the project."""
    folder = Path(os.environ.get("POSESPOTTER_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        sys.exit(f"This benchmark needs the real clips and models: expected a folder at {folder} (POSESPOTTER_SHARED).")
    return folder


def peer_python(name: str) -> str:
    """The interpreter of a peer's virtual environment, made by `peers.py`: `mp`, `rtm` or `trk`."""
    folder = Path(os.environ.get("POSESPOTTER_PEERS", Path(__file__).parent / ".peers"))
    python = folder / name / "bin" / "python"
    if not python.exists():
        sys.exit(f"This benchmark needs its peer: run `python benchmarks/peers.py {name}` first (looked in {folder}).")
    return str(python)


def embedded(name: str) -> Path:
    """A model file of the package."""
    return ROOT / "src" / "posespotter" / "models" / "weights" / name


def arguments(doc: str | None, sides: Mapping[str, Side] | None = None) -> argparse.ArgumentParser:
    """The parser of a benchmark. Called as `--side NAME JOB RESULT`, the benchmark does that one job and ends here."""
    if sides and sys.argv[1:2] == ["--side"]:
        name, job, result = sys.argv[2:5]
        answer = sides[name](json.loads(Path(job).read_text("utf-8")))
        Path(result).write_text(json.dumps(answer), "utf-8")
        sys.exit()
    return argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)


def run_side(side: str, job: Job, python: str = sys.executable, timeout_s: float | None = None) -> Any:
    """What `side` of the running benchmark answers to `job`, in a fresh process of `python`.

    Raises:
        subprocess.CalledProcessError: it failed; its output is shown.
        subprocess.TimeoutExpired: it took longer than `timeout_s`.
    """
    with tempfile.TemporaryDirectory() as folder:
        question, answer = Path(folder) / "job.json", Path(folder) / "result.json"
        question.write_text(json.dumps(job), "utf-8")
        command = [python, sys.argv[0], "--side", side, str(question), str(answer)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
        if done.returncode or not answer.exists():
            sys.stderr.write(done.stdout[-2000:] + done.stderr[-4000:])
            raise subprocess.CalledProcessError(done.returncode, command)
        return json.loads(answer.read_text("utf-8"))


class Stopwatch:
    """Wall and processor time of this process since it was made.

    Where other programs share the cores, wall time is anybody's guess; processor time tells at least the work done.
    """

    def __init__(self) -> None:
        self._wall, self._processor = time.perf_counter(), time.process_time()

    def rates(self, frames: int) -> dict[str, float]:
        """Frames a second, and milliseconds of processor time a frame."""
        wall, processor = time.perf_counter() - self._wall, time.process_time() - self._processor
        return {"fps": frames / wall, "cpu_ms": 1000 * processor / max(frames, 1)}


def ratios(ours: Sequence[float], peer: Sequence[float]) -> tuple[float, float, float]:
    """Median, lowest and highest of ours over the peer's, round by round."""
    each = [a / b for a, b in zip(ours, peer, strict=True)]
    return statistics.median(each), min(each), max(each)


def note(text: str) -> None:
    """Progress, on stderr: stdout is for the table."""
    print(text, file=sys.stderr, flush=True)


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A markdown table; floats must come formatted."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def verdict(value: float, limit: float, *, at_least: bool) -> str:
    """`reached` or `missed`."""
    return "reached" if (value >= limit if at_least else value <= limit) else "missed"


def machine() -> str:
    """The machine in a few words, with how busy it was."""
    cpu = "unknown CPU"
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), cpu)
    return f"{os.cpu_count()} cores of {cpu}, load average {os.getloadavg()[0]:.1f}"


def command_line() -> str:
    """How this benchmark was called."""
    return " ".join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *sys.argv[1:]])


def report(*parts: str) -> None:
    """Print the tables, and what is needed to understand and repeat them."""
    for part in parts:
        print(part, end="\n\n")
    print(f"`{command_line()}` on {machine()}")


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder for clips and results that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="posespotter-benchmark-") as folder:
        yield Path(folder)


def loop_clip(source: Path, target: Path, frames: int) -> Path:
    """`source` over and over until there are at least `frames` frames, copied without decoding."""
    import av

    with av.open(str(source)) as first:
        stream = first.streams.video[0]
        assert stream.time_base is not None
        assert stream.average_rate is not None
        packets = [(bytes(p), p.pts, p.dts, p.is_keyframe) for p in first.demux(stream) if p.size]
        step = round(1 / (stream.average_rate * stream.time_base))
        length = len(packets) * step
        start = min(pts for _, pts, _, _ in packets if pts is not None)
        with av.open(str(target), "w", format="mp4") as out:
            copy = out.add_stream_from_template(stream)
            for turn in range(-(-frames // len(packets))):
                for data, pts, dts, key in packets:
                    packet = av.Packet(data)
                    packet.stream, packet.time_base, packet.is_keyframe = copy, stream.time_base, key
                    packet.pts, packet.dts = pts - start + turn * length, dts - start + turn * length
                    packet.duration = step
                    out.mux(packet)
    return target


def tiled_clip(sources: Sequence[Path], target: Path, columns: int, rows: int, frames: int) -> Path:
    """A 1280x720 H.264 video of several clips side by side, each looped, whole, and centred in its cell."""
    import av
    import cv2
    import numpy as np

    width, height = 1280 // columns, 720 // rows

    def endless(path: Path) -> Iterator[Any]:
        while True:
            with av.open(str(path)) as clip:
                clip.streams.video[0].thread_type = "AUTO"
                for frame in clip.decode(video=0):
                    picture = frame.to_ndarray(format="bgr24")
                    scale = min(width / picture.shape[1], height / picture.shape[0])
                    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                    cell = np.zeros((height, width, 3), np.uint8)
                    h, w = min(height, small.shape[0]), min(width, small.shape[1])
                    top, left = (height - h) // 2, (width - w) // 2
                    cell[top : top + h, left : left + w] = small[:h, :w]
                    yield cell

    cells = [endless(path) for path in sources]
    with av.open(str(target), "w", format="mp4") as out:
        stream = out.add_stream("libx264", rate=30, options={"preset": "veryfast", "crf": "20"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for _ in range(frames):
            canvas = np.zeros((720, 1280, 3), np.uint8)
            for place, cell in enumerate(cells):
                top, left = place // columns * height, place % columns * width
                canvas[top : top + height, left : left + width] = next(cell)
            for packet in stream.encode(av.VideoFrame.from_ndarray(canvas, format="bgr24")):
                out.mux(packet)
        for packet in stream.encode(None):
            out.mux(packet)
    return target


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` percent of `values` lie, by linear interpolation; NaN of none."""
    ordered = sorted(values)
    if not ordered:
        return float("nan")
    place = (len(ordered) - 1) * share / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def rounded(value: Any) -> Any:
    """JSON values with their numbers to four digits behind the point, so that a file stays small."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return {key: rounded(item) for key, item in value.items()} if isinstance(value, dict) else value
