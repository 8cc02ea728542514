"""Zones of a camera's picture, set with sliders over one of its frames, and kept as a TOML file."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import streamlit as st

from posespotter.arrays import Image
from posespotter.errors import PoseSpotterError
from posespotter.falls.zones import KINDS, Zone, ZoneKind, read_zones, write_zones
from posespotter.ui.words import plain

_KIND_WORDS: dict[ZoneKind, str] = {
    "bed": "A bed: lying there is no fall", "sofa": "A sofa: lying there is no fall", "ignore": "Do not look there",
}  # fmt: skip
_COLOURS: dict[ZoneKind, tuple[int, int, int]] = {"bed": (0, 158, 115), "sofa": (0, 158, 115), "ignore": (213, 94, 0)}
_DRAWN = (86, 180, 233)


def zones_editor(frame: Image, *, key: str, before: Sequence[Zone] = ()) -> tuple[Zone, ...]:
    """Let a person mark zones on a picture; those that are marked so far.

    Args:
        frame: (H, W, 3) RGB of the camera.
        key: of the elements.
        before: what stands marked at first.
    """
    zones: list[Zone] = st.session_state.setdefault(f"{key}-zones", list(before))
    picture, tools = st.columns([3, 2], gap="medium")
    with tools:
        st.slider("From left to right, %", 0, 100, (30, 70), key=f"{key}-zone-x")
        st.slider("From top to bottom, %", 0, 100, (50, 90), key=f"{key}-zone-y")
        kind = st.selectbox("What it is", KINDS, format_func=lambda one: _KIND_WORDS[one], key=f"{key}-zone-kind")
        st.text_input("Name", value=_free_name(kind, zones), key=_name_key(key, kind, zones))
        st.button("Add this zone", icon=":material/add:", key=f"{key}-zone-add", on_click=_add, args=(key, zones))
        if refused := st.session_state.get(f"{key}-zone-refused"):
            st.error(refused, icon=":material/error:")
        for i, zone in enumerate(zones):
            said, remove = st.columns(2, vertical_alignment="center")
            said.markdown(f"**{plain(zone.name)}** ({zone.kind})")
            remove.button(
                f"Remove {plain(zone.name)}", icon=":material/delete:", key=f"{key}-zone-remove-{i}",
                width="stretch", on_click=zones.remove, args=(zone,),
            )  # fmt: skip
        _keep(zones, key)
    with picture:
        st.image(_drawn(frame, zones, _corners(key)), width="stretch")
        st.caption("Blue: what you are about to add. Green: beds and sofas. Orange: places that are not looked at.")
    return tuple(zones)


def _corners(key: str) -> tuple[tuple[float, float], ...]:
    """Of the rectangle between the sliders, clockwise from the upper left, as shares of the picture."""
    (x0, x1), (y0, y1) = st.session_state[f"{key}-zone-x"], st.session_state[f"{key}-zone-y"]
    return tuple((x / 100, y / 100) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1)))


def _name_key(key: str, kind: ZoneKind, zones: Sequence[Zone]) -> str:
    """Another kind, or another number of zones, has another name to propose."""
    return f"{key}-zone-name-{kind}-{len(zones)}"


def _add(key: str, zones: list[Zone]) -> None:
    """Take what is marked. Called before the page is drawn: a drawing that is broken off would lose the click."""
    kind: ZoneKind = st.session_state[f"{key}-zone-kind"]
    name = st.session_state[_name_key(key, kind, zones)].strip()
    refused = ""
    try:
        zone = Zone(name, kind, _corners(key))
        if name in {other.name for other in zones}:
            refused = f"There is a zone {plain(name)} already; give this one another name."
        else:
            zones.append(zone)
    except PoseSpotterError as error:
        refused = str(error)
    st.session_state[f"{key}-zone-refused"] = refused


def _keep(zones: list[Zone], key: str) -> None:
    """Save the zones as a file, and take them from one."""
    if zones:
        with tempfile.TemporaryDirectory(prefix="posespotter-") as folder:
            file = Path(folder) / "zones.toml"
            write_zones(zones, file)
            st.download_button(
                "Save as zones.toml", file.read_bytes(), "zones.toml", "application/toml",
                icon=":material/download:", key=f"{key}-zone-save", on_click="ignore",
            )  # fmt: skip
    given = st.file_uploader("Zones that you saved", type="toml", max_upload_size=1, key=f"{key}-zone-file")
    taken = f"{key}-zone-file-taken"
    if given is not None and st.session_state.get(taken) != given.file_id:
        st.session_state[taken] = given.file_id
        with tempfile.TemporaryDirectory(prefix="posespotter-") as folder:
            file = Path(folder) / "zones.toml"
            file.write_bytes(given.getvalue())
            try:
                zones[:] = read_zones(file)
            except PoseSpotterError as error:
                st.error(str(error).replace(str(file), "zones.toml"), icon=":material/error:")
                return
        st.rerun()


def _free_name(kind: ZoneKind, zones: list[Zone]) -> str:
    taken = {zone.name for zone in zones}
    names = [kind, *(f"{kind} {i}" for i in range(2, len(zones) + 3))]
    return next(name for name in names if name not in taken)


def _drawn(frame: Image, zones: list[Zone], corners: tuple[tuple[float, float], ...]) -> Image:
    """The frame with all zones, and the one that is being made."""
    image = frame.copy()
    size = np.array([image.shape[1] - 1, image.shape[0] - 1])
    thick = max(2, image.shape[0] // 180)
    for polygon, colour in [*((zone.polygon, _COLOURS[zone.kind]) for zone in zones), (corners, _DRAWN)]:
        points = (np.array(polygon) * size).round().astype(np.int32)
        filled = image.copy()
        cv2.fillPoly(filled, [points], colour)
        image = np.asarray(cv2.addWeighted(filled, 0.25, image, 0.75, 0), np.uint8)
        cv2.polylines(image, [points], True, colour, thick, cv2.LINE_AA)
    return image
