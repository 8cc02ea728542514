"""A run as a card: its picture, its name, what it found, when."""

from html import escape

import streamlit as st

from posespotter.library import Run, RunState
from posespotter.ui.shared import library
from posespotter.ui.words import KIND_ICONS, KIND_WORDS, STATE_WORDS, found_words, plain, when_words

_STATE_COLOURS = {
    RunState.QUEUED: "gray",
    RunState.RUNNING: "blue",
    RunState.FAILED: "red",
    RunState.CANCELLED: "orange",
}
_STATE_ICONS = {
    RunState.QUEUED: ":material/schedule:",
    RunState.RUNNING: ":material/progress_activity:",
    RunState.FAILED: ":material/error:",
    RunState.CANCELLED: ":material/block:",
}


def thumbnail(run: Run, *, link: str | None = None) -> None:
    """The run's picture, or a plain board of the same shape; `link` makes it lead somewhere."""
    if library().thumbnail(run.id) is None:
        inner = f'<div class="ps-thumb ps-thumb-none">{escape(KIND_WORDS[run.kind])}</div>'
    else:
        inner = f'<img class="ps-thumb" loading="lazy" src="/thumbnails/{run.id}" alt="{escape(run.name, quote=True)}">'
    st.html(f'<a href="{escape(link, quote=True)}" target="_self">{inner}</a>' if link else inner)


def badges(run: Run) -> None:
    """What kind of run it is, and its state where that is not simply done."""
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(KIND_WORDS[run.kind], icon=KIND_ICONS[run.kind], color="primary")
        if run.state is not RunState.DONE:
            words = f"{run.percent:.0f} %" if run.state is RunState.RUNNING else STATE_WORDS[run.state]
            st.badge(words, icon=_STATE_ICONS[run.state], color=_STATE_COLOURS[run.state])  # type: ignore[arg-type]
        elif run.error:
            st.badge("incomplete", icon=":material/warning:", color="orange", help=run.error)


def card(run: Run, *, page: str) -> None:
    """The run in a frame of its own; its picture and a button open it on `page` ("outputs")."""
    with st.container(border=True, key=f"card-{run.id}"):
        thumbnail(run, link=f"/{page}?run={run.id}")
        st.markdown(f"**{plain(run.name)}**")
        when = when_words(run.created_at, st.context.timezone)
        st.caption(" · ".join(part for part in (found_words(run), when) if part))
        badges(run)
