"""A person's own targets: how far they usually go in an exercise, by their own analyses."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

from posespotter.errors import PoseSpotterError
from posespotter.exercises.comparison import ANALYSIS_FILE, read_analysis
from posespotter.exercises.target import Target
from posespotter.runs.clips import clips_of
from posespotter.runs.notes.people import People
from posespotter.runs.run import RunState
from posespotter.runs.store import Library


@dataclass(frozen=True)
class OwnTarget:
    """A person's own depth.

    Attributes:
        name: of the person.
        goal: mean over all repetitions of all sessions, in the unit of the target.
        sessions: how many.
    """

    name: str
    goal: float
    sessions: int


def own_targets(library: Library, people: People, target: Target) -> Mapping[str, OwnTarget]:
    """Targets by the id of each person who has done the exercise; analyses that cannot be read are left out."""
    depths: dict[str, list[list[float]]] = {}
    runs = library.runs(kind="exercise", state=RunState.DONE)
    wanted = [run for run in runs if run.settings.get("exercise") == target.exercise.name]
    known = people.all()
    for clip in clips_of(wanted, people.sessions(), known):
        for run in clip.runs if clip.session.person in known else ():
            try:
                analysis = read_analysis(library.artefact(run.id, ANALYSIS_FILE).parent)
            except PoseSpotterError:  # of another version
                continue
            found = [one.metrics.get(target.metric) for one in analysis.repetitions]
            values = [value for value in found if value is not None]
            if values and clip.session.person:
                depths.setdefault(clip.session.person, []).append(values)
    return {
        person: OwnTarget(known[person].name, fmean(chain.from_iterable(sessions)), len(sessions))
        for person, sessions in depths.items()
    }
