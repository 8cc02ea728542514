"""Install the programs that the benchmarks compare with, each in a virtual environment of its own.

    python benchmarks/peers.py [mp] [rtm] [trk]

They go to benchmarks/.peers/ (or POSESPOTTER_PEERS), at the versions below. MediaPipe's wheel has neither its
lite nor its heavy landmark model and would fetch them from the network at their first use; they come out of
MediaPipe's own npm package, with `npm`.
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
LANDMARK_PACKAGE = "@mediapipe/pose@0.5.1675469404"
LANDMARK_MODELS = ("pose_landmark_lite.tflite", "pose_landmark_heavy.tflite")


def install(name: str, folder: Path) -> None:
    place = folder / name
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PEERS[name]], check=True)
    if name == "mp":
        add_landmark_models(python)


def add_landmark_models(python: Path) -> None:
    """Put the landmark models that the wheel lacks where MediaPipe looks for them."""
    found = subprocess.run(
        [python, "-c", "import importlib.util as u; print(u.find_spec('mediapipe').submodule_search_locations[0])"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    target = Path(found.stdout.strip()) / "modules" / "pose_landmark"
    if all((target / name).exists() for name in LANDMARK_MODELS):
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", LANDMARK_PACKAGE], check=True, cwd=folder, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            for name in LANDMARK_MODELS:
                member = archive.extractfile(f"package/{name}")
                assert member is not None
                (target / name).write_bytes(member.read())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", choices=[*PEERS, []], help="which of them; all by default")
    folder = Path(os.environ.get("POSESPOTTER_PEERS", Path(__file__).parent / ".peers"))
    for name in parser.parse_args().peers or PEERS:
        print(f"{name}: {', '.join(PEERS[name])}", file=sys.stderr)
        install(name, folder)


if __name__ == "__main__":
    main()
