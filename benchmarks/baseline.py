"""Are wrong repetitions told from right ones by a person's own norm, by the norm of others, or by fixed limits?

    python benchmarks/baseline.py [--noise 0.01] [--json FILE]

Protocol (frozen; docs/results/baseline.md): motion capture of ten people (UI-PRMD), deep squats, right and wrong, each
repetition seen by a virtual camera from the side and from the front with noise on every joint, analysed as `squat`.
A person's first five right repetitions are their norm; the other right ones and all wrong ones are told apart

- by the distance to the person's own norm (`exercises.baseline.distance`),
- by the distance to the norm of the right repetitions of the nine other people,
- by the fixed limits: how far the worst check is beyond its limit, as a share of the limit.

AUC for each person, then their mean. "chosen" takes, for each person, the metrics that do best for the nine others.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from common import shared_folder
from mocap_clips import Episode, episodes, held, seen

from posespotter.exercises import analyze_exercise
from posespotter.exercises.baseline import DURATION, Baseline, distance, metric_names
from posespotter.exercises.baseline import baseline_of as norm_of
from posespotter.exercises.comparison import StoredAnalysis, StoredRepetition, stored

NORM = 5
VIEWS = {"side": 90.0, "front": 0.0}


@dataclass(frozen=True)
class Case:
    """One repetition.

    Attributes:
        subject, correct: as in the data.
        repetition: what the analysis says; None where none was counted.
        beyond: how far the worst check is beyond its limit, share of the limit.
    """

    subject: str
    correct: bool
    repetition: StoredRepetition | None
    beyond: float


def case_of(episode: Episode, yaw_deg: float, noise: float, seed: int) -> Case:
    """Analyse one repetition as a camera sees it."""
    analysis = analyze_exercise(seen(held(episode), yaw_deg, noise=noise, seed=seed), "squat")
    if not analysis.count:
        return Case(episode.subject, episode.correct, None, float("nan"))
    one = analysis.repetitions[0]
    signs = {rule.name: 1 if rule.above is not None else -1 for rule in analysis.definition.check}
    beyond = [
        signs[check.name] * (check.value - check.limit) / abs(check.limit)
        for check in one.checks
        if check.value is not None and check.verdict != "cannot_tell"
    ]
    return Case(episode.subject, episode.correct, stored(analysis).repetitions[0], max(beyond, default=float("nan")))


def auc(right: Sequence[float], wrong: Sequence[float]) -> float:
    """Share of pairs in which the wrong one has the larger value."""
    pairs = [(b > a) + 0.5 * (b == a) for a in right for b in wrong]
    return float(np.mean(pairs)) if pairs else float("nan")


def session(repetitions: Sequence[StoredRepetition]) -> StoredAnalysis:
    """Some repetitions as one session."""
    return StoredAnalysis(exercise="squat", view="left", repetitions=tuple(repetitions))


def only(norm: Baseline, names: Sequence[str]) -> Baseline:
    """A norm of some metrics."""
    return Baseline(norm.exercise, norm.view, norm.sources, {k: v for k, v in norm.metrics.items() if k in names})


def evaluate(cases: list[Case]) -> dict[str, object]:
    """AUC of every person by each way."""
    subjects = sorted({case.subject for case in cases})
    known = [case for case in cases if case.repetition is not None]
    names = metric_names([case.repetition for case in known if case.repetition is not None])
    subsets = [subset for k in range(1, len(names) + 1) for subset in combinations(names, k)]
    right = {s: [c.repetition for c in known if c.subject == s and c.correct and c.repetition] for s in subjects}
    wrong = {s: [c.repetition for c in known if c.subject == s and not c.correct and c.repetition] for s in subjects}

    def told(norm: Baseline, subject: str) -> float:
        scores = [
            [d for one in group if (d := distance(norm, one)) is not None]
            for group in (right[subject][NORM:], wrong[subject])
        ]
        return auc(*scores)

    usable = [s for s in subjects if len(right[s]) > NORM and wrong[s]]
    own = {s: norm_of([session(right[s][:NORM])]) for s in usable}
    others = {s: norm_of([session([r for o in usable if o != s for r in right[o]])]) for s in usable}
    fixed = {
        s: auc(
            [c.beyond for c in known if c.subject == s and c.correct][NORM:],
            [c.beyond for c in known if c.subject == s and not c.correct],
        )
        for s in usable
    }
    by_subset = {subset: {s: told(only(own[s], subset), s) for s in usable} for subset in subsets}
    chosen, picks = {}, {}
    for s in usable:
        best = max(subsets, key=lambda subset: np.nanmean([by_subset[subset][o] for o in usable if o != s]))
        chosen[s], picks[s] = by_subset[best][s], best
    every = {s: told(own[s], s) for s in usable}
    by_others = {s: told(others[s], s) for s in usable}
    single = {name: float(np.nanmean(list(by_subset[(name,)].values()))) for name in names}
    without = {s: told(only(own[s], [n for n in names if n != DURATION]), s) for s in usable}
    return {
        "people": len(usable),
        "repetitions": len(cases),
        "not counted": len(cases) - len(known),
        "own norm, all metrics": every,
        "own norm, without duration": without,
        "own norm, chosen on the others": chosen,
        "norm of the others": by_others,
        "fixed limits": fixed,
        "one metric alone": single,
        "chosen": {s: list(pick) for s, pick in picks.items()},
    }


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--noise", type=float, default=0.01)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    data = episodes(shared_folder() / "data/mocap/uiprmd_deep_squat.npz")
    results = {}
    for view, yaw in VIEWS.items():
        cases = [case_of(one, yaw, options.noise, seed) for seed, one in enumerate(data)]
        results[view] = found = evaluate(cases)
        print(
            f"{view}: {found['people']} people, {found['repetitions']} repetitions, {found['not counted']} not counted"
        )
        for way, aucs in found.items():
            if isinstance(aucs, dict) and way not in {"chosen", "one metric alone"}:
                values = np.array(list(aucs.values()), float)
                print(f"  {way:32} AUC {np.nanmean(values):.2f}  ({np.nanmin(values):.2f} to {np.nanmax(values):.2f})")
        print("  one metric alone:", {name: round(value, 2) for name, value in found["one metric alone"].items()})
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
