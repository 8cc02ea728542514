"""What do changed copies, motion capture and exercise clips bring? Two tables of docs/results/falls.md.

    python benchmarks/falls_synthesis.py --poses DIR [VARIANT...] [--markdown docs/results/falls.md]

`changes`: each source is judged as it is and as cameras elsewhere would have seen it (falls_changes.py), by a forest
that saw nothing of it. `synthesis`: the same of forests grown without one part of the synthesis, all sources together.
VARIANTs are the first words of its rows, to grow some of them only; then no document is changed.
"""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from falls_cases import LEFT_OUT, Case, cases_of, forests_of, judged, results
from falls_changes import CHANGES
from falls_sources import Sources, all_examples, read_sources

from falls import SMALL, share, table, write_parts
from posespotter.falls.events import LIMITS
from posespotter.falls.training.augmentation import NAMES
from posespotter.falls.training.evaluation import Evaluation
from posespotter.falls.training.forest import ForestSettings

FEWER = replace(SMALL, trees=16)
ASKED = (
    "5 frames a second", "joints err by 0.02, scores 0.6 of theirs", "nearly half below the picture", "tilted by 15°",
    "1.5 times as slow", "first seen 0.3 s before the fall",
)  # fmt: skip
"""The changes by which the parts of the synthesis are judged."""

SEEDS = 3
"""Forests grown for each variant: chance alone moves ten of the falls in changed clips."""

VARIANTS: dict[str, dict[str, Any]] = {
    "everything": {},
    "no motion capture": {"mocap": 0},
    "nor changed copies": {"mocap": 0, "copies": 0},
    "nor exercise clips": {"mocap": 0, "skip": ["exercise"]},
    **{f"nor, in the copies, {name}": {"mocap": 0, "without": name} for name in NAMES},
}
"""What is left out: motion capture, and one thing more."""


def evaluated(cases: dict[str, list[Case]], forests: dict[str, Any]) -> dict[str, Evaluation]:
    return results(judged(cases, forests), LIMITS["normal"])


def counted(ones: list[dict[str, Evaluation]]) -> tuple[int, int]:
    """Falls caught and clips silent, of all sources and changes."""
    found = [one for part in ones for one in part.values()]
    return sum(one.recall.hits for one in found), sum(one.clean.hits for one in found)


def mean_and_range(counts: list[int]) -> str:
    return f"{np.mean(counts):.1f} ({min(counts)}–{max(counts)})"


def changes(sources: Sources, settings: ForestSettings = SMALL) -> str:
    forests, rows = forests_of(all_examples(sources), settings), []
    for name, change in CHANGES.items():
        found = evaluated(cases_of(sources, change), forests)
        rows.append([name, *(f"{share(one.recall)}; {share(one.clean)}" for one in found.values())])
        print(rows[-1], flush=True)
    return table(["clips", *(f"{name}: caught; silent" for name in LEFT_OUT)], rows)


def synthesis(sources: Sources, variants: list[str]) -> str:
    usual = cases_of(sources, CHANGES["as they are"])
    changed = [cases_of(sources, CHANGES[name]) for name in ASKED]
    rows = []
    for name in variants:
        examples, counts = all_examples(sources, **VARIANTS[name]), []
        for seed in range(SEEDS):
            forests = forests_of(examples, replace(FEWER, seed=seed))
            as_they_are = counted([evaluated(usual, forests)])
            counts.append((*as_they_are, *counted([evaluated(cases, forests) for cases in changed])))
        rows.append([name, *(mean_and_range(list(column)) for column in zip(*counts, strict=True))])
        print("| " + " | ".join(rows[-1]) + " |", flush=True)
    return table(["trained on", "caught", "silent", "caught, changed clips", "silent, changed clips"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variants", nargs="*", metavar="VARIANT")
    parser.add_argument("--poses", type=Path, required=True)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    sources = read_sources(arguments.poses)
    if arguments.variants:
        synthesis(sources, [name for name in VARIANTS if any(name.startswith(one) for one in arguments.variants)])
    else:
        made = {"changes": changes(sources), "synthesis": synthesis(sources, list(VARIANTS))}
        write_parts(arguments.markdown, made)


if __name__ == "__main__":
    main()
