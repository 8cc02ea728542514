"""Webcam: the browser's camera with a live overlay."""

import streamlit as st

st.title("Webcam")
st.caption("This page comes next.")
