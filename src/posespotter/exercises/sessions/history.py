"""Sessions of one exercise over time, as a table: what was measured, how often, and what was found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from posespotter.exercises.comparison import Sample, StoredAnalysis
from posespotter.exercises.words.judgements import Finding


@dataclass(frozen=True)
class PastSession:
    """One analysis of a person's exercise.

    Attributes:
        day: when it was filmed.
        name: of the clip.
        view: from which it was seen.
        repetitions: how many.
        faults: in how many repetitions each was found, without those that a therapist has dismissed.
        dismissed: how many findings those were.
        metrics: each number over the repetitions, its unit at the end of its name.
    """

    day: date
    name: str
    view: str
    repetitions: int
    faults: dict[str, int]
    dismissed: int
    metrics: dict[str, Sample]


def past_session(analysis: StoredAnalysis, day: date, name: str, dismissed: Collection[Finding] = ()) -> PastSession:
    """Reduce an analysis to a row of a table over time.

    Args:
        analysis: as it is stored.
        day: when it was filmed.
        name: of the clip.
        dismissed: findings that are no faults.
    """
    found = [
        (index, fault.name)
        for index, one in enumerate(analysis.repetitions, 1)
        for fault in one.faults
        if fault.severity == "fault"
    ]
    kept = [fault for index, fault in found if (index, fault) not in dismissed]
    names = dict.fromkeys(metric for one in analysis.repetitions for metric in one.metrics)
    return PastSession(
        day=day,
        name=name,
        view=analysis.view,
        repetitions=len(analysis.repetitions),
        faults={fault: kept.count(fault) for fault in dict.fromkeys(kept)},
        dismissed=len(found) - len(kept),
        metrics={
            "duration_s": _sample([one.end_s - one.start_s for one in analysis.repetitions]),
            **{metric: _sample([one.metrics.get(metric) for one in analysis.repetitions]) for metric in names},
        },
    )


def _sample(values: Sequence[float | None]) -> Sample:
    known = np.array([value for value in values if value is not None], np.float64)
    return Sample(
        float(known.mean()) if len(known) else None, float(known.std(ddof=1)) if len(known) > 1 else None, len(known)
    )
