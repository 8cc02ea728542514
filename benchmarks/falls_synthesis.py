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
    "5 frames a second", "joints err by 0.02, scores 0.6 of theirs", "a quarter below the picture",
    "nearly half below the picture", "a third left of the picture", "tilted by 15°", "0.7 times as high",
    "1.5 times as slow", "first seen 0.3 s before the fall",
)  # fmt: skip
"""The changes by which the parts of the synthesis are judged."""

VARIANTS: dict[str, dict[str, Any]] = {
    "everything": {},
    "everything, another seed": {"seed": 1},
    "everything, a third seed": {"seed": 2},
    "no changed copies": {"copies": 0},
    "one changed copy": {"copies": 1},
    "no motion capture": {"mocap": 0},
    "no exercise clips": {"skip": ["exercise"]},
    **{f"copies without: {name}": {"without": name} for name in NAMES},
}


def evaluated(cases: dict[str, list[Case]], forests: dict[str, Any]) -> dict[str, Evaluation]:
    return results(judged(cases, forests), LIMITS["normal"])


def together(ones: list[dict[str, Evaluation]]) -> list[str]:
    """Two cells: falls caught and clips silent, of all sources and changes."""
    one = Evaluation("", "", tuple(clip for part in ones for found in part.values() for clip in found.clips))
    return [share(one.recall), share(one.clean)]


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
        options = dict(VARIANTS[name])
        settings = replace(FEWER, seed=options.pop("seed", 0))
        forests = forests_of(all_examples(sources, **options), settings)
        rows.append(
            [name, *together([evaluated(usual, forests)]), *together([evaluated(cases, forests) for cases in changed])]
        )
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
