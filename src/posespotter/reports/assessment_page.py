"""The report of a test: one file that a physiotherapist can read, keep, send and print."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from posespotter.assessments.checklist import exercise_of
from posespotter.assessments.result import Assessment, Event
from posespotter.assessments.result_words import (
    MEANS_WORDS,
    STARTED_WORDS,
    STATUS_WORDS,
    change_words,
    event_words,
    measurement_words,
    quantity,
    summary,
)
from posespotter.exercises.words.phrases import clock, numbers, sentence, spoken, view_words
from posespotter.reports.chart_style import BAND, FAULT, INCHES, INK, LIMIT, LINE, chart_style, new_figure, svg
from posespotter.reports.page import page_template, written_date
from posespotter.version import __version__

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TAGS = {"valid": "good", "look": "note", "invalid": "fault", "no_result": ""}
_MEANS = {"invalid": "fault", "look": "note", "note": ""}
_MOST_PICTURES = 10  # in a report, one an event
_PICTURED = ("onset", "up", "seat", "turn", "far", "bottom", "mark", "step")
_TURNS = 0.5  # below this confidence no one view is that of most of the time


@dataclass(frozen=True)
class AssessmentReport:
    """All that stands in the report of a test.

    Attributes:
        result: what was found.
        facts: what was done with what, in words: label and value.
        warnings: what was repaired or lost on the way.
        pictures: JPEG by frame, of the frames that `wanted_frames` names.
        from_video: whether the pictures are from the video, or drawn without one.
    """

    result: Assessment
    facts: Mapping[str, str]
    warnings: tuple[str, ...] = ()
    pictures: Mapping[int, bytes] = field(default_factory=dict)
    from_video: bool = True


def wanted_frames(result: Assessment) -> list[int]:
    """The frames of the events that are worth a picture; of many, those of sitting down again are left out first."""
    events = [event for event in result.events if event.name in _PICTURED]
    if len(events) > _MOST_PICTURES:
        events = [event for event in events if event.name != "seat" or event is events[-1]]
    return list(dict.fromkeys(event.frame for event in events))[:_MOST_PICTURES]


def render_assessment(report: AssessmentReport, made_at: datetime) -> str:
    """The report as one HTML page without scripts, whose policy forbids it to load anything."""
    result, test = report.result, report.result.definition
    value = "–" if result.value is None else f"{result.value:.{test.result.digits}f}".replace("-", "−")
    return page_template("assessment.html.j2").render(
        title=test.title,
        test=test,
        result=result,
        source=result.source,
        made_at=written_date(made_at),
        version=__version__,
        value=value,
        error=_error_words(result),
        status=STATUS_WORDS[result.status],
        tag="" if result.items else _TAGS[result.status],
        summary=summary(result),
        started=STARTED_WORDS[result.started_by],
        view=_seen_from(result),
        findings=[
            {"tag": _MEANS[one.means], "means": MEANS_WORDS[one.means], "sentence": sentence(one.sentence)}
            for one in result.findings
        ],
        pictures=[
            {"jpeg": report.pictures[event.frame], "words": _event_title(event), "when": clock(event.time_s)}
            for event in _first_of_frame(result)
            if event.frame in report.pictures
        ],
        numbers=[{"title": one.title, "words": measurement_words(one)} for one in result.measurements],
        events=event_rows(result),
        items=item_rows(result),
        charts=[
            {"width": width, "svg": svg(assessment_chart(result, inches), name=f"test-{width}")}
            for width, inches in INCHES.items()
            if np.isfinite(result.curve.values).any()
        ],
        change=change_words(test.result),
        facts=report.facts,
        warnings=report.warnings,
        from_video=report.from_video,
    )


def assessment_chart(result: Assessment, inches: float = 9.6) -> "Figure":
    """Chart of the measured signal over time, with the events as lines and the time of the test shaded."""
    import seaborn as sns

    curve = result.curve
    with chart_style():
        figure = new_figure(inches, 2.6)
        axis = figure.subplots()
        times = [event.time_s for event in result.events]
        if times:
            axis.axvspan(min(times), max(times), color=BAND, linewidth=0)
        axis.plot(curve.time_s, curve.values, color=LINE, linewidth=1.8, solid_capstyle="round")
        known = curve.values[np.isfinite(curve.values)]
        for label, level in curve.levels.items():
            axis.axhline(level, color=LIMIT, dashes=(5, 3), linewidth=1.0)
            axis.annotate(label, (1, level), xycoords=("axes fraction", "data"), xytext=(-2, 2),
                          textcoords="offset points", ha="right", color=LIMIT, fontsize=8.5)  # fmt: skip
        for event in result.events:
            colour = FAULT if event.name in {"onset", "mark"} else INK
            axis.axvline(event.time_s, color=colour, linewidth=0.8, alpha=0.6)
        axis.set_title(curve.title, loc="left", color=INK, fontsize=10.5, parse_math=False)
        if len(known):
            low, high = np.percentile(known, [0.5, 99.5])
            room = 0.15 * max(high - low, 1e-6)
            axis.set_ylim(min(low, *curve.levels.values(), low) - room, max(high, *curve.levels.values(), high) + room)
        axis.set_xlabel("time, s")
        axis.margins(x=0.01)
        sns.despine(ax=axis, left=True)
    return figure


def _error_words(result: Assessment) -> str:
    if result.value is None or result.items or result.error == 0:
        return ""
    return "± not known" if result.error is None else f"± {result.error:.{result.definition.result.digits}f}"


def _first_of_frame(result: Assessment) -> list[Event]:
    shown: dict[int, Event] = {}
    for event in result.events:
        if event.name in _PICTURED:
            shown.setdefault(event.frame, event)
    return list(shown.values())


def _event_title(event: Event) -> str:
    number = f" {event.number}" if event.number else ""
    return f"{event.side} {event_words(event.name)}{number}".strip().capitalize()


def event_rows(result: Assessment) -> list[dict[str, str]]:
    """The moments of a test in words: `title`, `when`, `frame`, and `value` where one was measured."""
    angles = result.definition.result.unit == "°"
    return [
        {
            "title": _event_title(event),
            "when": f"{event.time_s:.2f} s",
            "frame": str(event.frame),
            "value": quantity(event.value, "°", 0) if event.value is not None and angles else "",
        }
        for event in result.events
    ]


def item_rows(result: Assessment) -> list[dict[str, Any]]:
    """The items of a checklist in words: `name`, `tag` and `words` of what was seen, `judged`, `reason`, `advice`."""
    if not result.items:
        return []
    rules = {rule.name: rule for rule in exercise_of(result.definition).check}
    rows = []
    for item in result.items:
        tag, words = ("note", f"seen in {numbers(item.seen)}") if item.seen else ("good", "not seen")
        if not item.judged:
            tag, words = "", "cannot tell"
        rule = rules[item.name]
        rows.append({"name": spoken(item.name), "tag": tag, "words": words, "judged": f"{item.judged} of {item.of}",
                     "reason": sentence(item.reason), "advice": rule.advice if item.seen else "",
                     "source": rule.source})  # fmt: skip
    return rows


def _seen_from(result: Assessment) -> str:
    who = ", ".join(f"#{i}" for i in result.track_ids) or "nobody"
    if result.view_confidence < _TURNS:
        return f"Person {who}, who turned, mostly {view_words(result.view)}"
    return f"Person {who}, {view_words(result.view)} ({result.view_confidence:.0%} sure)"
