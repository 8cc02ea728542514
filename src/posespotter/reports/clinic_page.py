"""The report that a clinic gives to a client: short, in their language, made to be printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from posespotter.exercises.analysis import ExerciseAnalysis, Repetition
from posespotter.exercises.words.judgements import Said
from posespotter.exercises.words.phrases import apart, clock, metric_words, number, spoken, unit_words
from posespotter.reports.page import page_template
from posespotter.reports.translations import texts
from posespotter.version import __version__

_VERDICTS = {
    "good": "Good",
    "fault": "With a fault",
    "cannot_tell": "Cannot tell",
    "nothing_wrong_seen": "Nothing wrong seen",
}
_DISMISSED = "Judged by the therapist"


@dataclass(frozen=True)
class Found:
    """One kind of fault.

    Attributes:
        name, advice: in English.
        repetitions: in which it was found.
        confirmed: whether the therapist confirmed it in one of them.
        comments: of the therapist.
        picture: JPEG of one such moment; None without.
    """

    name: str
    advice: str
    repetitions: list[int]
    confirmed: bool
    comments: list[str]
    picture: bytes | None


@dataclass(frozen=True)
class Row:
    """One repetition; verdict, level and what was found in English."""

    index: int
    time: str
    verdict: str
    level: str
    found: list[str]


@dataclass(frozen=True)
class ClinicReport:
    """The content of the page, in English where it is translated.

    Attributes:
        clinic, logo: name, and picture as a data address; empty without.
        person: whose it is; empty for nobody's.
        day: when it was filmed.
        comment: of the therapist on the whole.
        exercise, view: title, and from where it was seen.
        rows: the repetitions.
        counts: of each verdict, how many.
        findings: those that were not dismissed.
        measures: title, mean and spread of each number.
        levels: whether it is told how far each repetition went.
        limits: those for this person: name of the check, limit, usual limit, reason.
    """

    clinic: str
    logo: str
    person: str
    day: date
    comment: str
    exercise: str
    view: str
    rows: Sequence[Row]
    counts: Sequence[tuple[str, int]]
    findings: Sequence[Found]
    measures: Sequence[tuple[str, str, str]]
    levels: bool
    limits: Sequence[tuple[str, str, str, str]]


def clinic_report(
    analysis: ExerciseAnalysis,
    *,
    day: date,
    clinic: str = "",
    logo: str = "",
    person: str = "",
    comment: str = "",
    said: Said | None = None,
    pictures: Mapping[str, bytes] | None = None,
) -> ClinicReport:
    """Content of the report of an analysis; `pictures` by the name of the fault."""
    said = said or Said()
    rows = [_row(one, said) for one in analysis.repetitions]
    verdicts = [row.verdict for row in rows]
    return ClinicReport(
        clinic=clinic,
        logo=logo,
        person=person,
        day=day,
        comment=comment,
        exercise=analysis.definition.title,
        view=analysis.view,
        rows=rows,
        counts=[(verdict, verdicts.count(verdict)) for verdict in dict.fromkeys(sorted(verdicts))],
        findings=_findings(analysis, said, pictures or {}),
        measures=_measures(analysis),
        levels=any(row.level for row in rows),
        limits=[
            (spoken(rule.name), *apart(rule.limit, rule.instead_of or 0.0, rule.unit), rule.reason)
            for rule in analysis.definition.of_person
        ],
    )


def render_clinic(report: ClinicReport, language: str) -> str:
    """The report as one HTML page in a language; names and comments may hold anything, they are escaped."""
    translate = texts(language).gettext
    template = page_template("clinic.html.j2")
    return template.render(report=report, language=language, _=translate, version=__version__)


def _kept(repetition: Repetition, said: Said) -> list[str]:
    return [
        fault.name for fault in repetition.faults
        if fault.severity == "fault" and (repetition.index, fault.name) not in said.dismissed
    ]  # fmt: skip


def _row(repetition: Repetition, said: Said) -> Row:
    kept = _kept(repetition, said)
    overruled = repetition.verdict == "fault" and not kept
    return Row(
        index=repetition.index,
        time=f"{clock(repetition.start_s)} – {clock(repetition.end_s)}",
        verdict=_DISMISSED if overruled else _VERDICTS[repetition.verdict],
        level=repetition.level or "",
        found=[spoken(name) for name in kept],
    )


def _findings(analysis: ExerciseAnalysis, said: Said, pictures: Mapping[str, bytes]) -> list[Found]:
    advice = {rule.name: rule.advice for rule in analysis.definition.check}
    where: dict[str, list[int]] = {}
    for repetition in analysis.repetitions:
        for name in _kept(repetition, said):
            where.setdefault(name, []).append(repetition.index)
    return [
        Found(
            name=spoken(name),
            advice=advice.get(name, ""),
            repetitions=indices,
            confirmed=any((index, name) in said.confirmed for index in indices),
            comments=[text for index in indices if (text := said.comments.get((index, name)))],
            picture=pictures.get(name),
        )
        for name, indices in where.items()
    ]


def _measures(analysis: ExerciseAnalysis) -> list[tuple[str, str, str]]:
    measures = []
    for metric in analysis.definition.metric:
        values = [one.metrics.get(metric.name) for one in analysis.repetitions]
        known = np.array([value for value in values if value is not None], np.float64)
        title, unit = metric_words(metric.name)
        if len(known):
            spread = number(float(known.std(ddof=1)), unit) if len(known) > 1 else ""
            sign = (unit_words(unit).split() or [""])[0]  # of "% of body height" the title has the rest
            space = "" if sign == "°" else " "
            measures.append((title, f"{number(float(known.mean()), unit)}{space}{sign}".strip(), spread))
    return measures
