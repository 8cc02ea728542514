"""Inference: find the people in videos and pictures."""

import streamlit as st

st.title("Inference")
st.caption("Under construction.")
