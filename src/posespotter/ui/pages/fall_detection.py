"""Fall detection: did somebody fall, and when."""

import streamlit as st

st.title("Fall detection")
st.caption("This page comes next.")
