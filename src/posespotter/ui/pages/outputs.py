"""Outputs: every run that was kept."""

import streamlit as st

st.title("Outputs")
st.caption("Under construction.")
