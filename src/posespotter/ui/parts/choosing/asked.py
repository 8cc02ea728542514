"""The runs that an address asks for: they may be gone, as a bookmark lives longer than a run."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from posespotter.errors import InputError
from posespotter.runs import Run
from posespotter.ui.menu import entry
from posespotter.ui.shared import library

_SECOND_CLICK_S = 5.0  # after the first one was served; later than that a click means something new


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
    """The last job that a page has started.

    A second click runs the page once more: beside the first run, which ends where it next uses Streamlit, or after it,
    with the address from before. Who holds the lock while runs are started starts none twice.

    Attributes:
        lock: held from asking for `again` to `note`.
        ids: of the runs.
    """

    lock: threading.Lock = field(default_factory=threading.Lock)
    ids: list[str] = field(default_factory=list)
    _asked: object = None
    _at_s: float = 0.0

    def note(self, asked: object, ids: list[str]) -> None:
        """These runs were started by what was asked for; or nothing was, and the next click means something new."""
        self.ids, self._asked, self._at_s = ids, asked, time.monotonic()

    def just_now(self) -> bool:
        """Whether a click may be the second one of those that started the runs."""
        return bool(self.ids) and time.monotonic() - self._at_s < _SECOND_CLICK_S

    def again(self, asked: object) -> bool:
        """Whether the same was asked for just now."""
        return self.just_now() and self._asked == asked


def started(page: str) -> Started:
    """The last job that a page has started in this session."""
    known: Started = st.session_state.setdefault(f"{page}-started", Started())
    return known


def show_started(page: str) -> None:
    """Go on with what was started just now, unless something else is asked for. The first thing on a page."""
    begun = started(page)
    if begun.just_now() and "run" not in st.query_params:
        go_to(begun.ids)


def note_refusals(page: str, ids: Sequence[str], refusals: Sequence[str]) -> None:
    """Note why further files were refused when the jobs `ids` of a page were queued."""
    st.session_state[f"{page}-refused"] = (list(ids), list(refusals))


def show_refusals(page: str, ids: Sequence[str]) -> None:
    """Show the files that were refused when the jobs `ids` were queued, as long as the page shows these."""
    with_ids, refusals = st.session_state.get(f"{page}-refused", ([], []))
    for refusal in refusals if with_ids == list(ids) else ():
        st.error(refusal, icon=":material/block:")


def go_to(ids: Sequence[str]) -> None:
    """Show these runs."""
    st.query_params.from_dict({"run": list(ids)})
    st.rerun()


def _say_that_it_is_gone() -> None:
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(":material/search_off:", width="content")
        st.markdown("This run is not there any more: it was deleted, or the address is not complete.", width="content")
        outputs = entry("outputs")
        if st.button("Show the runs there are", icon=outputs.icon):
            st.query_params.clear()
            st.switch_page(outputs.script)
