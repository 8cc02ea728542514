"""The runs that an address asks for: they may be gone, as a bookmark lives longer than a run."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from posespotter.errors import InputError
from posespotter.library import Run
from posespotter.ui.menu import entry
from posespotter.ui.shared import library


def runs_asked(run_ids: Sequence[str]) -> list[Run]:
    """Those of the runs that are there; where none is, the page says so and ends here."""
    runs = []
    for run_id in run_ids:
        try:
            runs.append(library().run(run_id))
        except InputError:  # deleted since, or no id at all
            continue
    if not runs:
        _say_that_it_is_gone()
        st.stop()
    return runs


@dataclass
class Started:
    """What a page has started and not shown yet.

    A second click runs the page once more, beside the first run, which ends where it next uses Streamlit. Who holds the
    lock from looking at `ids` to extending them starts nothing twice.

    Attributes:
        ids: of the runs.
        lock: held while runs are started.
    """

    ids: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def started(page: str) -> Started:
    """What a page has started in this session and not shown yet."""
    known: Started = st.session_state.setdefault(f"{page}-started", Started())
    return known


def go_to_started(page: str) -> None:
    """Show what the page has started, unless that was shown before."""
    ids = started(page).ids
    if ids:
        st.query_params.from_dict({"run": ids})
        ids.clear()
        st.rerun()


def _say_that_it_is_gone() -> None:
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown("### :material/search_off:", width="content")
        st.markdown("This run is not there any more: it was deleted, or the address is not complete.", width="content")
        outputs = entry("outputs")
        if st.button("Show the runs there are", icon=outputs.icon):
            st.query_params.clear()
            st.switch_page(outputs.script)
