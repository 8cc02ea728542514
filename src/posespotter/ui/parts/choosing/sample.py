"""The sample that a page offers to somebody without a video of their own."""

from collections.abc import Callable

import streamlit as st

from posespotter.runs import Library
from posespotter.ui.shared import library


def offer_sample(make: Callable[[Library], str], about: str, label: str, *, icon: str, making: str, key: str) -> None:
    """A button that makes a sample and chooses it.

    Args:
        make: the run of the sample, made unless the library has it; its id.
        about: what is to be seen in it.
        label, icon, key: of the button.
        making: stands there meanwhile.
    """
    with st.container(border=True):
        st.markdown(f"**No video at hand?** {about}")
        if st.button(label, icon=f":material/{icon}:", key=key):
            with st.spinner(making):
                st.query_params["run"] = make(library())
            st.rerun()
