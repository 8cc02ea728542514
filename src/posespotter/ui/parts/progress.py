"""Progress of jobs: a bar for one of them, and a few words in the menu of every page."""

from collections.abc import Sequence

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.jobs.submit import cancel
from posespotter.runs import Run, RunState
from posespotter.ui.menu import entry
from posespotter.ui.shared import library, worker
from posespotter.ui.words import duration_words, plain, plural, stage_words

_STILL = (RunState.QUEUED, RunState.RUNNING)


@st.fragment(run_every=1.0)
def job_progress(run_id: str) -> None:
    """The progress bar of a run, with a button to cancel it; the page is redrawn at its end."""
    run = library().run(run_id)
    if run.state.over:
        st.rerun()
    with st.container(border=True):
        name, button = st.columns([5, 1], vertical_alignment="center")
        name.markdown(f"**{plain(run.name)}**")
        if button.button("Cancel", key=f"cancel-{run_id}", icon=":material/close:", width="stretch"):
            cancel(library(), run_id)
            st.rerun()
        st.progress(_share(run), text=_words(run))
        if run.state is RunState.QUEUED and worker.state == "none":
            st.caption("No worker is running; the job waits until one does.")


def jobs_in_menu() -> None:
    """The jobs that wait or run, each a link to its progress."""
    known = [_going()]  # when the page is drawn; the menu asks again whenever it is drawn alone

    def menu() -> None:
        _show_in_menu(known.pop() if known else _going())

    st.fragment(menu, run_every=2.0 if known[0] else 6.0)()  # each costs the server a run of Streamlit's script


def _going() -> list[Run]:
    try:
        return library().runs(state=_STILL, sort="oldest")
    except PoseSpotterError:  # said by the page itself
        return []


def _show_in_menu(runs: Sequence[Run]) -> None:
    if not runs:
        return
    st.caption(f"{plural(len(runs), 'job')} at work")
    for run in runs[:3]:
        st.progress(_share(run), text=f"{plain(_short(run.name))} · {_percent(run)}")
    # A link of Streamlit's to the page that is open already would lose its query.
    if st.button("Show the jobs", icon=":material/arrow_forward:", key="menu-jobs", type="tertiary"):
        st.switch_page(entry("inference").script, query_params={"run": [run.id for run in runs]})


def _share(run: Run) -> float:
    return min(1.0, max(0.0, run.percent / 100))


def _percent(run: Run) -> str:
    return "waiting" if run.state is RunState.QUEUED else f"{run.percent:.0f} %"


def _words(run: Run) -> str:
    if run.state is RunState.QUEUED:
        return "Waiting for its turn"
    parts = [stage_words(run.stage).capitalize(), f"{run.percent:.0f} %"]
    if run.rate:
        parts.append(f"{run.rate:.1f} frames/s")
    if run.time_left_s is not None:
        parts.append(f"{duration_words(run.time_left_s)} left")
    return " · ".join(parts)


def _short(name: str, longest: int = 28) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"
