"""The page for fall detection. `?run=` is an analysis, or a run to analyse."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from posespotter.falls.zones import Zone
from posespotter.runs import Run
from posespotter.ui.parts.choosing.choice import Chosen, analysis_page, choose_clip, earlier, looked_at, start
from posespotter.ui.parts.choosing.clips import show_clip
from posespotter.ui.parts.choosing.sample import offer_sample
from posespotter.ui.parts.choosing.zones import zones_editor
from posespotter.ui.parts.result.clip_pictures import frame_of
from posespotter.ui.parts.result.falls import falls_of, show_falls
from posespotter.ui.samples import FALL, fall_run
from posespotter.ui.words import plural

_SENSITIVITIES = {"low": "Low", "normal": "Normal", "high": "High"}
_HELP = {
    "low": "Fewer false alarms; more falls are missed.",
    "normal": "The balance that was measured best.",
    "high": "Fewer missed falls; more false alarms.",
}


def ask(asked: Run | None) -> None:
    """Clip, sensitivity and zones, and the button that starts."""
    clip, about = st.columns([3, 2], gap="medium")
    with clip:
        chosen = choose_clip(asked, page="fall_detection", key="falls")
        show_clip(chosen.run)
        if chosen.run is not None and chosen.run.name == FALL:
            st.markdown("**The mannequin goes down twice. Which of the two is a fall?**")
        sensitivity = ask_sensitivity("normal", key="falls")
    with about:
        offer_sample(
            fall_run,
            "A mannequin squats down, gets up, and falls.",
            "Take the sample fall",
            icon="personal_injury",
            making="Making the mannequin fall…",
            key="falls-sample",
        )
        st.info(
            "The camera stands still and sees the floor. Mark beds and sofas, where lying is no fall. This is no "
            "medical device: it misses falls, and takes other movements for falls.",
            icon=":material/info:",
        )
    zones: Sequence[Zone] = ()
    with st.expander("Beds, sofas and places not to look at", icon=":material/crop_free:"):
        if chosen.run is None:
            st.markdown(
                "Look for falls first: below what was found you can mark places on the picture, and search again."
            )
        else:
            zones = zones_editor(frame_of(chosen.run.id), key=f"falls-{chosen.run.id}")
    with clip:
        if zones:
            st.caption(f"With the {plural(len(zones), 'zone')} marked below.")
        if st.button("Look for falls", type="primary", icon=":material/play_arrow:", disabled=not chosen):
            start("falls", chosen, options(sensitivity, zones))
    earlier("falls", "Earlier searches")


def ask_sensitivity(before: str, *, key: str) -> str:
    """Ask for the sensitivity."""
    chosen = st.segmented_control(
        "Sensitivity", list(_SENSITIVITIES), default=before, required=True,
        format_func=lambda one: _SENSITIVITIES[one], key=f"{key}-sensitivity",
    )  # fmt: skip
    st.caption(_HELP[chosen])
    return str(chosen)


def options(sensitivity: str, zones: Sequence[Zone]) -> dict[str, Any]:
    """Options of the job."""
    marked = [{"name": zone.name, "kind": zone.kind, "polygon": zone.polygon} for zone in zones]
    return {"sensitivity": sensitivity, "zones": marked}


def show(run: Run) -> None:
    """One search, and the way to the next one of the same clip."""
    show_falls(run)
    with st.expander("Search again, with beds and sofas marked or another sensitivity", icon=":material/crop_free:"):
        before, key = falls_of(run.id), f"again-{run.id}"
        sensitivity = ask_sensitivity(before.sensitivity, key=key)
        zones = zones_editor(frame_of(run.id), key=key, before=before.zones)
        if st.button("Search again", type="primary", icon=":material/play_arrow:", key=f"{key}-start"):
            start("falls", Chosen(run=looked_at(run)), options(sensitivity, zones))


analysis_page("falls", "Fall detection", "Did somebody fall, and when.", ask=ask, show=show, anew="New search")
