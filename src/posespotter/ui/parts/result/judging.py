"""Let a therapist judge the faults that the program found: confirm or dismiss them, with a comment."""

import streamlit as st

from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.runs import Run
from posespotter.ui.parts.result.limits import limit_of_check
from posespotter.ui.shared import people
from posespotter.ui.words import plain

_VERDICTS = {"confirmed": ":material/check: Right", "dismissed": ":material/close: No fault"}


def judging(run: Run, track_id: int, repetition: int, fault: str, exercise: ExerciseDefinition) -> None:
    """The choice whether a fault is one, a comment, and a limit for this person; all are kept at once."""
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
        limit_of_check(run, exercise, fault, key=f"{key}-limit")
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
