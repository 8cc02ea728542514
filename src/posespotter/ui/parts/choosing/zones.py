"""Zones of a camera's picture, drawn over one of its frames, and kept for the place that it looks at."""

import base64
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import streamlit as st

from posespotter.arrays import Image
from posespotter.errors import PoseSpotterError
from posespotter.falls.zones import Zone, ZoneKind, read_zones, write_zones
from posespotter.ui.parts.component import component
from posespotter.ui.shared import places
from posespotter.ui.words import plain

_KIND_WORDS: dict[ZoneKind, str] = {
    "bed": "A bed: lying there is no fall", "sofa": "A sofa: lying there is no fall", "ignore": "Do not look there",
}  # fmt: skip

_component = component(Path(__file__).with_name("zones"))


def zones_editor(frame: Image, *, key: str, before: Sequence[Zone] = ()) -> tuple[Zone, ...]:
    """Let a person draw zones on a picture; those that are drawn so far.

    Args:
        frame: (H, W, 3) RGB of the camera.
        key: of the elements.
        before: what stands drawn at first.
    """
    state: dict[str, Any] = st.session_state.setdefault(f"{key}-zones", {"version": 1, "zones": tuple(before)})
    picture, tools = st.columns([3, 2], gap="medium")
    with tools:
        place = _choose_place(state, key)
        # A container for elements that come and go: else those below would be redrawn with them and lose their state.
        place_of_button = st.container()
        file = st.expander("As a file, for the command line", icon=":material/draft:")
    with picture:
        drawn = _component(
            key=f"{key}-zones-drawn-{state['version']}",
            data={
                "version": state["version"],
                "image": _address(frame),
                "width": frame.shape[1],
                "height": frame.shape[0],
                "kinds": list(_KIND_WORDS.items()),
                "zones": [asdict(zone) for zone in state["zones"]],
            },
            default={"zones": [asdict(zone) for zone in state["zones"]]},
            on_zones_change=lambda: None,
        )
    zones = _checked(drawn.zones)
    if place and place_of_button.button(f"Keep for {plain(place)}", icon=":material/save:", key=f"{key}-place-keep"):
        places().keep(place, zones)
        st.toast(f"Kept for {plain(place)}.", icon=":material/check:")
    with file:
        _keep_as_file(zones, state, key)
    return zones


def _choose_place(state: dict[str, Any], key: str) -> str:
    """Choose the camera or place of the zones; a known one brings its own. Empty for none."""
    chosen = st.selectbox(
        "Camera or place", places().names(), index=None, accept_new_options=True, key=f"{key}-place",
        placeholder="Choose one, or name a new one",
        help="Its zones are kept under this name: for the next video from there, and for the live camera.",
    )  # fmt: skip
    if chosen != state.get("place"):
        state["place"] = chosen
        if chosen and (known := places().zones(chosen)):
            _replace(state, known)
    return chosen or ""


def _replace(state: dict[str, Any], zones: Sequence[Zone]) -> None:
    """Draw other zones: the component takes them where its version is another one."""
    state["zones"], state["version"] = tuple(zones), state["version"] + 1


def _checked(drawn: Sequence[Mapping[str, Any]]) -> tuple[Zone, ...]:
    """The zones that have an area; why another one is none is said."""
    zones = []
    for one in drawn:
        try:
            zones.append(Zone(str(one["name"]), one["kind"], tuple((float(x), float(y)) for x, y in one["polygon"])))
        except PoseSpotterError as error:
            st.error(str(error), icon=":material/error:")
    return tuple(zones)


def _keep_as_file(zones: Sequence[Zone], state: dict[str, Any], key: str) -> None:
    """Save the zones as a file, and take them from one."""
    place_of_button = st.container()
    if zones:
        with tempfile.TemporaryDirectory(prefix="posespotter-") as folder:
            file = Path(folder) / "zones.toml"
            write_zones(zones, file)
            place_of_button.download_button(
                "Save as zones.toml", file.read_bytes(), "zones.toml", "application/toml",
                icon=":material/download:", key=f"{key}-zone-save", on_click="ignore",
            )  # fmt: skip
    given = st.file_uploader("Zones that you saved", type="toml", max_upload_size=1, key=f"{key}-zone-file")
    if given is None or state.get("file") == given.file_id:
        return
    state["file"] = given.file_id
    with tempfile.TemporaryDirectory(prefix="posespotter-") as folder:
        file = Path(folder) / "zones.toml"
        file.write_bytes(given.getvalue())
        try:
            _replace(state, read_zones(file))
        except PoseSpotterError as error:
            st.error(str(error).replace(str(file), "zones.toml"), icon=":material/error:")
            return
    st.rerun()


def _address(frame: Image) -> str:
    """The picture inside an address, no larger than a page shows it."""
    scale = min(1.0, 960 / frame.shape[1])
    small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg.tobytes()).decode()}"
