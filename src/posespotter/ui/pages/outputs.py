"""Outputs: every clip that was kept, with its analyses. `?run=` shows one run."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.exercises import exercise_names, load_exercise
from posespotter.runs.clips import Clip, Wanted, clips_of
from posespotter.runs.index import Sort
from posespotter.runs.notes.people import Person
from posespotter.ui.menu import entry
from posespotter.ui.parts.choosing.asked import runs_asked
from posespotter.ui.parts.choosing.session import session_line
from posespotter.ui.parts.gallery import gallery
from posespotter.ui.parts.progress import job_progress
from posespotter.ui.parts.result.downloads import Download, downloads
from posespotter.ui.parts.result.result import show_result
from posespotter.ui.shared import library, people
from posespotter.ui.words import KIND_ICONS, KIND_WORDS, plain, plural, size_words

_A_PAGE = 12  # clips; each shows a picture
_SORTS: dict[Sort, str] = {
    "newest": "Newest first", "oldest": "Oldest first", "name": "By name", "largest": "Largest first",
}  # fmt: skip


def every_run() -> None:
    """All runs as cards, with what narrows them down."""
    chosen = st.pills(
        "Kind",
        list(KIND_WORDS),
        format_func=lambda one: f"{KIND_ICONS[one]} {KIND_WORDS[one]}",
        key="outputs-kind",
        label_visibility="collapsed",
        wrap=True,
    )
    text, narrow, sort, select = st.columns([4, 1.3, 2, 1.2], vertical_alignment="center")
    words = text.text_input(
        "Search",
        placeholder="Search by name, person, tag or note",
        key="outputs-text",
        icon=":material/search:",
        label_visibility="collapsed",
    )
    order = sort.selectbox(
        "Sort", list(_SORTS), format_func=lambda one: _SORTS[one], key="outputs-sort", label_visibility="collapsed"
    )
    selecting = select.toggle("Select", key="outputs-select")
    everybody = people().all()
    with narrow.popover("Filter", icon=":material/filter_alt:", width="stretch"):
        wanted = replace(ask_filter(everybody), kind=chosen, text=words.strip())
    clips = [
        clip for clip in clips_of(library().runs(sort=order), people().sessions(), everybody) if wanted.fits(clip)
    ]  # fmt: skip
    if not clips:
        nothing(narrowed=wanted != Wanted())
        return
    shown = st.session_state.setdefault("outputs-shown", _A_PAGE)
    bar = st.container()
    selected = gallery(clips[:shown], key="outputs-gallery", selecting=selecting)
    if selecting:
        with bar:
            selection_bar([clip for clip in clips if clip.head.id in selected])
    if len(clips) > shown and st.button(f"Show more of {len(clips)}", icon=":material/expand_more:"):
        st.session_state["outputs-shown"] = shown + _A_PAGE
        st.rerun()


def ask_filter(everybody: Mapping[str, Person]) -> Wanted:
    """Ask for a filter of clips beside their kind and the search."""
    person = st.selectbox(
        "Person", list(everybody), index=None, format_func=lambda one: everybody[one].name, key="outputs-person",
        placeholder="Everybody",
    )  # fmt: skip
    tags = sorted({tag for one in everybody.values() for tag in one.tags})
    tag = st.selectbox("Tag", tags, index=None, key="outputs-tag", placeholder="Every tag") if tags else None
    exercise = st.selectbox(
        "Exercise", exercise_names(), index=None, format_func=lambda one: load_exercise(one).title,
        key="outputs-exercise", placeholder="Every exercise",
    )  # fmt: skip
    since = st.date_input("From", None, key="outputs-since", format="YYYY-MM-DD")
    until = st.date_input("To", None, key="outputs-until", format="YYYY-MM-DD")
    return Wanted(person=person, tag=tag or "", exercise=exercise or "", since=since, until=until)


def nothing(*, narrowed: bool) -> None:
    """Advice where there is nothing to see."""
    with st.container(border=True, horizontal_alignment="center"):
        st.markdown(":material/video_library:", width="content")
        if narrowed:
            st.markdown("No run fits. Search for something else, or show every kind.", width="content")
            return
        st.markdown("Nothing is kept yet. Find the poses in a video, and it appears here.", width="content")
        st.page_link(entry("inference").script, label="Find poses", icon=entry("inference").icon)


def selection_bar(clips: list[Clip]) -> None:
    """Actions for the selected clips, with all runs of them."""
    if not clips:
        st.info("Click on the clips that you want to download or delete.", icon=":material/touch_app:")
        return
    selected = [run for clip in clips for run in clip.runs]
    size = size_words(sum(run.size_bytes for run in selected))
    query = "&".join(f"run={run.id}" for run in selected)
    with st.container(border=True):
        zipped, remove = st.columns([4, 1], vertical_alignment="center")
        with zipped:
            downloads(
                [Download(f"/archives?{query}", f"Download {plural(len(selected), 'run')}", "as a zip", size)],
                key="zip-selected",
            )
        if remove.button("Delete", icon=":material/delete:", key="delete-selected", width="stretch"):
            confirm_delete([run.id for run in selected])


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
    if yes.button("Delete", icon=":material/delete:", width="stretch", key="delete-yes"):
        try:
            library().delete(run_ids)
            people().tidy(library())
        except PoseSpotterError as error:
            st.error(str(error), icon=":material/error:")
            return
        st.query_params.clear()
        st.toast(f"{plural(len(runs), 'run')} deleted.", icon=":material/delete:")
        st.rerun()
    if no.button("Keep", width="stretch", key="keep-these"):
        st.rerun()


def detail(run_id: str) -> None:
    """One run in full."""
    (run,) = runs_asked([run_id])
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if st.button("All outputs", icon=":material/arrow_back:"):
            st.query_params.clear()
            st.rerun()
        if st.button("Delete", icon=":material/delete:", disabled=not run.state.over, key="delete-one"):
            confirm_delete([run.id])
    st.header(plain(run.name), anchor=False)
    session_line(run)
    if not run.state.over:
        job_progress(run.id)
        return
    show_result(run, key=f"result-{run.id}")
    children = library().children(run.id)
    if children:
        st.header("Made from it")
        gallery([Clip((one,)) for one in children], key=f"children-{run.id}")


st.title("Outputs")
st.caption("Every clip that was kept, with its joints and what was found in it.")
asked = st.query_params.get("run")
if asked:
    detail(asked)
else:
    every_run()
