"""Pages to keep, send and print: one file, no scripts, nothing loaded; all that came from outside is escaped.

A page extends `page.html.j2`, which has the looks, light and dark, on screens and on paper.
"""

import base64
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template


@lru_cache
def page_template(name: str) -> "Template":
    """The template `name`; filters: `chart` for SVG made here, `jpeg` for pictures, `upper_first` for words."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("posespotter.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Charts are made here, of numbers and of texts that Matplotlib escapes.
    environment.filters["chart"] = Markup
    environment.filters["jpeg"] = _data_uri
    environment.filters["upper_first"] = lambda text: text[:1].upper() + text[1:]
    return environment.get_template(name)


def written_date(moment: datetime) -> str:
    """`7 March 2026, 14:05`."""
    return f"{moment.day} {moment:%B %Y, %H:%M}"


def _data_uri(picture: bytes) -> str:
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode('ascii')}"
