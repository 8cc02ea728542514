"""Clips as cards: picture, name, person, result, date, and their analyses. A click opens or selects one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from posespotter.runs import Run, RunState
from posespotter.runs.clips import Clip
from posespotter.ui.menu import MenuEntry, entry
from posespotter.ui.parts.component import component
from posespotter.ui.shared import library
from posespotter.ui.words import KIND_ICONS, KIND_WORDS, STATE_WORDS, analysis_words, day_words, found_words, when_words

_HERE = Path(__file__).parent

_component = component(_HERE / "gallery", html='<div class="gallery"></div>', js=[_HERE / "element.js"])


def gallery(clips: Sequence[Clip], *, key: str, selecting: bool = False) -> list[str]:
    """Show clips with their analyses; a click on one leads to its page among the outputs.

    Args:
        clips: in the order in which they are shown.
        key: of the element; it keeps what is selected.
        selecting: a click selects instead of opening.

    Returns:
        the ids of the clips' heads that are selected.
    """
    outputs = entry("outputs")
    chosen = _component(
        key=key,
        data={"cards": [_card(clip) for clip in clips], "selecting": selecting, "page": f"/{outputs.url_path}"},
        default={"selected": []},
        on_open_change=lambda: None,
        on_selected_change=lambda: None,
    )
    if chosen.open:
        run = next((run for clip in clips for run in clip.runs if run.id == chosen.open), None)
        page = outputs if run is None or any(run is clip.head for clip in clips) else page_of(run)
        st.switch_page(page.script, query_params={"run": str(chosen.open)})
    ids = {clip.head.id for clip in clips}
    return [str(one) for one in chosen.selected or () if one in ids] if selecting else []


def page_of(run: Run) -> MenuEntry:
    """Page that shows a run best: its own for a finished analysis, the outputs for everything else."""
    own = {"exercise": "movement_analyzer", "falls": "fall_detection", "test": "everyday_tests"}.get(run.kind)
    return entry(own if own and run.state is RunState.DONE else "outputs")


def _card(clip: Clip) -> dict[str, Any]:
    run = clip.head
    when = day_words(clip.session.day) if clip.session.day else when_words(run.created_at, st.context.timezone)
    state = "" if run.state is RunState.DONE else STATE_WORDS[run.state]
    return {
        "id": run.id,
        "name": run.name,
        "person": clip.person.name if clip.person is not None else "",
        "kind": KIND_WORDS[run.kind],
        "icon": _icon(run),
        "facts": " · ".join(part for part in (found_words(run), when) if part),
        "state": f"{state} {run.percent:.0f} %" if run.state is RunState.RUNNING else state,
        "bad": run.state is RunState.FAILED,
        "picture": f"/thumbnails/{run.id}" if library().thumbnail(run.id) is not None else None,
        "analyses": [
            {
                "id": one.id,
                "icon": _icon(one),
                "words": analysis_words(one),
                "page": f"/{page_of(one).url_path}",
            }
            for one in clip.analyses
        ],
    }


def _icon(run: Run) -> str:
    return KIND_ICONS[run.kind].removeprefix(":material/").removesuffix(":")
