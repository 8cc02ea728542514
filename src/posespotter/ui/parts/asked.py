"""The runs that an address asks for: they may be gone, as a bookmark lives longer than a run."""

from collections.abc import Sequence

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


def remember_started(page: str, run_ids: Sequence[str]) -> None:
    """Note what a page has started, as soon as it has: a second click breaks the page off before it can show that."""
    st.session_state[f"{page}-started"] = list(run_ids)


def go_to_started(page: str) -> None:
    """Show what the page has started, unless that was shown before."""
    if run_ids := st.session_state.get(f"{page}-started"):
        st.query_params.from_dict({"run": run_ids})
        del st.session_state[f"{page}-started"]
        st.rerun()


def _say_that_it_is_gone() -> None:
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown("### :material/search_off:", width="content")
        st.markdown("This run is not there any more: it was deleted, or the address is not complete.", width="content")
        outputs = entry("outputs")
        if st.button("Show the runs there are", icon=outputs.icon):
            st.query_params.clear()
            st.switch_page(outputs.script)
