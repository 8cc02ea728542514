"""Several analyses that were asked for together: how far each is, and what came of it, as one table."""

from collections.abc import Sequence

import streamlit as st

from posespotter.runs import Run, RunState
from posespotter.ui.parts.choosing.asked import go_to
from posespotter.ui.shared import library
from posespotter.ui.words import STATE_WORDS, analysis_words, duration_words, plain, stage_words, told_apart


def batch(runs: Sequence[Run], *, key: str) -> None:
    """Show the analyses, asking again how far they are until all are over; `key` is that of the elements."""
    ids = [run.id for run in runs]
    going = any(not run.state.over for run in runs)
    st.fragment(lambda: _table(ids, key=key, going=going), run_every=2.0 if going else None)()


def _table(ids: Sequence[str], *, key: str, going: bool) -> None:
    runs = [run for run in library().runs() if run.id in ids]
    runs.sort(key=lambda run: run.id)
    if going and all(run.state.over for run in runs):
        st.rerun()
    done = sum(run.state.over for run in runs)
    st.progress(done / max(1, len(runs)), text=f"{done} of {len(runs)} done")
    names = told_apart({run.id: run.name for run in runs})
    for run in runs:
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            name = f"**{plain(names[run.id])}**"
            if st.button(name, icon=":material/open_in_new:", key=f"{key}-{run.id}", type="tertiary"):
                go_to([run.id])
            st.markdown(plain(_words(run)), width="content")
    rows = [_row(run) for run in runs if run.state is RunState.DONE]
    if rows:
        st.dataframe(rows, hide_index=True, key=f"{key}-table")


def _words(run: Run) -> str:
    if run.state is RunState.FAILED:
        return run.error
    if run.state is RunState.RUNNING:
        return f"{stage_words(run.stage)}, {run.percent:.0f} %"
    return analysis_words(run) if run.state is RunState.DONE else STATE_WORDS[run.state]


def _row(run: Run) -> dict[str, object]:
    counts = run.counts
    length = duration_words(counts["video_s"]) if counts.get("video_s") else ""
    row: dict[str, object] = {"Clip": run.name, "Length": length, "People": counts.get("people")}
    if run.kind == "exercise":
        row |= {
            "Exercise": str(run.settings.get("exercise", "")).replace("-", " "),
            "Repetitions": counts.get("repetitions"),
            "Good": counts.get("good"),
            "Faults": counts.get("faults"),
        }
    else:
        row["Falls"] = counts.get("falls")
    return row
