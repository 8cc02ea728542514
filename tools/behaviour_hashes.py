"""Say by hashes what the program does: for changes of its inside that must not change what comes out.

Twelve short clips go through the command line, a live stream and a job. Everything that comes out is hashed as what it
means (arrays, JSON values, decoded frames), without clocks, versions and ids, so that two runs on one machine agree.

    python tools/behaviour_hashes.py before.json                     # before the change
    python tools/behaviour_hashes.py after.json --against before.json   # after it; exit code 1 where something differs

It needs the shared clips (`shared` beside the project, or POSESPOTTER_SHARED). Another machine, or another version of
ONNX Runtime or FFmpeg, may give other hashes.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("POSESPOTTER_SHARED", ROOT.parent / "shared")).resolve() / "data"
DEMO = ROOT / "docs" / "demo" / "two_people.mp4"

EXERCISE, FALLS, TRACKING = SHARED / "exercise", SHARED / "falls_urfd" / "videos", SHARED / "tracking"
MADE = {
    "estimate-two-people": ["estimate", DEMO, "--export", "csv", "--export", "coco"],
    "estimate-crossing": ["estimate", TRACKING / "runner_crosses.mp4", "--max-people", "4"],
    "estimate-large": ["estimate", TRACKING / "street_15_people_5_frames.mp4", "--smooth", "strong"],
    "estimate-turned": ["estimate", EXERCISE / "squat_goblet_oblique_1.mp4", "--rotate", "90", "--detect-every", "7"],
    "estimate-light": ["estimate", EXERCISE / "squat_right_1.mp4", "--pose", "movenet-lightning", "--smooth", "off"],
    "estimate-picture": ["estimate", SHARED / "coco" / "images" / "000000000785.jpg", "--export", "openpose"],
    "exercise-squat": ["exercise", EXERCISE / "squat_left_1.mp4", "-e", "squat"],
    "exercise-press": ["exercise", EXERCISE / "shoulder_press_front_1.mp4", "-e", "shoulder-press"],
    "falls-fall": ["falls", "detect", FALLS / "urfd_fall-02.mp4"],
    "falls-none": ["falls", "detect", FALLS / "urfd_adl-01.mp4", "--sensitivity", "high"],
}
LIVE = FALLS / "urfd_fall-04.mp4"
JOB = EXERCISE / "squat_front_1.mp4"

UNSTEADY = {"version", "versions", "schema_version", "finished_at", "timings_s", "frames_per_second"}
"""Keys of JSON whose values differ from run to run, or from release to release."""
PATIENCE_S = 1800  # for a job, on a machine that other programs share


def steady(value: Any) -> Any:
    """JSON values without what differs from run to run."""
    if isinstance(value, dict):
        return {key: steady(inner) for key, inner in value.items() if key not in UNSTEADY}
    return [steady(inner) for inner in value] if isinstance(value, list) else value


def hashed(parts: Iterable[bytes]) -> str:
    """SHA-256 of the parts, one after the other."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def of_table(path: Path) -> Iterator[bytes]:
    """The columns of a Parquet file, and its metadata."""
    table = pq.read_table(path)
    for name in table.column_names:
        yield name.encode()
        column = table.column(name).to_numpy()
        yield repr(column.tolist()).encode() if column.dtype == object else np.ascontiguousarray(column).tobytes()
    for key, value in sorted((table.schema.metadata or {}).items()):
        yield key + json.dumps(steady(json.loads(value)), sort_keys=True).encode()


def of_video(path: Path) -> Iterator[bytes]:
    """The decoded frames with their times."""
    import av

    with av.open(str(path)) as video:
        for frame in video.decode(video=0):
            yield repr(frame.time).encode() + frame.to_ndarray(format="rgb24").tobytes()


def of_page(path: Path) -> Iterator[bytes]:
    """A report without its date and version."""
    text = re.sub(r"\b\d{1,2} [A-Z][a-z]+ 20\d\d, \d\d:\d\d\b", "DATE", path.read_text("utf-8"))
    yield re.sub(r"PoseSpotter \d+\.\d+\.\w+", "PoseSpotter VERSION", text).encode()


