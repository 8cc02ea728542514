"""Shared parts of charts over time: one kind at a time, days along the axis, a table to take along."""

import csv
import io
from collections.abc import Mapping, Sequence

import streamlit as st

DAY_AXIS = {"field": "day", "type": "temporal", "title": None, "axis": {"format": "%-d %b %Y", "labelOverlap": True}}
"""Vega-Lite: the days of the field `day`."""


def choose_kind(label: str, titles: Mapping[str, str], *, key: str) -> str:
    """The kind to look at, of `titles` by kind; asked only where there are several."""
    first = next(iter(titles))
    if len(titles) == 1:
        return first
    return str(
        st.segmented_control(
            label, list(titles), default=first, required=True, key=key, format_func=lambda one: titles[one]
        )
    )


def save_as_csv(rows: Sequence[Mapping[str, object]], file: str, *, key: str) -> None:
    """A button that saves a table with all columns that any row has; spreadsheets read its letters right."""
    text = io.StringIO()
    table = csv.DictWriter(text, list(dict.fromkeys(column for row in rows for column in row)))
    table.writeheader()
    table.writerows(rows)
    st.download_button(
        "Save as CSV", text.getvalue().encode("utf-8-sig"), file, "text/csv",
        icon=":material/download:", key=key, on_click="ignore",
    )  # fmt: skip
