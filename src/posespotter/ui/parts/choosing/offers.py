"""The offer of a sample to somebody who has no video at hand."""

from collections.abc import Callable

import streamlit as st

from posespotter.runs import Library
from posespotter.ui.parts.choosing.asked import go_to
from posespotter.ui.shared import library


def offer_sample(about: str, label: str, making: str, make: Callable[[Library], str], *, icon: str, key: str) -> None:
    """A frame with a button that makes a sample and goes there.

    Args:
        about: what it shows.
        label: on the button.
        making: said meanwhile.
        make: gives the id of its run.
        icon: on the button.
        key: of the button.
    """
    with st.container(border=True):
        st.markdown(about)
        if st.button(label, icon=icon, key=key):
            with st.spinner(making):
                run_id = make(library())
            go_to([run_id])
