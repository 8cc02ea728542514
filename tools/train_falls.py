"""Train the embedded fall classifier on all sources at once; what it is worth elsewhere, benchmarks/falls.py says.

    python tools/train_falls.py --poses DIR [-o src/posespotter/falls/weights/forest-2.onnx]

DIR holds the poses of the sources of ../shared/data, as `posespotter falls train ../shared/data/falls
../shared/data/falls_urfd ../shared/data/falls_upfall --poses DIR` keeps them, and those of the exercise clips as
`posespotter estimate` leaves them. Then set EMBEDDED_SHA256 in falls/classifier.py.
"""

import argparse
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))
from falls_sources import all_examples, read_sources

from posespotter.falls.classifier import CLASSES, EMBEDDED, FallClassifier
from posespotter.falls.training.forest import ForestSettings, Grown, grown, write_forest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--poses", type=Path, required=True)
    parser.add_argument("-o", "--out", type=Path, default=EMBEDDED)
    arguments = parser.parse_args()
    start = time.perf_counter()
    sources = read_sources(arguments.poses)
    examples = all_examples(sources)
    counts = dict(zip(CLASSES, np.bincount(examples.label).tolist(), strict=True))
    print(f"{len(sources.clips)} clips, windows {counts}, {time.perf_counter() - start:.0f} s", flush=True)
    settings = ForestSettings()
    forest = grown(examples, settings)
    write_forest(forest, arguments.out.stem, arguments.out)
    arguments.out.with_suffix(".skops").unlink()
    classifier = FallClassifier.load(arguments.out)
    some = examples.features[np.random.default_rng(0).permutation(len(examples))[:20_000]]
    ours, theirs = classifier.probabilities(some), Grown(forest).probabilities(some)
    differ = int((ours.argmax(axis=1) != theirs.argmax(axis=1)).sum())
    print(
        f"ONNX beside scikit-learn, {len(some)} windows: {differ} labels differ, by {np.abs(ours - theirs).max():.1e}"
    )
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB, SHA-256 {classifier.sha256}")
    print(asdict(settings), f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
