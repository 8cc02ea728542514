"""Train the embedded fall classifier from the poses of the labelled clips' training split.

    python tools/train_falls.py DATA --poses DIR

DIR holds the poses of both detectors, as `posespotter falls train DATA --detector movenet-multipose --detector
rtmdet-nano --poses DIR` keeps them. The forest goes into the package; then set EMBEDDED_SHA256 in falls/classifier.py.
"""

import argparse
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from posespotter.falls.classifier import CLASSES, EMBEDDED, FallClassifier
from posespotter.falls.training.data import FallData
from posespotter.falls.training.examples import examples_of
from posespotter.falls.training.scores import Confusion
from posespotter.falls.training.forest import ForestSettings, train
from posespotter.tasks.fall_poses import Models, PosesOfClips
from posespotter.tasks.fall_training import COPIES
from posespotter.tasks.falls import DEFAULT_POSE

DETECTORS = ("movenet-multipose", "rtmdet-nano")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--poses", type=Path, required=True)
    parser.add_argument("-o", "--out", type=Path, default=EMBEDDED)
    arguments = parser.parse_args()
    start = time.perf_counter()
    clips = FallData.read(arguments.data).split("train")
    poses = PosesOfClips(arguments.poses, [Models(detector, DEFAULT_POSE) for detector in DETECTORS])
    examples = examples_of(clips, poses, copies=COPIES)
    print(
        f"{len(examples)} windows, {int(examples.original.sum())} of them original, {time.perf_counter() - start:.0f} s"
    )
    trained = train(examples, name=arguments.out.stem, settings=ForestSettings())
    truth = examples.label[examples.original]
    table = Confusion.of(truth, trained.held_out.argmax(axis=1))
    f1 = dict(zip(CLASSES, table.f1.round(3).tolist(), strict=True))
    print(f"rooms left out: macro-F1 {table.macro_f1:.3f}, F1 {f1}")
    trained.write(arguments.out)
    classifier = FallClassifier.load(arguments.out)
    some = examples.features[np.random.default_rng(0).permutation(len(examples))[:100_000]]
    ours, theirs = classifier.probabilities(some), trained.calibration(trained.votes(some))
    labels = int((ours.argmax(axis=1) != theirs.argmax(axis=1)).sum())
    print(
        f"ONNX beside scikit-learn on {len(some)} windows: {labels} labels differ, by {np.abs(ours - theirs).max():.1e}"
    )
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB, SHA-256 {classifier.sha256}")
    print(asdict(trained.settings), asdict(trained.calibration), f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
