"""Do the constants of features, labels and forest matter? A table of docs/results/falls.md.

    python benchmarks/falls_constants.py --poses DIR [--markdown docs/results/falls.md]

Each is moved down and up, and forests are grown anew: every source is judged by one that saw nothing of it, on clips as
they are and on some that are cut off (falls_changes.py).
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from falls_cases import cases_of, forests_of, judged, results
from falls_changes import CHANGES
from falls_sources import Sources, all_examples, read_sources

from falls import share, table, write_parts
from posespotter.falls import features, sampling
from posespotter.falls.events import LIMITS
from posespotter.falls.training import examples
from posespotter.falls.training.evaluation import Evaluation
from posespotter.falls.training.forest import ForestSettings

FEWER = replace(ForestSettings(), trees=16)
CLIPS = ("as they are", "nearly half below the picture")
SEEDS = 3
MODULES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "LONGEST_STEP_S": (sampling, (0.15, 0.5)),
    "SCALE_TICKS": (features, (45, 450)),
    "LAG": (features, (2, 5)),
    "_SCALE_SHARE": (features, (0.5, 0.9)),
    "_LIMB_SHARE": (features, (0.5, 0.9)),
    "_SEEN": (features, (0.05, 0.3)),
    "LAG_S": (examples, (0.15, 0.45)),
    "UNSURE_S": (examples, (0.0, 0.3)),
}
"""Where a constant is, and values beside the one in use."""

FOREST: dict[str, tuple[float, ...]] = {
    "trees": (8, 32),
    "leaves": (200, 800),
    "leaf_windows": (4, 16),
    "share": (0.15, 0.6),
}


def row(sources: Sources, name: str, settings: ForestSettings) -> list[str]:
    """The name with falls caught and clips silent, of all sources together."""
    forests, cells = forests_of(all_examples(sources), settings), []
    for clips in CLIPS:
        found = results(judged(cases_of(sources, CHANGES[clips]), forests), LIMITS["normal"])
        one = Evaluation("", "", tuple(clip for part in found.values() for clip in part.clips))
        cells += [share(one.recall), share(one.clean)]
    print("| " + " | ".join([name, *cells]) + " |", flush=True)
    return [name, *cells]


def constants(sources: Sources) -> str:
    rows = [row(sources, f"as they are, seed {seed}", replace(FEWER, seed=seed)) for seed in range(SEEDS)]
    for name, (module, values) in MODULES.items():
        usual = getattr(module, name)
        for value in values:
            with patch.object(module, name, value):
                rows.append(row(sources, f"`{name.lstrip('_')}` {value:g}, not {usual:g}", FEWER))
    for name, numbers in FOREST.items():
        rows += [row(sources, f"`{name}` {value:g}", replace(FEWER, **{name: value})) for value in numbers]
    return table(["", "caught", "silent", *(f"{CLIPS[1]}: {what}" for what in ("caught", "silent"))], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--poses", type=Path, required=True)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    write_parts(arguments.markdown, {"constants": constants(read_sources(arguments.poses))})


if __name__ == "__main__":
    main()
