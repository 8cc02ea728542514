"""Home: what this is, three ways to start, and the state of the machine."""

import streamlit as st

st.title("Home")
st.caption("Under construction.")
