"""The component of the webcam page, and its data."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from posespotter.assessments import assessment_names, load_assessment
from posespotter.exercises.definitions.catalog import exercise_names, load_exercise
from posespotter.live.messages import PATH
from posespotter.live.recordings import recording_limits
from posespotter.live.trial import trial_facts
from posespotter.settings import settings
from posespotter.tasks.model_choices import LIVE_CHOICES
from posespotter.ui.routes.webcam import ASSETS, RECORDINGS, SKELETONS, TARGETS
from posespotter.ui.shared import places
from posespotter.version import __version__

_FOLDER = Path(__file__).parents[1] / "webcam"

_component = st.components.v2.component(
    "posespotter.webcam",
    html=(_FOLDER / "webcam.html").read_text("utf-8"),
    css=(_FOLDER / "webcam.css").read_text("utf-8") + (_FOLDER / "range.css").read_text("utf-8"),
    js=(_FOLDER / "mount.js").read_text("utf-8"),
)


def webcam(key: str = "webcam") -> Mapping[str, Any] | None:
    """Show the camera; after a recording was kept, what became of it (`live.keeping.Kept`), once."""
    result = _component(key=key, data=_told(), on_kept_change=lambda: None)
    kept: Mapping[str, Any] | None = result.get("kept")
    return kept


def _told() -> dict[str, Any]:
    longest_s, most_bytes = recording_limits()
    return {
        "version": __version__,
        "assets": ASSETS,
        "socket": PATH,
        "recordings": RECORDINGS,
        "skeletons": SKELETONS,
        "targets": TARGETS,
        "skeletonsOnly": settings().skeletons_only,
        "longestS": longest_s,
        "mostBytes": most_bytes,
        "models": [{"value": choice.pose, "label": choice.label} for choice in LIVE_CHOICES],
        "places": places().names(),
        "tests": [trial_facts(load_assessment(name)) for name in assessment_names()],
        "exercises": [{"value": name, "label": load_exercise(name).title} for name in exercise_names()],
    }
