"""Movement analyzer: how well an exercise was done. `?run=` is an analysis, or a run to be analysed."""

from typing import Any

import streamlit as st

from posespotter.exercises import exercise_names, load_exercise
from posespotter.jobs.stages import RECOGNISE
from posespotter.runs import Run
from posespotter.ui.parts.choosing.choice import Chosen, analysis_page, choose_clip, earlier, looked_at, start
from posespotter.ui.parts.choosing.clips import show_clip
from posespotter.ui.parts.choosing.explained import explained
from posespotter.ui.parts.choosing.sample import offer_sample
from posespotter.ui.parts.choosing.who import ask_person
from posespotter.ui.parts.result.movement import show_movement
from posespotter.ui.samples import SQUATS, squats_run

_VIEWS = {
    "auto": "Find out", "front": "The front", "rear": "The back", "left": "The left side", "right": "The right side",
}  # fmt: skip


def ask(asked: Run | None) -> None:
    """Clip, exercise, person and view, and the button that starts."""
    clip, samples = st.columns([3, 2], gap="medium")
    with clip:
        chosen = choose_clip(asked, page="movement_analyzer", key="movement")
        show_clip(chosen.run)
        if chosen.run is not None and chosen.run.name == SQUATS:
            st.markdown("**Two of these five squats are not as they should be. Which, and why?** Then press *Analyse*.")
        options = ask_exercise()
        if (person := ask_person(chosen.run, "Everybody who does it", key="movement-who")) is not None:
            options["person"] = person
        if st.button("Analyse", type="primary", icon=":material/play_arrow:", disabled=not chosen):
            start("exercise", chosen, options)
    with samples:
        offer_sample(
            squats_run,
            "A mannequin squats for you, with two planted faults.",
            "Take the sample squats",
            icon="fitness_center",
            making="Making the mannequin squat…",
            key="movement-sample",
        )
        st.caption(
            "Film with a camera that stands still, hip-high if it can, with the whole person in the picture, feet "
            "included. The front shows the knees, the side the trunk and the heels."
        )
    earlier("exercise", "Earlier analyses")


def ask_exercise(before: Run | None = None) -> dict[str, Any]:
    """Ask for the exercise, and from where it was filmed; `before` is an analysis that stands chosen."""
    names, views = [RECOGNISE, *exercise_names()], list(_VIEWS)
    chosen = before.settings if before is not None else {}
    key = f"again-{before.id}" if before is not None else "movement"
    exercise, view = chosen.get("exercise", "squat"), chosen.get("view", "auto")
    one, two = st.columns(2)
    name = one.selectbox(
        "Exercise", names, index=names.index(exercise) if exercise in names else 0, key=f"{key}-exercise",
        format_func=lambda one: "Find out" if one == RECOGNISE else load_exercise(one).title,
    )  # fmt: skip
    view = two.selectbox(
        "Which side the camera sees", views, index=views.index(view) if view in views else 0, key=f"{key}-view",
        format_func=lambda one: _VIEWS[one],
    )  # fmt: skip
    if name != RECOGNISE:
        with st.expander("What is checked, and where the limits come from", icon=":material/menu_book:"):
            explained(load_exercise(name))
    return {"exercise": name, "view": view}


def show(run: Run) -> None:
    """One analysis, and the way to the next one of the same clip."""
    show_movement(run)
    with st.expander("Analyse again, as another exercise or seen from another side", icon=":material/replay:"):
        options = ask_exercise(run)
        if st.button("Analyse again", type="primary", icon=":material/play_arrow:", key=f"again-{run.id}-start"):
            start("exercise", Chosen(run=looked_at(run)), options)


analysis_page(
    "exercise",
    "Movement analyzer",
    "How often was it done, how well, and what was wrong in which moment.",
    ask=ask,
    show=show,
    anew="New analysis",
)
