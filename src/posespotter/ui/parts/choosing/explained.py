"""An exercise file in plain words, for a page: what counts, what is checked, and where each limit comes from."""

import streamlit as st

from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.exercises.words.explanation import condition, counted, level_limits, seen_from
from posespotter.exercises.words.wording import spoken
from posespotter.ui.words import plain


def explained(exercise: ExerciseDefinition) -> None:
    """Show what is counted and checked, a paragraph each; sources in small print below what they support."""
    st.markdown(f"**{plain(exercise.title)}.** {plain(exercise.about)}")
    st.markdown("**What counts as one repetition**")
    st.markdown("\n".join(f"- {plain(item[:1].upper() + item[1:])}." for item in counted(exercise)))
    if exercise.source:
        st.caption(plain(exercise.source))
    if exercise.level is not None:
        st.markdown("**How far it went**")
        st.markdown(plain(level_limits(exercise, exercise.level)))
        st.caption(plain(exercise.level.source))
    for kind, title in (("fault", "What is checked"), ("note", "What is noted, which leaves a repetition good")):
        rules = [rule for rule in exercise.check if rule.severity == kind]
        if not rules:
            continue
        st.markdown(f"**{title}**")
        for rule in rules:
            with st.container(border=True, gap="small"):
                st.markdown(
                    f"**{plain(spoken(rule.name).capitalize())}** · {plain(condition(rule, exercise.work))}. "
                    f"{plain(seen_from(rule))}"
                )
                st.markdown(f":material/lightbulb: {plain(rule.advice)}")
                st.caption(plain(rule.source))
