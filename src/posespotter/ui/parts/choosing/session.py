"""Ask for the person and the day of a clip, and for notes; all of it is optional."""

from datetime import date
from typing import Any

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.runs import Run
from posespotter.runs.notes.people import Person, Session
from posespotter.ui.menu import entry
from posespotter.ui.shared import library, people
from posespotter.ui.words import day_words, plain


def choose_person(chosen: str | None, *, key: str, label: str = "Whose clip is it? (if you like)") -> str | None:
    """Choose a person of the library, or name a new one; None for nobody.

    Args:
        chosen: id of the person who is selected at first.
        key: of the element.
        label: above it.
    """
    everybody = people().all()
    names = _names(everybody)
    ids = list(everybody)
    found = st.selectbox(
        label, ids, index=ids.index(chosen) if chosen in ids else None, key=key, accept_new_options=True,
        placeholder="Nobody's; choose a person, or type a new name",
        format_func=lambda one: names.get(one, one),
    )  # fmt: skip
    return None if found is None else str(found).strip() or None


def person_id(chosen: str | None) -> str | None:
    """The id of the chosen person, created now for a new name."""
    if chosen is None or chosen in people().all():
        return chosen
    same = [one for one, person in people().all().items() if person.name == chosen]
    return same[0] if same else people().add(Person(name=chosen))


def note_person(run: Run, chosen: str | None) -> None:
    """Assign the clip of a run to the chosen person, if there is one."""
    if chosen is not None:
        people().note(run, people().session(run).model_copy(update={"person": person_id(chosen)}))


def session_line(run: Run) -> None:
    """Show the notes of a run's clip in a line with a link to its person, and the form to change them."""
    session = people().session(run)
    person = people().all().get(session.person or "")
    key = f"session-{run.id}"
    with st.container(horizontal=True, vertical_alignment="center"):
        if person is not None:
            st.page_link(
                entry("people").script, label=plain(person.name), icon=":material/person:",
                query_params={"person": str(session.person)}, width="content",
            )  # fmt: skip
        words = [day_words(session.day)] if session.day else []
        words += [session.note] if session.note else []
        if words:
            st.caption(plain(" · ".join(words)))
        label = "Change name, person, day, note" if person or words else "Name, person, day, note"
        with st.popover(label, icon=":material/edit:", key=key):
            _form(run, session, key)


def _form(run: Run, session: Session, key: str) -> None:
    with st.form(f"{key}-form", border=False):
        name = st.text_input("Name", run.name, max_chars=200, disabled=not run.state.over)
        chosen = choose_person(session.person, key=f"{key}-person", label="Person")
        day = st.date_input("Filmed on", session.day or run.created_at.date(), format="YYYY-MM-DD")
        note = st.text_area("Note", session.note, max_chars=20_000)
        if st.form_submit_button("Save", type="primary", icon=":material/save:"):
            _save(run, session, {"name": name, "person": chosen, "day": day, "note": note.strip()})


def _save(run: Run, session: Session, said: dict[str, Any]) -> None:
    day: date = said["day"]
    try:
        if said["name"].strip() and said["name"] != run.name:
            library().rename(run.id, said["name"])
        changes = {
            "person": person_id(said["person"]),
            "day": None if day == run.created_at.date() else day,
            "note": said["note"],
        }
        people().note(run, session.model_copy(update=changes))
    except PoseSpotterError as error:
        st.error(str(error), icon=":material/error:")
        return
    st.rerun()


def _names(everybody: dict[str, Person]) -> dict[str, str]:
    """Names by id, with the tags where two are alike."""
    names = [person.name for person in everybody.values()]
    return {
        one: person.name if names.count(person.name) == 1 else f"{person.name} ({', '.join(person.tags) or one[:8]})"
        for one, person in everybody.items()
    }
