"""Names and values in two columns."""

from collections.abc import Mapping
from html import escape

import streamlit as st


def facts(values: Mapping[str, object]) -> None:
    """Show each name with its value, as text."""
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(_words(value))}</dd>" for name, value in values.items())
    st.html(f'<dl class="ps-facts">{lines}</dl>')


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(one) for one in value) or "none" if isinstance(value, list | tuple) else str(value)
