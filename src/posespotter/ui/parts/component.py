"""Streamlit components made of the files beside a module."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer


def component(
    files: Path, *, html: str | None = None, css: Sequence[Path] = (), js: Sequence[Path] = ()
) -> ComponentRenderer:
    """A component named after its files, to be made when its module is imported.

    Registering it in each run of a page would make browsers load it anew.

    Args:
        files: path of its `.html`, `.css` and `.js`, without the suffix.
        html: stands in place of the `.html`.
        css: further style sheets, after its own.
        js: scripts that it uses, before its own.
    """
    return st.components.v2.component(
        f"posespotter.{files.name}",
        html=_text(files.with_suffix(".html")) if html is None else html,
        css="".join(_text(one) for one in [files.with_suffix(".css"), *css]),
        js="".join(_text(one) for one in [*js, files.with_suffix(".js")]),
    )


def _text(file: Path) -> str:
    return file.read_text("utf-8")
