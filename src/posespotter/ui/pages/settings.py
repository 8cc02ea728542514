"""Settings: folders, limits, models, worker, privacy, licences."""

import streamlit as st

st.title("Settings")
st.caption("Under construction.")