def of_file(path: Path) -> str:
    """What a file holds."""
    match path.suffix:
        case ".parquet":
            return hashed(of_table(path))
        case ".mp4":
            return hashed(of_video(path))
        case ".json":
            return hashed([json.dumps(steady(json.loads(path.read_text("utf-8"))), sort_keys=True).encode()])
        case ".html":
            return hashed(of_page(path))
        case _:
            return hashed([path.read_bytes()])


def of_folder(folder: Path) -> dict[str, str]:
    """The hash of every file in a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {str(path.relative_to(folder)): of_file(path) for path in files}


def run_command(arguments: list[Any], out: Path) -> dict[str, str]:
    """What one command writes."""
    command = [sys.executable, "-m", "posespotter", *map(str, arguments), "-o", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return of_folder(out)


def live() -> dict[str, str]:
    """A file looked at as if it were a camera: its poses, and the falls that are reported."""
    from posespotter import FallMonitor, PoseEstimator, PoseStream

    rows, events = [], []
    with PoseStream(str(LIVE), PoseEstimator(pose="movenet-lightning"), every_frame=True) as stream:
        monitor = None
        for now in stream:
            height, width = now.frame.image.shape[:2]
            monitor = monitor or FallMonitor(frame_size=(width, height))
            rows += [array.tobytes() for array in now.poses.columns().values()]
            events += [repr(event).encode() for event in monitor.update(now.poses, now.frame.time_s)]
    return {"poses": hashed(rows), "events": hashed(events)}


def job(root: Path) -> dict[str, str]:
    """An estimate and an analysis of it, done by a worker."""
    from posespotter.jobs.submit import JobRequest, submit
    from posespotter.runs import Library

    with Library(root, f"sqlite:///{root / 'index.sqlite'}") as library:
        command = [sys.executable, "-m", "posespotter", "worker", "--library", str(root), "--jobs", "1"]
        worker = subprocess.Popen([*command, "--checkpoint-s", "1"], stderr=subprocess.DEVNULL)
        try:
            found = submit(library, JobRequest("estimate", JOB, options={"exports": ["csv"]}))
            wait(library, found)
            judged = submit(library, JobRequest("exercise", found, options={"exercise": "squat"}))
            wait(library, judged)
        finally:
            worker.terminate()
            worker.wait(30)
        runs = {"estimate": found, "exercise": judged}
        files = {kind: of_folder(library.folder(run)) for kind, run in runs.items()}
    # library.json names the run and the time.
    return {f"{kind}/{name}": files[kind][name] for kind in files for name in files[kind] if name != "library.json"}


def wait(library: Any, run_id: str) -> None:
    """Wait until a job is done."""
    end = time.monotonic() + PATIENCE_S
    while not library.run(run_id).state.over:
        if time.monotonic() > end:
            sys.exit(f"The job was not done within {PATIENCE_S} s.")
        time.sleep(0.2)
    if library.run(run_id).state != "done":
        sys.exit(f"The job ended as {library.run(run_id)}.")


def differences(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[str]:
    """The files that differ, or that only one has."""
    pairs = {case: (before.get(case, {}), after.get(case, {})) for case in before | after}
    return [
        f"{case}: {name}" for case, (old, new) in pairs.items() for name in old | new if old.get(name) != new.get(name)
    ]


def main() -> int:
    """Write the hashes, and compare them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="JSON file to write")
    parser.add_argument("--against", type=Path, help="an earlier one")
    parser.add_argument("--only", action="append", help="a case; may be repeated")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in [name for name in os.environ if name.startswith("POSESPOTTER_")]:
            del os.environ[name]
        os.environ["XDG_CONFIG_HOME"] = folder  # nobody's settings
        cases = {name: lambda out, args=args: run_command(args, out) for name, args in MADE.items()}
        cases |= {"live": lambda _: live(), "job": job}
        hashes = {}
        for name, do in cases.items():
            if asked.only and name not in asked.only:
                continue
            start = time.monotonic()
            hashes[name] = do(Path(folder) / name)
            print(f"{name}: {len(hashes[name])} files, {time.monotonic() - start:.1f} s", flush=True)
            asked.out.write_text(json.dumps(hashes, indent=1) + "\n", "utf-8")  # kept if a later case fails
    if asked.against is None:
        return 0
    before = json.loads(asked.against.read_text("utf-8"))
    found = differences({name: before[name] for name in before if name in hashes}, hashes)
    print("\n".join(found) if found else "Equal.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
