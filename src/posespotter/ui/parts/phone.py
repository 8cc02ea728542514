"""The way to a page of the application from a phone: its address as a QR code, and what works from there."""

from html import escape

import segno
import streamlit as st

from posespotter.ui.listening import address_for_others
from posespotter.ui.menu import entry

_START = "posespotter app --host 0.0.0.0"


def from_a_phone(page: str, *, query: str = "", label: str = "From a phone") -> None:
    """A button that opens the address of a page as a QR code, or says how to start the application to have one.

    Args:
        page: its module.
        query: behind the address.
        label: on the button.
    """
    with st.popover(label, icon=":material/qr_code_2:", key=f"phone-{page}"):
        root = address_for_others(st.context.url)
        if root is None:
            st.markdown("Only this computer reaches the application now. For a phone in the same network start it with")
            st.code(_START, language="bash")
            st.caption("It has no login: whoever is in that network then sees every run and can delete it.")
            return
        address = f"{root}/{entry(page).url_path}{query and f'?{query}'}"
        code = segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="white")
        st.html(f'<img src="{escape(code)}" alt="QR code of {escape(address)}" width="220" height="220">')
        st.markdown(f"**{address}**")
        if address.startswith("https:"):
            st.caption("Point the phone's camera at it. Videos can be sent from there, and its camera works live.")
            return
        st.caption("Point the phone's camera at it, in the same network. Videos can be sent from there.")
        st.caption(
            "The phone's camera does **not** work live at this address: browsers give a camera to https pages only, "
            "and https needs a certificate that the phone trusts. Film with the phone and send the video, or put a "
            "server with a certificate in front: `docs/reverse-proxy` shows how."
        )
