"""What a therapist says of the faults that the program found: confirmed or dismissed, with a comment."""

from collections.abc import Sequence

import streamlit as st

from posespotter.exercises.analysis import ExerciseAnalysis, Fault, Repetition
from posespotter.runs import Run
from posespotter.runs.notes.people import Session
from posespotter.ui.shared import people
from posespotter.ui.words import plain, plural

_VERDICTS = {"confirmed": ":material/check: Right", "dismissed": ":material/close: No fault"}


def judging(run: Run, track_id: int, repetition: int, fault: str) -> None:
    """The choice whether a fault is one, and a comment; both are kept at once."""
    said = people().session(run).judgement(run.id, track_id, repetition, fault)
    key = f"judge-{run.id}-{track_id}-{repetition}-{fault}"
    about = (run, track_id, repetition, fault, key)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "What do you say?", list(_VERDICTS), default=said.verdict, format_func=lambda one: _VERDICTS[one],
            key=f"{key}-verdict", on_change=_keep, args=about, label_visibility="collapsed",
        )  # fmt: skip
        with st.popover("Comment", icon=":material/comment:"):
            st.text_area(
                "Your comment", said.comment, max_chars=2000, key=f"{key}-comment", on_change=_keep, args=about
            )
    if said.comment:
        st.markdown(f":material/comment: {plain(said.comment)}")


def _keep(run: Run, track_id: int, repetition: int, fault: str, key: str) -> None:
    session = people().session(run)
    said = session.judgement(run.id, track_id, repetition, fault)
    changes = {
        "verdict": st.session_state[f"{key}-verdict"],
        "comment": st.session_state.get(f"{key}-comment", said.comment).strip(),
    }
    people().note(run, session.judged(said.model_copy(update=changes)))


def dismissed(session: Session, run: Run, track_id: int, repetition: Repetition) -> Sequence[Fault]:
    """The faults of a repetition that the therapist says are none."""
    return [
        fault for fault in repetition.faults
        if session.judgement(run.id, track_id, repetition.index, fault.name).verdict == "dismissed"
    ]  # fmt: skip


def judged_words(session: Session, run: Run, analysis: ExerciseAnalysis) -> str:
    """How many faults of somebody were confirmed and dismissed, as a sentence; empty where none was."""
    said = [one.verdict for one in session.judgements if (one.run, one.track_id) == (run.id, analysis.track_id or 0)]
    parts = [
        f"{plural(said.count(verdict), 'finding')} {words}"
        for verdict, words in (("confirmed", "confirmed"), ("dismissed", "dismissed as no fault"))
        if verdict in said
    ]
    return f"Looked through: {' and '.join(parts)}." if parts else ""
