"""The page itself: its template with its content."""

from datetime import datetime

from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.exercises.words.explanation import level_limits
from posespotter.reports.exercise_content import Report, person_content
from posespotter.reports.page import page_template, written_date
from posespotter.version import __version__


def render_report(report: Report, made_at: datetime) -> str:
    """The report as one HTML page without scripts, whose policy forbids it to load anything.

    Args:
        report: what it says; names and texts may hold anything, they are escaped.
        made_at: the date that it bears.
    """
    analysis = report.people[0].analysis
    several = len(report.people) > 1
    return page_template("report.html.j2").render(
        title=analysis.definition.title,
        about=analysis.definition.about,
        exercise_source=analysis.definition.source,
        level_source=_level_source(analysis.definition),
        source=analysis.source,
        made_at=written_date(made_at),
        version=__version__,
        facts=report.facts,
        warnings=report.warnings,
        from_video=report.from_video,
        judged=report.judged,
        people=[person_content(one, i, of_several=several) for i, one in enumerate(report.people, 1)],
    )


def _level_source(exercise: ExerciseDefinition) -> str:
    return f"{level_limits(exercise, exercise.level)} {exercise.level.source}" if exercise.level is not None else ""
