"""Webcam: the browser's camera with a live overlay; what is recorded and kept becomes a run."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.runs import Run
from posespotter.ui.menu import entry
from posespotter.ui.parts.phone import from_a_phone
from posespotter.ui.parts.progress import job_progress
from posespotter.ui.parts.webcam import webcam
from posespotter.ui.shared import library
from posespotter.ui.words import plain

_KEPT = "webcam-kept"
_NEXT_STEPS = (
    ("outputs", "See it", ":material/play_circle:"),
    ("movement_analyzer", "Analyse the movement", ":material/fitness_center:"),
    ("fall_detection", "Look for falls", ":material/personal_injury:"),
)


def show_kept(kept: Mapping[str, Any]) -> None:
    """A recording that was kept: how far its joints are, and where to go with it."""
    try:
        recording = library().run(kept["run"])
        found = library().run(kept["estimate"]) if kept["estimate"] else recording
    except PoseSpotterError:  # deleted since, on another page
        return
    if not found.state.over:
        doing = "It is judged from every picture." if found.kind == "test" else "Its joints are being found."
        st.success(f"**{plain(recording.name)}** is kept. {doing}", icon=":material/check:")
        job_progress(found.id)
        return
    with st.container(border=True):
        st.markdown(f":material/videocam: **{plain(recording.name)}** is kept.")
        if kept["reason"]:
            st.warning(f"The next step could not be asked for: {kept['reason']}", icon=":material/warning:")
        link_to(found)


def link_to(run: Run) -> None:
    """Buttons to the pages that do something with a run."""
    if run.kind == "test":
        tests = entry("everyday_tests")
        st.page_link(tests.script, label="See the result", icon=tests.icon, query_params={"run": run.id})
        return
    for column, (page, label, icon) in zip(st.columns(len(_NEXT_STEPS)), _NEXT_STEPS, strict=True):
        script = entry(page).script
        column.page_link(script, label=label, icon=icon, query_params={"run": run.id}, width="stretch")


st.title("Webcam")
st.caption(
    "The camera of this browser, with everybody's joints drawn over the picture as they are found. Count repetitions, "
    "carry out an everyday test, watch for falls, or record and keep a part."
)
from_a_phone("webcam", label="Use a phone")
new = webcam()
if new:
    st.session_state[_KEPT] = [dict(new), *st.session_state.get(_KEPT, [])][:3]
for one in st.session_state.get(_KEPT, []):
    show_kept(one)
