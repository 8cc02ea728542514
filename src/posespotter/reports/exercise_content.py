"""The content of the report, put together from the analyses; `exercise_page` lays it out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from posespotter.drawing.exercise_video import Wanted
from posespotter.exercises.analysis import Check, ExerciseAnalysis, Fault, Repetition
from posespotter.exercises.curves import Curves
from posespotter.exercises.definitions.definition import CheckRule, Metric
from posespotter.exercises.measures import IN_SPACE
from posespotter.exercises.words import phrases as words
from posespotter.exercises.words.explanation import own_limits
from posespotter.exercises.words.judgements import Said, dismissed_in, overruled
from posespotter.kinematics.measurement_errors import measure_error
from posespotter.reports.charts import fault_chart, signal_chart, svg

Content = dict[str, Any]

_FLAT = {"sagittal": {"left", "right"}, "frontal": {"front", "rear"}}
"""Views in which the plane of an exercise lies in the picture, so that its angles are those of the picture."""


@dataclass(frozen=True)
class Person:
    """One exerciser.

    Attributes:
        analysis: what was found.
        curves: the measures over time.
        pictures: JPEG of the moments that `wanted_pictures` names.
        clips: file names of the clips of faults, relative to the report, by repetition and name of the fault.
        said: what the therapist says of the faults.
    """

    analysis: ExerciseAnalysis
    curves: Curves
    pictures: Mapping[Wanted, bytes] = field(default_factory=dict)
    clips: Mapping[tuple[int, str], str] = field(default_factory=dict)
    said: Said = field(default_factory=Said)

    def wanted_pictures(self) -> list[Wanted]:
        """The bottom of each repetition, and the worst moment of each fault."""
        ids = self.analysis.track_ids
        frames = [repetition.bottom_frame for repetition in self.analysis.repetitions]
        frames += [
            self.curves.worst_frame(fault, repetition)
            for repetition in self.analysis.repetitions
            for fault in words.worst_faults(repetition)
        ]
        return [(frame, ids) for frame in dict.fromkeys(frames)]


@dataclass(frozen=True)
class Report:
    """All that stands in a report.

    Attributes:
        people: those who exercise, the main one first.
        facts: what was done with what, in words: label and value.
        warnings: what was repaired or lost on the way.
        from_video: whether the pictures are from the video, or drawn without one.
        judged: what tells the therapist's words in it from others; empty without.
    """

    people: tuple[Person, ...]
    facts: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    from_video: bool = True
    judged: str = ""


def person_content(person: Person, number: int, *, of_several: bool) -> Content:
    """Everything that the page shows of one person, as the therapist sees it."""
    dismissed = _dismissed(person)
    person = replace(person, analysis=overruled(person.analysis, person.said))
    analysis = person.analysis
    return {
        "limits": own_limits(analysis.definition),
        "dismissed": dismissed,
        "looked_through": looked_through(person.said),
        "heading": f"Person #{analysis.track_id}" if of_several else "",
        "count": analysis.count,
        "good": sum(repetition.verdict == "good" for repetition in analysis.repetitions),
        "seen": sum(repetition.verdict == "nothing_wrong_seen" for repetition in analysis.repetitions),
        "fault": sum(repetition.verdict == "fault" for repetition in analysis.repetitions),
        "open": sum(repetition.verdict == "cannot_tell" for repetition in analysis.repetitions),
        "summary": words.summary(analysis),
        "notes": words.notes(analysis),
        "levels": words.levels(analysis),
        "coverage": " ".join(filter(None, [words.coverage(analysis), words.unfollowed(analysis)])),
        "repetitions": [_repetition(person, repetition) for repetition in analysis.repetitions],
        "one_sided": any(repetition.side != "both" for repetition in analysis.repetitions),
        "metrics": _metrics(analysis),
        "charts": _charts(analysis, number) if len(analysis.series.time_s) else [],
        "faults": _faults(person, number),
        "advice": _advice(analysis),
        "checks": _checks(analysis, person.said),
        "not_judged": _not_judged(analysis),
        "uncounted": [
            {"when": f"{words.clock(one.start_s)} to {words.clock(one.end_s)}", "reason": words.sentence(one.reason)}
            for one in analysis.uncounted
        ],
        "stretches": _stretches(analysis),
    }


def looked_through(said: Said) -> str:
    """One sentence on how many findings the therapist confirmed and dismissed; empty where none was."""
    parts = [
        f"{words.counted(len(found), 'finding')} {what}"
        for found, what in ((said.confirmed, "confirmed"), (said.dismissed, "dismissed as no fault"))
        if found
    ]
    return f"Looked through by the therapist: {words.listed(parts)}." if parts else ""


def _dismissed(person: Person) -> list[Content]:
    """Faults that the program found and the therapist dismissed."""
    return [
        {
            "name": words.spoken(fault.name),
            "repetition": repetition.index,
            "finding": words.sentence(fault.finding),
            "comment": person.said.comments.get((repetition.index, fault.name), ""),
        }
        for repetition in person.analysis.repetitions
        for fault in dismissed_in(repetition, person.said)
    ]


def _repetition(person: Person, repetition: Repetition) -> Content:
    picture = person.pictures.get((repetition.bottom_frame, person.analysis.track_ids))
    down = repetition.hold_start_s - repetition.start_s
    hold = repetition.hold_end_s - repetition.hold_start_s
    up = repetition.end_s - repetition.hold_end_s
    return {
        "index": repetition.index,
        "verdict": repetition.verdict,
        "verdict_words": words.VERDICTS[repetition.verdict],
        "when": f"{words.clock(repetition.start_s)} to {words.clock(repetition.end_s)}",
        "seconds": f"{repetition.end_s - repetition.start_s:.1f}",
        "tempo": f"{down:.1f} · {hold:.1f} · {up:.1f}",
        "side": "" if repetition.side == "both" else repetition.side,
        "view": repetition.view,
        "level": words.level_words(person.analysis, repetition),
        "faults": [{"name": words.spoken(fault.name), "severity": words.kind_of(fault)} for fault in repetition.faults],
        "judged": repetition.judged,
        "of": len(repetition.checks),
        "far_end": words.far_end(person.analysis, repetition),
        "picture": picture,
        "picture_when": words.clock(repetition.bottom_s),
    }


def _metrics(analysis: ExerciseAnalysis) -> Content:
    """The table of numbers: a column a metric, a row a repetition; the largest ± of each below."""
    columns, errors = [], []
    rows: list[Content] = [{"index": one.index, "values": []} for one in analysis.repetitions]
    for metric in analysis.definition.metric:
        if all(one.metrics.get(metric.name) is None for one in analysis.repetitions):
            continue  # why not is told of the checks
        title, unit = words.metric_words(metric.name)
        columns.append({"title": title[:1].upper() + title[1:], "unit": words.unit_words(unit).strip()})
        for row, one in zip(rows, analysis.repetitions, strict=True):
            row["values"].append(words.number(one.metrics.get(metric.name), unit))
        known = [_error(analysis, metric, one) for one in analysis.repetitions]
        told = [error for error in known if error is not None]
        errors.append(words.number(max(told), unit) if told else "")
    return {"columns": columns, "rows": rows, "errors": errors if any(errors) else []}


def _error(analysis: ExerciseAnalysis, metric: Metric, repetition: Repetition) -> float | None:
    """± of a number from where the camera saw the repetition; None without a number, and where nobody measured it."""
    if repetition.metrics.get(metric.name) is None:
        return None
    measure, flat = metric.parsed, repetition.view in _FLAT[analysis.definition.plane]
    known = measure_error(
        measure.text, repetition.view, "lifted" if measure.kind in IN_SPACE and not flat else "picture"
    )
    if known is None:
        return None
    return known.change if metric.statistic == "range" and isfinite(known.change) else known.plus_minus


def _charts(analysis: ExerciseAnalysis, number: int) -> list[Content]:
    return [
        {"width": width, "svg": svg(signal_chart(analysis, width), name=f"signals-{number}-{width}")}
        for width in ("wide", "narrow")
    ]


def _rule(analysis: ExerciseAnalysis, name: str) -> CheckRule | None:
    return next((rule for rule in analysis.definition.check if rule.name == name), None)


def _faults(person: Person, number: int) -> list[Content]:
    """A card for each fault; where a limit comes from is said once."""
    cards, told = [], set()
    for repetition in person.analysis.repetitions:
        for fault in words.worst_faults(repetition):
            card = _fault(person, repetition, fault, number)
            cards.append(card if fault.name not in told else card | {"source": ""})
            told.add(fault.name)
    return cards


def _fault(person: Person, repetition: Repetition, fault: Fault, number: int) -> Content:
    analysis = person.analysis
    rule = _rule(analysis, fault.name)
    subject = "duration of the phase" if rule is None or rule.measure is None else words.measure_words(rule.measure)
    frame = person.curves.worst_frame(fault, repetition)
    time_s, values = person.curves.of_fault(fault, repetition)
    chart = svg(fault_chart(fault, subject, time_s, values), name=f"fault-{number}-{repetition.index}-{fault.name}")
    return {
        "name": words.spoken(fault.name),
        "repetition": repetition.index,
        "when": f"{words.clock(fault.start_s)} to {words.clock(fault.end_s)}",
        "frames": f"{fault.start_frame} to {fault.end_frame}",
        "finding": words.sentence(fault.finding),
        "subject": subject,
        "confidence": f"{fault.confidence:.0%}",
        "advice": fault.advice,
        "source": rule.source if rule is not None else "",
        "confirmed": (repetition.index, fault.name) in person.said.confirmed,
        "comment": person.said.comments.get((repetition.index, fault.name), ""),
        "picture": person.pictures.get((frame, analysis.track_ids)),
        "clip": person.clips.get((repetition.index, fault.name), ""),
        "chart": chart if len(time_s) else "",
    }


def _advice(analysis: ExerciseAnalysis) -> list[Content]:
    """Advice, once a fault or note, the most frequent fault first."""
    advice = []
    for severity in ("fault", "note", "borderline"):
        for name, places in words.fault_places(analysis.repetitions, severity).items():
            faults = [fault for one in analysis.repetitions for fault in one.faults if fault.name == name]
            told = [fault for fault in faults if words.kind_of(fault) == severity]
            worst = max(told, key=lambda fault: abs(fault.value - fault.limit))
            advice.append({
                "name": words.spoken(name) + (" (borderline)" if severity == "borderline" else ""),
                "where": words.in_repetitions(places),
                "finding": words.sentence(f"{'at worst ' if len(told) > 1 else ''}{worst.finding}"),
                "advice": worst.advice,
                "severity": severity,
            })  # fmt: skip
    return advice


def _checks(analysis: ExerciseAnalysis, said: Said) -> list[Content]:
    """Each check of the exercise file, with how it came out."""
    table = []
    for rule in analysis.definition.check:
        outcomes: dict[str, list[int]] = {}
        values: list[float] = []
        for repetition in analysis.repetitions:
            for check in _named(repetition, rule.name):
                dismissed = (repetition.index, rule.name) in said.dismissed
                outcomes.setdefault("dismissed" if dismissed else check.verdict, []).append(repetition.index)
                values += [] if check.value is None else [check.value]
        above = rule.above is not None
        worst = (max(values) if above else min(values)) if values else None
        table.append({
            "name": words.spoken(rule.name),
            "limit": words.limit_words(rule.limit, rule.unit, above=above),
            "usual": "" if rule.instead_of is None else words.apart(rule.instead_of, rule.limit, rule.unit)[0],
            "worst": words.quantity(worst, rule.unit),
            "outcomes": [
                {"kind": kind, "words": words.VERDICTS.get(kind, kind), "where": words.numbers(outcomes[kind])}
                for kind in ("good", "fault", "note", "borderline", "cannot_tell", "dismissed")
                if kind in outcomes
            ],
            "source": rule.source,
        })  # fmt: skip
    return table


def _named(repetition: Repetition, name: str) -> list[Check]:
    return [check for check in repetition.checks if check.name == name]


def _not_judged(analysis: ExerciseAnalysis) -> list[Content]:
    """Checks that could not be judged, by reason."""
    found: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    by_check: dict[tuple[str, str], list[int]] = {}
    for repetition in analysis.repetitions:
        for check in repetition.checks:
            if check.verdict == "cannot_tell":
                by_check.setdefault((check.name, check.reason), []).append(repetition.index)
    for (name, reason), places in by_check.items():
        found.setdefault((reason, tuple(places)), []).append(words.spoken(name))
    everywhere = tuple(repetition.index for repetition in analysis.repetitions)
    return [
        {
            "names": words.listed(names),
            "reason": words.sentence(reason),
            "where": "" if places == everywhere else words.in_repetitions(places),
        }
        for (reason, places), names in found.items()
    ]


def _stretches(analysis: ExerciseAnalysis) -> list[Content]:
    """The parts of the clip: worth a table where there are several, or one in which nothing could be looked for."""
    return [
        {
            "when": f"{words.clock(part.start_s)} to {words.clock(part.end_s)}",
            "view": words.view_words(part.view),
            "confidence": f"{part.view_confidence:.0%}",
            "reason": " ".join(filter(None, [words.sentence(part.reason), words.tilt_words(part.camera_tilt_deg)])),
        }
        for part in analysis.stretches
    ]
