"""Movement analyzer: how well an exercise was done."""

import streamlit as st

st.title("Movement analyzer")
st.caption("This page comes next.")
