"""Install the programs that the benchmarks compare with, each in a virtual environment of its own.

    python benchmarks/peers.py [mp] [rtm] [trk]

They go to benchmarks/.peers/ (or POSESPOTTER_PEERS), at the versions below. MediaPipe's wheel has no heavy landmark
model and would fetch it from the network at its first use; it comes out of MediaPipe's own npm package, with `npm`.
"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

PEERS = {
    "mp": ("mediapipe==0.10.21", "av==18.1.0"),
    "rtm": ("rtmlib==0.0.16", "onnxruntime==1.32.0", "onnx==1.23.2", "av==18.1.0"),
    "trk": ("trackers==2.6.1", "av==18.1.0"),
}
HEAVY_PACKAGE = "@mediapipe/pose@0.5.1675469404"
HEAVY = "pose_landmark_heavy.tflite"


def install(name: str, folder: Path) -> None:
    place = folder / name
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS[name]], check=True)
    if name == "mp":
        add_heavy_model(python)


def add_heavy_model(python: Path) -> None:
    """Put the heavy landmark model where MediaPipe looks for it."""
    found = subprocess.run(
        [python, "-c", "import importlib.util as u; print(u.find_spec('mediapipe').submodule_search_locations[0])"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    target = Path(found.stdout.strip()) / "modules" / "pose_landmark" / HEAVY
    if target.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", HEAVY_PACKAGE], check=True, cwd=folder, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            member = archive.extractfile(f"package/{HEAVY}")
            assert member is not None
            target.write_bytes(member.read())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", choices=[*PEERS, []], help="which of them; all by default")
    folder = Path(os.environ.get("POSESPOTTER_PEERS", Path(__file__).parent / ".peers"))
    for name in parser.parse_args().peers or PEERS:
        print(f"{name}: {', '.join(PEERS[name])}", file=sys.stderr)
        install(name, folder)


if __name__ == "__main__":
    main()
