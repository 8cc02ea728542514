"""Runs as cards: picture, name, what was found, when. A click opens one; with a tick they are chosen for more."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from posespotter.runs import Run, RunState
from posespotter.ui.menu import entry
from posespotter.ui.shared import library
from posespotter.ui.words import KIND_ICONS, KIND_WORDS, STATE_WORDS, found_words, when_words

_component = st.components.v2.component(
    "posespotter.gallery",
    html='<div class="gallery"></div>',
    css=(Path(__file__).parent / "gallery.css").read_text("utf-8"),
    js=(Path(__file__).parent / "gallery.js").read_text("utf-8"),
)


def gallery(runs: Sequence[Run], *, key: str, selecting: bool = False) -> list[str]:
    """Show runs; who clicks on one is taken to its page among the outputs.

    Args:
        runs: in the order in which they are shown.
        key: of the element; it keeps what is selected.
        selecting: a click selects instead of opening.

    Returns:
        the ids that are selected.
    """
    outputs = entry("outputs")
    chosen = _component(
        key=key,
        data={"cards": [_card(run) for run in runs], "selecting": selecting, "page": f"/{outputs.url_path}"},
        default={"selected": []},
        on_open_change=lambda: None,
        on_selected_change=lambda: None,
    )
    if chosen.open:
        st.switch_page(outputs.script, query_params={"run": str(chosen.open)})
    ids = {run.id for run in runs}
    return [str(one) for one in chosen.selected or () if one in ids] if selecting else []


def _card(run: Run) -> dict[str, Any]:
    when = when_words(run.created_at, st.context.timezone)
    state = "" if run.state is RunState.DONE else STATE_WORDS[run.state]
    return {
        "id": run.id,
        "name": run.name,
        "kind": KIND_WORDS[run.kind],
        "icon": KIND_ICONS[run.kind].removeprefix(":material/").removesuffix(":"),
        "facts": " · ".join(part for part in (found_words(run), when) if part),
        "state": f"{state} {run.percent:.0f} %" if run.state is RunState.RUNNING else state,
        "bad": run.state is RunState.FAILED,
        "picture": f"/thumbnails/{run.id}" if library().thumbnail(run.id) is not None else None,
    }
