"""Clips with the windows of everybody in them, to be judged by many forests and with many limits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from falls_changes import Change
from falls_sources import SOURCES, Sources

from posespotter.falls.detect import analysis_of, people_in
from posespotter.falls.events import Limits, Sample
from posespotter.falls.features import N_FEATURES, stretch_features, stretch_signals
from posespotter.falls.monitor import Judged, samples_of
from posespotter.falls.sampling import reached, ticks_of
from posespotter.falls.training.data import FallClip
from posespotter.falls.training.evaluation import ClipResult, Evaluation, result_of
from posespotter.falls.training.examples import Examples
from posespotter.falls.training.forest import ForestSettings, grown
from posespotter.poses import PoseSequence

LEFT_OUT = (*SOURCES, "exercise")


@dataclass(frozen=True, eq=False)
class Case:
    """A clip with the windows of everybody in it.

    Attributes:
        clip: what is true.
        poses: as judged.
        people: for each person the ticks that may be judged, without probabilities.
        features: (N, F) of all of these, in their order.
    """

    clip: FallClip
    poses: PoseSequence
    people: list[list[Judged]]
    features: np.ndarray

    def judged(self, probabilities: np.ndarray) -> "JudgedCase":
        """The case with the (N, 3) probabilities of its windows."""
        samples: list[list[Sample]] = []
        for person in self.people:
            samples.append([])
            for one in person:
                own, probabilities = np.split(probabilities, [len(one.number)])
                samples[-1] += samples_of(replace(one, probabilities=own), (), self.poses.frame_size)
        return JudgedCase(self.clip, self.poses, samples)


@dataclass(frozen=True, eq=False)
class JudgedCase:
    """A clip with the samples of everybody in it."""

    clip: FallClip
    poses: PoseSequence
    samples: list[list[Sample]]

    def result(self, limits: Limits) -> ClipResult:
        """What comes of it."""
        return result_of(self.clip, analysis_of(self.poses, self.samples, "", limits))


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
    """By source."""
    return {
        name: [case_of(*change(clip, sources.of(clip))) for clip in sources.clips if clip.source == name]
        for name in LEFT_OUT
    }


def forests_of(examples: Examples, settings: ForestSettings) -> dict[str, Any]:
    """For each source a forest that saw nothing of it."""
    return {name: grown(examples.without([name]), settings) for name in LEFT_OUT}


def judged(cases: Mapping[str, list[Case]], forests: Mapping[str, Any]) -> dict[str, list[JudgedCase]]:
    """Each source by its forest."""
    found = {}
    for name, ones in cases.items():
        probabilities = forests[name].predict_proba(np.concatenate([case.features for case in ones]))
        parts = np.split(probabilities, np.cumsum([len(case.features) for case in ones])[:-1])
        found[name] = [case.judged(part) for case, part in zip(ones, parts, strict=True)]
    return found


def results(cases: Mapping[str, list[JudgedCase]], limits: Limits) -> dict[str, Evaluation]:
    """By source."""
    return {name: Evaluation("", "", tuple(one.result(limits) for one in ones)) for name, ones in cases.items()}
