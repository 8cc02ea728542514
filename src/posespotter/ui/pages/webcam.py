"""Webcam: the browser's camera with a live overlay; recordings of it become runs."""

import streamlit as st

from posespotter.ui.parts.webcam import webcam

st.title("Webcam")
st.caption(
    "The camera of this browser, with everybody's joints drawn over the picture as they are found. Count repetitions, "
    "watch for falls, or record and keep a part."
)
kept = webcam()
if kept:
    st.session_state.setdefault("webcam_kept", []).insert(0, dict(kept))
for one in st.session_state.get("webcam_kept", []):
    st.success(f"Kept as {one['run']}.", icon=":material/check:")
