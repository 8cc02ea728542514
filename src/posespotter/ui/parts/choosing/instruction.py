"""An everyday test before it is carried out: how it is done, and its options beside the clip."""

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import streamlit as st

from posespotter.arrays import Image
from posespotter.assessments import AssessmentDefinition
from posespotter.assessments.assess import TAKES
from posespotter.assessments.result_words import change_words
from posespotter.kinematics.lifting import LEAST_M, MOST_M
from posespotter.runs import Run
from posespotter.ui.parts.result.clip_pictures import frame_of
from posespotter.ui.words import plain

_SIDES = {"left": "Left", "right": "Right"}
_MARK = (255, 140, 20)  # RGB of the lines of a walk


def instruction(test: AssessmentDefinition) -> None:
    """Show where camera and chair stand, what the person does, and how it starts."""
    st.markdown(plain(test.about))
    for icon, label, text in (
        ("videocam", "Camera", test.camera),
        ("chair_alt", "Room", test.room),
        ("directions_walk", "Person", test.person),
        ("timer", "Start", test.starts),
    ):
        st.markdown(f":material/{icon}: **{label}.** {plain(text)}")
    st.caption(plain(f"Protocol: {test.protocol}"))


def published(test: AssessmentDefinition) -> None:
    """The published numbers, each with its population and source, and from where on a change is one."""
    for table in test.reference:
        st.markdown(f"**{plain(table.caption)}**")
        st.dataframe(
            [dict(zip(table.columns, row, strict=True)) for row in table.rows],
            hide_index=True, width="content", key=f"published-{test.name}-{table.caption}",
        )  # fmt: skip
        st.caption(plain(f"{table.population}. {table.source}."))
    change = test.result.change
    if change is not None:
        of_whom = f" Found in: {change.population}." if change.population else ""
        st.markdown(f"**{plain(change_words(test.result))}**")
        st.caption(plain(f"{change.source}.{of_whom} It belongs to these people; others may need a larger one."))
    if not test.reference and change is None:
        st.markdown("Nobody has published numbers that this could be held against.")


def ask_told(test: AssessmentDefinition, run: Run | None, before: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    """Ask for the options that the test takes beside the clip.

    Args:
        test: the test.
        run: whose video it is; None for an upload.
        before: the options of an earlier run.
        key: of the elements.
    """
    told: dict[str, Any] = {}
    one, two = st.columns(2)
    if _takes(test, "start"):
        told["start_s"] = one.number_input(
            '"Go" at, seconds', 0.0, None, before.get("start_s"), 0.1, key=f"{key}-start", placeholder="First movement",
            help="When Go is said in the clip. Without it the time runs from the first movement that is seen.",
        )  # fmt: skip
    if _takes(test, "side"):
        told["side"] = one.segmented_control(
            "Side", list(_SIDES), default=before.get("side"), format_func=lambda side: _SIDES[side], key=f"{key}-side",
            help="Without a choice it is the one that is seen to move, or to stand.",
        )  # fmt: skip
    if _takes(test, "height"):
        told["height_m"] = two.number_input(
            "The person's height, metres", LEAST_M, MOST_M, before.get("height_m"), 0.01, key=f"{key}-height",
            placeholder="Not known", help="Serves as a scale where there is no other.",
        )  # fmt: skip
    if _takes(test, "marks"):
        told |= _ask_marks(test, run, before, key=key)
    return {name: value for name, value in told.items() if value is not None}


def _ask_marks(test: AssessmentDefinition, run: Run | None, before: Mapping[str, Any], *, key: str) -> dict[str, Any]:
    """Two marks on the floor, set across a picture of the clip."""
    if run is None:
        st.caption("The two marks can be set once the poses are found: below the result, *Judge it again*.")
        return {}
    marked = st.toggle(
        "There are two marks on the floor", value=bool(before.get("marks")), key=f"{key}-marked",
        help="The speed is then that between the marks; without them the person's height is the scale.",
    )  # fmt: skip
    if not marked:
        return {}
    picture = frame_of(run.id)
    width = picture.shape[1]
    usual = before.get("marks") or (round(0.2 * width), round(0.8 * width))
    first, last = st.slider(
        "Where they are, px from the left", 0, width, (round(usual[0]), round(usual[1])), key=f"{key}-marks"
    )  # fmt: skip
    distance = st.number_input(
        "Metres between them", 0.5, 100.0, float(before.get("distance_m") or test.number("distance_m")), 0.5,
        key=f"{key}-distance",
    )  # fmt: skip
    st.image(_with_marks(picture, (first, last)), caption="The marks across a picture of the clip")
    return {"marks": (float(first), float(last)), "distance_m": float(distance)} if first < last else {}


def _with_marks(picture: Image, places: tuple[int, int]) -> Image:
    marked = np.ascontiguousarray(picture.copy())
    for place in places:
        cv2.line(marked, (place, 0), (place, picture.shape[0]), _MARK, max(2, picture.shape[1] // 300))
    return marked


def _takes(test: AssessmentDefinition, what: str) -> bool:
    return test.procedure in TAKES[what]
