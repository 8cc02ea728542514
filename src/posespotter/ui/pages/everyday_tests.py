"""Everyday tests: chair, walk, joints, screens. `?run=` is one that was carried out, or a run to judge."""

import streamlit as st

from posespotter.assessments import assessment_names, load_assessment
from posespotter.runs import Run
from posespotter.ui.parts.choosing.choice import Chosen, analysis_page, choose_clip, earlier, looked_at, start
from posespotter.ui.parts.choosing.clips import show_clip
from posespotter.ui.parts.choosing.instruction import ask_told, instruction, published
from posespotter.ui.parts.choosing.sample import offer_sample
from posespotter.ui.parts.choosing.who import ask_person
from posespotter.ui.parts.result.assessment import show_assessment
from posespotter.ui.samples import STANDS, stands_run

_USUAL = "sit-to-stand"


def choose_test(before: str, *, key: str) -> str:
    """The name of a test."""
    names = list(assessment_names())
    return st.selectbox(
        "Test", names, index=names.index(before if before in names else _USUAL), key=key,
        format_func=lambda one: load_assessment(one).title,
    )  # fmt: skip


def ask(asked: Run | None) -> None:
    """The test with its instruction, the clip, and the button that starts."""
    clip, about = st.columns([3, 2], gap="medium")
    with clip:
        test = load_assessment(choose_test(_USUAL, key="test-name"))
        with st.container(border=True):
            instruction(test)
        chosen = choose_clip(asked, page="everyday_tests", key="test")
        show_clip(chosen.run)
        if chosen.run is not None and chosen.run.name == STANDS:
            st.markdown("**In one of these five stands the hands help, so that the test does not count. In which?**")
        told = ask_told(test, chosen.run, {}, key="test-told")
        if (person := ask_person(chosen.run, "Who does most of it", key="test-who")) is not None:
            told["person"] = person
        if st.button("Carry out the test", type="primary", icon=":material/play_arrow:", disabled=not chosen):
            start("test", chosen, {"test": test.name, **told})
    with about:
        offer_sample(
            stands_run,
            "A mannequin rises from a chair five times, and once its hands help.",
            "Take the sample stands",
            icon="timer",
            making="Making the mannequin rise…",
            key="test-sample",
        )
        st.header("Published numbers")
        published(test)
        st.info(
            "This is no medical device: it shows the number, its error and the published table, and never what they "
            "mean for the person.",
            icon=":material/info:",
        )
    earlier("test", "Earlier tests")


def show(run: Run) -> None:
    """One test, and the way to the next one of the same clip."""
    show_assessment(run)
    with st.expander("Judge it again: another moment of Go, side or test", icon=":material/replay:"):
        key = f"again-{run.id}"
        test = load_assessment(choose_test(str(run.settings.get("test")), key=f"{key}-test"))
        before = run.settings if run.settings.get("test") == test.name else {}
        told = ask_told(test, run, before, key=f"{key}-{test.name}")
        if before.get("person") is not None:
            told["person"] = before["person"]
        if st.button("Judge again", type="primary", icon=":material/play_arrow:", key=f"{key}-start"):
            start("test", Chosen(run=looked_at(run)), {"test": test.name, **told})


analysis_page(
    "test",
    "Everyday tests",
    "Chair, walk, joints and squat screens: the number, how exact it is, and what speaks against it.",
    ask=ask,
    show=show,
    anew="New test",
)
