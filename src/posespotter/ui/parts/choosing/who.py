"""Choose the person to analyse, where a run shows several."""

import streamlit as st

from posespotter.runs import Run
from posespotter.ui.parts.result.clip_pictures import faces_of

_MOST = 6  # pictures that fit beside each other
_EVERYBODY = 0  # ids count from 1


def ask_person(run: Run | None, everybody: str, *, key: str) -> int | None:
    """Choose a person by their picture; returns the track id, None for all people.

    Args:
        run: whose poses are there; None for an upload.
        everybody: the words for all of them.
        key: of the element.
    """
    faces = faces_of(run.id, _MOST) if run is not None else {}
    if len(faces) < 2:
        return None
    who = st.pills(
        "Person", [_EVERYBODY, *faces], default=_EVERYBODY, required=True, key=key, wrap=True,
        format_func=lambda one: everybody if one == _EVERYBODY else f"Person {one}",
    )  # fmt: skip
    for column, (track, face) in zip(st.columns(_MOST), faces.items(), strict=False):
        column.image(face, caption=f"Person {track}")
    return None if who == _EVERYBODY else int(who)
