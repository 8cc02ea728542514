"""The clinic of the reports: its name, logo and language, and the way to a report for a client."""

import base64

import streamlit as st
from pydantic import ValidationError

from posespotter.errors import PoseSpotterError
from posespotter.reports.translations import language_codes, language_name
from posespotter.runs import Run
from posespotter.runs.notes.clinic import Clinic, keep_clinic, read_clinic
from posespotter.ui.routes.clinic import PATH
from posespotter.ui.shared import library


def report_link(run: Run, number: int) -> None:
    """The report for the client, in a language; `number` is that of the person among the analysed ones."""
    codes = language_codes()
    usual = read_clinic(library().root).language
    with st.container(horizontal=True, vertical_alignment="bottom"):
        language = st.selectbox(
            "Language", codes, index=codes.index(usual) if usual in codes else 0, format_func=language_name,
            key=f"clinic-language-{run.id}", width=200,
        )  # fmt: skip
        st.link_button(
            "Report for the client", f"{PATH}/{run.id}?language={language}&person={number}", type="primary",
            icon=":material/print:",
        )  # fmt: skip
    st.caption("To print or to save as PDF: with your note, without what you dismissed. Settings has name and logo.")


def clinic_settings() -> None:
    """Name, logo and language of the reports for clients."""
    now = read_clinic(library().root)
    codes = language_codes()
    with st.form("clinic"):
        name = st.text_input("Name of the clinic or practice", now.name, max_chars=200)
        language = st.selectbox(
            "Usual language of reports", codes, index=codes.index(now.language) if now.language in codes else 0,
            format_func=language_name,
        )  # fmt: skip
        if now.logo:
            st.html(f'<img src="{now.logo}" alt="The logo" style="max-height: 64px">')
        given = st.file_uploader("Logo (PNG or JPEG)", type=["png", "jpg", "jpeg"], max_upload_size=1)
        without = st.checkbox("Without a logo") if now.logo else False
        if not st.form_submit_button("Save", icon=":material/save:", type="primary"):
            return
    logo = "" if without else now.logo
    if given is not None:
        kind = "png" if given.name.lower().endswith("png") else "jpeg"
        logo = f"data:image/{kind};base64,{base64.b64encode(given.getvalue()).decode()}"
    try:
        keep_clinic(library().root, Clinic(name=name.strip(), logo=logo, language=language))
    except ValidationError:
        st.error("The logo is too large: expected at most 650 KB.", icon=":material/error:")
    except PoseSpotterError as error:
        st.error(str(error), icon=":material/error:")
    else:
        st.toast("Saved.", icon=":material/check:")
