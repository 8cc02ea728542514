"""Outputs: every run that was kept. `?run=` shows one of them."""

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.library import Run
from posespotter.library.index import Sort
from posespotter.ui.menu import entry
from posespotter.ui.parts.cards import card
from posespotter.ui.parts.downloads import Download, downloads
from posespotter.ui.parts.progress import job_progress
from posespotter.ui.parts.result import show_result
from posespotter.ui.shared import library
from posespotter.ui.words import KIND_ICONS, KIND_WORDS, plain, plural, size_words

_COLUMNS = 3
_A_PAGE = 12
_SORTS: dict[Sort, str] = {
    "newest": "Newest first", "oldest": "Oldest first", "name": "By name", "largest": "Largest first",
}  # fmt: skip


def gallery() -> None:
    """All runs as cards, with what narrows them down."""
    kind, text, sort, select = st.columns([4, 3, 2, 1.4], vertical_alignment="bottom")
    chosen = kind.pills(
        "Kind", list(KIND_WORDS), format_func=lambda one: f"{KIND_ICONS[one]} {KIND_WORDS[one]}", key="outputs-kind"
    )
    words = text.text_input("Search", placeholder="a part of the name", key="outputs-text", icon=":material/search:")
    order = sort.selectbox("Sort", list(_SORTS), format_func=lambda one: _SORTS[one], key="outputs-sort")
    selecting = select.toggle("Select", key="outputs-select")
    runs = library().runs(kind=chosen, text=words.strip(), sort=order)
    if not runs:
        nothing(narrowed=bool(chosen or words.strip()))
        return
    if selecting:
        selection_bar(runs)
    shown = st.session_state.setdefault("outputs-shown", _A_PAGE)
    for first in range(0, min(shown, len(runs)), _COLUMNS):
        for column, run in zip(st.columns(_COLUMNS), runs[first : first + _COLUMNS], strict=False):
            with column:
                card(run, page="outputs")
                if selecting:
                    st.checkbox(f"Select {plain(run.name)}", key=f"select-{run.id}")
    if len(runs) > shown and st.button(f"Show more of {len(runs)}", icon=":material/expand_more:"):
        st.session_state["outputs-shown"] = shown + _A_PAGE
        st.rerun()


def nothing(*, narrowed: bool) -> None:
    """What to do where there is nothing to see."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown("### :material/video_library:", width="content")
        if narrowed:
            st.markdown("No run fits. Search for something else, or show every kind.", width="content")
            return
        st.markdown("Nothing is kept yet. Find the poses in a video, and it appears here.", width="content")
        st.page_link(entry("inference").script, label="Find poses", icon=entry("inference").icon)


def selection_bar(runs: list[Run]) -> None:
    """What can be done with the runs that are selected."""
    selected = [run for run in runs if st.session_state.get(f"select-{run.id}")]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        size = size_words(sum(run.size_bytes for run in selected))
        st.markdown(f"**{plural(len(selected), 'run')}** selected · {size}", width="stretch")
        if st.button("Delete", icon=":material/delete:", disabled=not selected, key="delete-selected"):
            confirm_delete([run.id for run in selected])
    if selected:
        query = "&".join(f"run={run.id}" for run in selected)
        words = f"{plural(len(selected), 'run')}, all their files"
        downloads([Download(f"/archives?{query}", "Download as zip", words, size)], key="zip-selected")


@st.dialog("Delete for good?", icon=":material/delete:")
def confirm_delete(run_ids: list[str]) -> None:
    """Ask, then delete."""
    runs = [library().run(run_id) for run_id in run_ids]
    for run in runs[:5]:
        st.markdown(f"- **{plain(run.name)}** ({size_words(run.size_bytes)})")
    if len(runs) > 5:
        st.markdown(f"- and {plural(len(runs) - 5, 'other')}")
    st.markdown("Its video, joints and reports are removed from the disk." if len(runs) == 1
                else "Their videos, joints and reports are removed from the disk.")  # fmt: skip
    yes, no = st.columns(2)
    if yes.button("Delete", type="primary", icon=":material/delete:", width="stretch", key="delete-yes"):
        try:
            library().delete(run_ids)
        except PoseSpotterError as error:
            st.error(str(error), icon=":material/error:")
            return
        for run_id in run_ids:
            st.session_state.pop(f"select-{run_id}", None)
        st.query_params.clear()
        st.toast(f"{plural(len(runs), 'run')} deleted.", icon=":material/delete:")
        st.rerun()
    if no.button("Keep", width="stretch", key="delete-no"):
        st.rerun()


def detail(run_id: str) -> None:
    """One run in full."""
    run = library().run(run_id)
    back, remove = st.columns([5, 1], vertical_alignment="center")
    if back.button("All outputs", icon=":material/arrow_back:"):
        st.query_params.clear()
        st.rerun()
    if remove.button(
        "Delete", icon=":material/delete:", width="stretch", disabled=not run.state.over, key="delete-one"
    ):
        confirm_delete([run.id])
    st.subheader(plain(run.name), anchor=False)
    if not run.state.over:
        job_progress(run.id)
        return
    show_result(run, key=f"result-{run.id}")
    children = library().children(run.id)
    if children:
        st.subheader("Made from it")
        for column, child in zip(st.columns(_COLUMNS), children, strict=False):
            with column:
                card(child, page="outputs")


st.title("Outputs")
st.caption("Every run that was kept, with its video, its joints and what was found.")
asked = st.query_params.get("run")
if asked:
    detail(asked)
else:
    gallery()
