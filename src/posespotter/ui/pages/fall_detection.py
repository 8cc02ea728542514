"""Fall detection: did somebody fall, and when. `?run=` is such a search, or a run to be searched."""

import streamlit as st

from posespotter.library import Run
from posespotter.ui.parts.choice import analysis_page, choose_clip, earlier, start
from posespotter.ui.parts.clip_pictures import frame_of
from posespotter.ui.parts.falls import show_falls
from posespotter.ui.parts.zones import zones_editor

_SENSITIVITIES = {"low": "Low", "normal": "Normal", "high": "High"}
_HELP = {
    "low": "Fewer false alarms; more falls are missed.",
    "normal": "The balance that was measured best.",
    "high": "Fewer missed falls; more false alarms.",
}


def ask(asked: Run | None) -> None:
    """Clip, sensitivity and zones, and the button that starts."""
    clip, about = st.columns([3, 2], gap="large")
    with clip:
        chosen = choose_clip(asked, key="falls")
        sensitivity = st.segmented_control(
            "Sensitivity", list(_SENSITIVITIES), default="normal", required=True,
            format_func=lambda one: _SENSITIVITIES[one], key="falls-sensitivity",
        )  # fmt: skip
        st.caption(_HELP[sensitivity])
    with about:
        st.info(
            "The camera stands still and sees the floor. Mark beds and sofas, where lying is no fall. This is no "
            "medical device: it misses falls, and takes other movements for falls.",
            icon=":material/info:",
        )
    zones = []
    with st.expander("Beds, sofas and places not to look at", icon=":material/crop_free:"):
        if chosen.run is None:
            st.markdown("Zones are drawn on the picture of a run: find the poses of the video first, or choose a run.")
        else:
            zones = [
                {"name": zone.name, "kind": zone.kind, "polygon": zone.polygon}
                for zone in zones_editor(frame_of(chosen.run.id))
            ]
    with clip:
        if st.button("Look for falls", type="primary", icon=":material/play_arrow:", disabled=not chosen):
            start("falls", chosen, {"sensitivity": sensitivity, "zones": zones})
    earlier("falls", "Earlier searches")


analysis_page("falls", "Fall detection", "Did somebody fall, and when.", ask=ask, show=show_falls, anew="New search")
