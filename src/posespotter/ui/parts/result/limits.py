"""Limits of checks for one person: set on the result of an exercise with a reason, listed, and taken back."""

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.exercises.analysis import ExerciseAnalysis
from posespotter.exercises.definitions.definition import CheckRule, ExerciseDefinition
from posespotter.exercises.words import phrases as words
from posespotter.runs import Run
from posespotter.runs.notes.people import PersonLimit
from posespotter.ui.parts.choosing.choice import Chosen, looked_at, start
from posespotter.ui.shared import people
from posespotter.ui.words import plain

_NOBODY = (
    "A limit belongs to a person: say first whose clip it is, under *Name, person, day, note* at the top of the page."
)


def analyse_with_limits(run: Run, analysis: ExerciseAnalysis) -> None:
    """Offer a new analysis where the person's limits have changed since this one."""
    person = people().of(run)
    made_with = {rule.name: (rule.limit, rule.reason) for rule in analysis.definition.of_person}
    now = person.limits_in(analysis.exercise) if person is not None else {}
    known = {rule.name for rule in analysis.definition.check}
    if {name: one for name, one in now.items() if name in known} == made_with:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        whose = plain(person.name) if person is not None else "nobody in particular"
        st.markdown(f":material/straighten: The limits for {whose} were changed after this analysis.")
        if st.button("Analyse again with them", icon=":material/replay:", key=f"limits-again-{run.id}"):
            asked = {name: run.settings.get(name) for name in ("exercise", "view", "person")}
            options = {name: value for name, value in asked.items() if value is not None}
            start("exercise", Chosen(run=looked_at(run)), options)


def limits_of_person(run: Run, exercise: ExerciseDefinition) -> None:
    """Show the limits that are set for a clip's person in an exercise, and a form for every check of it."""
    person = people().of(run)
    if person is None:
        st.info(_NOBODY, icon=":material/person:")
        return
    session = people().session(run)
    rules = {rule.name: rule for rule in exercise.check}
    set_limits(str(session.person), exercise.name, rules)
    name = st.selectbox(
        "Check", list(rules), key=f"limits-check-{run.id}",
        format_func=lambda one: words.spoken(one).capitalize(),
    )  # fmt: skip
    _form(str(session.person), exercise.name, rules[name], key=f"limits-{run.id}-{name}")


def limit_of_check(run: Run, exercise: ExerciseDefinition, check: str, *, key: str) -> None:
    """A button beside a finding that opens the form for its limit."""
    rule = next((one for one in exercise.check if one.name == check), None)
    if rule is None:
        return
    with st.popover("Limit", icon=":material/straighten:"):
        person_id = people().session(run).person
        if people().of(run) is None or person_id is None:
            st.markdown(_NOBODY)
        else:
            _form(person_id, exercise.name, rule, key=key)


def set_limits(person_id: str, exercise: str, rules: dict[str, CheckRule]) -> None:
    """The limits that are set for a person in an exercise, each with a button that takes it back."""
    person = people().get(person_id)
    for check, (limit, reason) in person.limits_in(exercise).items():
        if check not in rules:
            continue
        rule = rules[check]
        usual = rule.limit if rule.instead_of is None else rule.instead_of
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            told = words.own_limit(limit, usual, rule.unit)
            because = f" · {plain(reason)}" if reason else ""
            st.markdown(f"**{plain(words.spoken(check).capitalize())}** · {told}{because}")
            if st.button("Take back", icon=":material/undo:", key=f"limit-back-{person_id}-{exercise}-{check}"):
                people().change(person_id, person.unlimited(exercise, check))
                st.rerun()


def _form(person_id: str, exercise: str, rule: CheckRule, *, key: str) -> None:
    person = people().get(person_id)
    limit, reason = person.limits_in(exercise).get(rule.name, (rule.limit, ""))
    usual = rule.limit if rule.instead_of is None else rule.instead_of
    way = "At most" if rule.above is not None else "At least"
    unit = words.unit_words(rule.unit).strip()
    with st.form(key, border=False):
        st.caption(f"For {plain(person.name)}, from the next analysis on. Usual: {words.quantity(usual, rule.unit)}.")
        step = 1.0 if rule.unit == "deg" else 0.1
        given = st.number_input(f"{way}, {unit}", value=float(words.shown(limit, rule.unit)), step=step, format="%g")
        why = st.text_input("Reason", reason, max_chars=500, placeholder="Six weeks after surgery")
        if st.form_submit_button("Set this limit", type="primary", icon=":material/straighten:"):
            wanted = PersonLimit(
                exercise=exercise, check=rule.name, limit=words.stored(given, rule.unit), reason=why.strip()
            )
            try:
                people().change(person_id, person.limited(wanted))
            except PoseSpotterError as error:
                st.error(str(error), icon=":material/error:")
                return
            st.toast("The limit is set.", icon=":material/check:")
            st.rerun()
