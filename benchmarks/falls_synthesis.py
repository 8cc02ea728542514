"""What do changed copies, motion capture and exercise clips bring? Two tables of docs/results/falls.md.

    python benchmarks/falls_synthesis.py --poses DIR [VARIANT...] [--markdown docs/results/falls.md]

`changes`: each source is judged as it is and as cameras elsewhere would have seen it (falls_changes.py), by a forest
that saw nothing of it. `synthesis`: the same of forests grown without one part of the synthesis, all sources together.
VARIANTs are the first words of its rows, to grow some of them only; then no document is changed.
"""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from falls_changes import CHANGES, Change
from falls_sources import SOURCES, Sources, all_examples, read_sources

from falls import SMALL, share, table, write_parts
from posespotter.falls.detect import analysis_of, people_in
from posespotter.falls.events import LIMITS, Sample
from posespotter.falls.features import N_FEATURES, stretch_features, stretch_signals
from posespotter.falls.monitor import Judged, samples_of
from posespotter.falls.sampling import reached, ticks_of
from posespotter.falls.training.augmentation import NAMES
from posespotter.falls.training.data import FallClip
from posespotter.falls.training.evaluation import ClipResult, Evaluation, result_of
from posespotter.falls.training.examples import Examples
from posespotter.falls.training.forest import ForestSettings, grown
from posespotter.poses import PoseSequence

LEFT_OUT = (*SOURCES, "exercise")
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


@dataclass(frozen=True, eq=False)
class Case:
    """A clip with the windows of everybody in it, to be judged by many forests.

    Attributes:
        clip: what is true.
        poses: as judged.
        people: for each person the ticks that may be judged, without probabilities.
        features: of all of these, in their order.
    """

    clip: FallClip
    poses: PoseSequence
    people: list[list[Judged]]
    features: np.ndarray

    def result(self, probabilities: np.ndarray, limit: float) -> ClipResult:
        """What comes of the probabilities of all windows."""
        samples: list[list[Sample]] = []
        for person in self.people:
            samples.append([])
            for one in person:
                own, probabilities = np.split(probabilities, [len(one.number)])
                samples[-1] += samples_of(replace(one, probabilities=own), (), self.poses.frame_size)
        return result_of(self.clip, analysis_of(self.poses, samples, "", limit))


def case_of(clip: FallClip, poses: PoseSequence) -> Case:
    people, features = [], [np.zeros((0, N_FEATURES), np.float32)]
    for person in people_in(poses):
        frames, own = reached(person.time_s), []
        for ticks in ticks_of(person.time_s, person.points):
            columns, ends = stretch_signals(ticks.points, person.frame_size), np.flatnonzero(ticks.known)
            number = ticks.number[ends]
            rows = np.searchsorted(frames, number)
            own.append(Judged(number, person.time_s[rows], person.track_id[rows], columns[ends], np.zeros(0)))
            features.append(stretch_features(columns, ends))
        people.append(own)
    return Case(clip, poses, people, np.concatenate(features))


def cases_of(sources: Sources, change: Change) -> dict[str, list[Case]]:
    return {
        name: [case_of(*change(clip, sources.of(clip))) for clip in sources.clips if clip.source == name]
        for name in LEFT_OUT
    }


def forests_of(examples: Examples, settings: ForestSettings) -> dict[str, Any]:
    return {name: grown(examples.without([name]), settings) for name in LEFT_OUT}


def judged(cases: dict[str, list[Case]], forests: dict[str, Any]) -> dict[str, Evaluation]:
    limit, found = LIMITS["normal"], {}
    for name, ones in cases.items():
        probabilities = forests[name].predict_proba(np.concatenate([case.features for case in ones]))
        parts = np.split(probabilities, np.cumsum([len(case.features) for case in ones])[:-1])
        results = [case.result(part, limit) for case, part in zip(ones, parts, strict=True)]
        found[name] = Evaluation("", "", tuple(results))
    return found


def together(ones: list[dict[str, Evaluation]]) -> list[str]:
    """Two cells: falls caught and clips silent, of all sources and changes."""
    one = Evaluation("", "", tuple(clip for part in ones for found in part.values() for clip in found.clips))
    return [share(one.recall), share(one.clean)]


def changes(sources: Sources, settings: ForestSettings = SMALL) -> str:
    forests, rows = forests_of(all_examples(sources), settings), []
    for name, change in CHANGES.items():
        found = judged(cases_of(sources, change), forests)
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
            [name, *together([judged(usual, forests)]), *together([judged(cases, forests) for cases in changed])]
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
