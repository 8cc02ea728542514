"""The frame around every page: menu, logo, style, running jobs. Streamlit runs this script at every interaction."""

from pathlib import Path

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.ui.menu import MENU
from posespotter.ui.parts.progress import jobs_in_menu
from posespotter.ui.shared import library
from posespotter.version import __version__

_HERE = Path(__file__).parent
_HELP = f"""
**PoseSpotter {__version__}** finds the people in photos, videos and camera streams, follows them, and tells
how they move. Everything happens on this computer.
"""

# Before the menu, or the browser would fetch the icon of the page from Google's servers.
st.set_page_config(page_icon=str(_HERE / "icon.svg"), layout="wide", menu_items={"About": _HELP})
st.html(_HERE / "style.css")
st.logo(_HERE / "logo.svg", size="large", icon_image=_HERE / "icon.svg", link=None)

sections: dict[str, list[st.Page]] = {}
for one in MENU:
    page = st.Page(
        one.script,
        title=one.title,
        icon=one.icon,
        url_path=one.url_path or None,
        default=not one.url_path,
    )
    sections.setdefault(one.section, []).append(page)
chosen = st.navigation(sections, expanded=True)
st.set_page_config(page_title=f"{chosen.title} · PoseSpotter")
with st.sidebar:
    jobs_in_menu()
if trouble := library().index_trouble:
    st.warning(f"{trouble} The runs are looked up in their folders.", icon=":material/warning:")
try:
    chosen.run()
except PoseSpotterError as error:
    st.error(str(error), icon=":material/error:")
    st.toast(str(error), icon=":material/error:")  # the end of a long page is out of sight
