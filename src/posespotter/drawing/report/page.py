"""The page itself: a template, its content, and everything escaped that came from outside."""

import base64
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from posespotter import __version__
from posespotter.drawing.report.content import Report, person_content

if TYPE_CHECKING:
    from jinja2 import Template


def render_report(report: Report, made_at: datetime) -> str:
    """The report as one HTML page without scripts, whose policy forbids it to load anything.

    Args:
        report: what it says; names and texts may hold anything, they are escaped.
        made_at: the date that it bears.
    """
    analysis = report.people[0].analysis
    several = len(report.people) > 1
    return _template().render(
        title=analysis.definition.title,
        about=analysis.definition.about,
        exercise_source=analysis.definition.source,
        source=analysis.source,
        made_at=f"{made_at.day} {made_at:%B %Y, %H:%M}",
        version=__version__,
        facts=report.facts,
        warnings=report.warnings,
        from_video=report.from_video,
        people=[person_content(one, i, of_several=several) for i, one in enumerate(report.people, 1)],
    )


@lru_cache(maxsize=1)
def _template() -> "Template":
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("posespotter.drawing.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Charts are made here, of numbers and of texts that Matplotlib escapes.
    environment.filters["chart"] = Markup
    environment.filters["jpeg"] = _data_uri
    return environment.get_template("report.html.j2")


def _data_uri(picture: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode('ascii')}"
