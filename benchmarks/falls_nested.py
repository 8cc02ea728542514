"""Is a choice of features and labels that never saw a source as good there? The nested table of docs/results/falls.md.

    python benchmarks/falls_nested.py --poses DIR [--markdown docs/results/falls.md]

For each source that is left out, everything is chosen on the other sources alone, by forests that saw neither of the
two: which part of a fall is trained on (`RULES`), which features of a pool stay (all statistics of all signals; those
stay that lose most when they are shuffled), and the limit of "fall". The source is then judged once.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from falls_sources import SOURCES, Sources, all_examples, read_sources

from falls import HEAD, SMALL, cells, mean_and_worst, shuffled_losses, table, write_parts
from posespotter.falls import features
from posespotter.falls.training import examples as labelling
from posespotter.falls.training.evaluation import Evaluation
from posespotter.falls.training.examples import Examples
from posespotter.falls.training.forest import grown
from posespotter.falls.training.protocol import MISS_COSTS, chosen_limit, cost_of, curve_of

RULES = ((0.0, 1.0), (0.3, 0.6), (0.6, 0.6), (0.6, 1.0))
"""Shares of a fall that are left out as unclear, and seconds after the impact until which it is shown."""

MOST = 60
"""Features that may stay."""

_PLACES = ("head", "shoulder", "hip", "knee")
_ONLY = {
    "drop_05": _PLACES, "drop_1": _PLACES, "drop_2": _PLACES,
    "moved_1": ("head_x", "shoulder_x", "hip_x", "knee_x"),
    "high_1": ("head_down", "shoulder_down", "hip_down", "energy"), "mean_1": ("energy",),
}  # fmt: skip
"""Statistics that say nothing of a posture; the others say nothing of a place in the picture."""


def pool() -> dict[str, tuple[str, ...]]:
    """Every statistic of every signal that can say anything, as the table of `features`."""
    postures = [name for name in features.SIGNALS if name not in _PLACES and not name.endswith(("_x", "_down"))]
    return {statistic: _ONLY.get(statistic, tuple(postures)) for statistic in features._STATISTICS}


@contextmanager
def pooled() -> Iterator[list[str]]:
    """Let windows have all features of the pool; gives their names."""
    chosen = pool()
    names = [f"{name}_{statistic}" for statistic, ones in chosen.items() for name in ones]
    columns = {statistic: [features.COLUMN[name] for name in ones] for statistic, ones in chosen.items()}
    bounds = np.array([features._CLIPPED.get(n, (-np.inf, np.inf)) for ones in chosen.values() for n in ones])
    with (
        patch.multiple(features, _COLUMNS=columns, _BOUNDS=bounds, N_FEATURES=len(names)),
        patch.object(labelling, "N_FEATURES", len(names)),
    ):
        yield names


@dataclass(frozen=True, eq=False)
class Some:
    """A forest that looks at some of the features; a `Classifier`."""

    forest: Any
    kept: np.ndarray
    name: str = "forest"

    def probabilities(self, windows: np.ndarray) -> np.ndarray:
        """As of `FallClassifier`."""
        return self.forest.predict_proba(windows[:, self.kept]) if len(windows) else np.zeros((0, 3))


@dataclass(frozen=True, eq=False)
class Chosen:
    """What was chosen for a source without it, and what came of it."""

    source: str
    rule: tuple[float, float]
    kept: list[str]
    limit: float
    evaluation: Evaluation


def examples_by(sources: Sources, rule: tuple[float, float]) -> Examples:
    with patch.multiple(labelling, UNCLEAR_SHARE=rule[0], AFTER_S=rule[1]):
        return all_examples(sources)


def columns(examples: Examples, kept: np.ndarray) -> Examples:
    return replace(examples, features=examples.features[:, kept])


def nested(sources: Sources) -> list[Chosen]:
    clips = {name: [clip for clip in sources.clips if clip.source == name] for name in SOURCES}

    def curve(forest: Some, source: str) -> dict[float, Evaluation]:
        return curve_of(clips[source], sources.of, forest)

    with pooled() as names:
        everything = np.arange(len(names))
        windows, inner, losses = {}, {}, {}
        for rule in RULES:
            windows[rule] = all_windows = examples_by(sources, rule)
            for pair in combinations(SOURCES, 2):
                forest = grown(all_windows.without(pair), SMALL)
                for left, judged in (pair, pair[::-1]):
                    inner[rule, left, judged] = curve(Some(forest, everything), judged)
                    losses[rule, left, judged] = shuffled_losses(all_windows, forest, judged)
            print(rule, time.strftime("%H:%M:%S"), flush=True)
        found = []
        for source in SOURCES:
            others = [name for name in SOURCES if name != source]

            def cost(rule: tuple[float, float], source: str = source, others: list[str] = others) -> float:
                curves = [inner[rule, source, one] for one in others]
                limit = chosen_limit(curves, MISS_COSTS["normal"])
                return float(np.mean([cost_of(one[limit], MISS_COSTS["normal"]) for one in curves]))

            rule = min(RULES, key=cost)
            loss = np.mean([losses[rule, source, one] for one in others], axis=0)
            kept = np.array(sorted(i for i in np.argsort(-loss)[:MOST] if loss[i] > 0))
            few = columns(windows[rule], kept)
            curves = [curve(Some(grown(few.without([source, one]), SMALL), kept), one) for one in others]
            limit = chosen_limit(curves, MISS_COSTS["normal"])
            judged = curve(Some(grown(few.without([source]), SMALL), kept), source)[limit]
            found.append(Chosen(source, rule, [names[i] for i in kept], limit, judged))
            print(source, rule, len(kept), limit, judged.recall, judged.clean, time.strftime("%H:%M:%S"), flush=True)
    return found


def written(rounds: list[Chosen]) -> str:
    today = {feature.name for feature in features.FEATURES}
    head = [HEAD[0], "label: unclear share, after", "features; of these in use", *HEAD[1:]]
    rows = []
    for one in rounds:
        first, *rest = cells(one.source, f"{one.limit:g}", one.evaluation)
        share, after = one.rule
        rows.append([first, f"{share:g}, {after:g} s", f"{len(one.kept)}; {len(today & set(one.kept))}", *rest])
    return f"{table(head, rows)}\n\n{mean_and_worst([one.evaluation for one in rounds])}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--poses", type=Path, required=True)
    parser.add_argument("--markdown", type=Path)
    arguments = parser.parse_args()
    text = written(nested(read_sources(arguments.poses)))
    print(text)
    write_parts(arguments.markdown, {"nested": text})


if __name__ == "__main__":
    main()
