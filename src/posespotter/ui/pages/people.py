"""People: clients or patients, with their clips. `?person=` shows one of them."""

from contextlib import suppress

import streamlit as st

from posespotter.errors import InputError, PoseSpotterError, SettingsError
from posespotter.exercises import load_exercise
from posespotter.runs.clips import Clip, clips_of
from posespotter.runs.notes.people import Person
from posespotter.ui.parts.gallery import gallery
from posespotter.ui.parts.history import show_history
from posespotter.ui.parts.result.limits import set_limits
from posespotter.ui.parts.results_over_time import show_results
from posespotter.ui.shared import library, people
from posespotter.ui.words import day_words, plain, plural


def everybody() -> None:
    """All people, with what narrows them down."""
    known = people().all()
    search, new = st.columns([4, 1.3], vertical_alignment="center")
    text = search.text_input(
        "Search", placeholder="Search by name, tag or note", icon=":material/search:", key="people-text",
        label_visibility="collapsed",
    )  # fmt: skip
    if new.button("New person", icon=":material/person_add:", width="stretch", type="primary"):
        edit(None)
    if not known:
        with st.container(border=True):
            st.markdown(
                "Nobody is here yet. A person has a name, notes and tags, and their clips stand together with their "
                "progress. Everything works without: clips need not be anybody's."
            )
        return
    words = text.strip().lower()
    found = {one: person for one, person in known.items() if _mentions(person, words)}
    if not found:
        st.info("Nobody fits.", icon=":material/search_off:")
    clips = clips_by_person()
    for person_id, person in found.items():
        line(person_id, person, clips.get(person_id, []))


def line(person_id: str, person: Person, clips: list[Clip]) -> None:
    """One person, as a line that opens."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        # A link of Streamlit's to the page that is open already would lose its query.
        if st.button(f"**{plain(person.name)}**", icon=":material/person:", key=f"open-{person_id}", type="tertiary"):
            st.query_params["person"] = person_id
            st.rerun()
        if person.tags:
            st.markdown(" ".join(f":gray-badge[{plain(tag)}]" for tag in person.tags), width="content")
        last = f", last on {day_words(max(clip.day for clip in clips))}" if clips else ""
        st.caption(f"{plural(len(clips), 'clip')}{last}", width="content")


def clips_by_person() -> dict[str, list[Clip]]:
    """The clips of each person, newest first."""
    found: dict[str, list[Clip]] = {}
    for clip in clips_of(library().runs(), people().sessions(), people().all()):
        if clip.session.person:
            found.setdefault(clip.session.person, []).append(clip)
    return found


@st.dialog("Person", icon=":material/person:")
def edit(person_id: str | None) -> None:
    """Enter a new person, or change one."""
    person = people().get(person_id) if person_id else None
    name = st.text_input("Name", person.name if person else "", max_chars=120)
    tags = st.multiselect(
        "Tags", sorted({tag for one in people().all().values() for tag in one.tags}), person.tags if person else None,
        accept_new_options=True, help="Words to find people by: knee, Monday group.",
    )  # fmt: skip
    notes = st.text_area("Notes", person.notes if person else "", max_chars=20_000)
    if st.button("Save", type="primary", icon=":material/save:", disabled=not name.strip()):
        entered = {"name": name.strip(), "notes": notes.strip(), "tags": tuple(tags)}
        wanted = person.model_copy(update=entered) if person is not None else Person(**entered)
        try:
            if person_id:
                people().change(person_id, wanted)
            else:
                person_id = people().add(wanted)
        except PoseSpotterError as error:
            st.error(str(error), icon=":material/error:")
            return
        st.query_params["person"] = person_id
        st.rerun()


@st.dialog("Delete for good?", icon=":material/delete:")
def confirm_delete(person_id: str) -> None:
    """Ask, then delete a person with all that is theirs."""
    person = people().get(person_id)
    runs = people().runs_of(person_id, library().runs())
    st.markdown(
        f"**{plain(person.name)}**, the notes, and **{plural(len(runs), 'run')}** with videos, joints and reports are "
        "removed from the disk."
    )
    yes, no = st.columns(2)
    if yes.button("Delete", icon=":material/delete:", width="stretch", key="delete-person-yes"):
        try:
            people().delete(person_id, library())
        except PoseSpotterError as error:
            st.error(str(error), icon=":material/error:")
            return
        st.query_params.clear()
        st.rerun()
    if no.button("Keep", width="stretch", key="keep-person"):
        st.rerun()


def show(person_id: str) -> None:
    """One person: what is known, and their clips."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if st.button("Everybody", icon=":material/arrow_back:"):
            st.query_params.clear()
            st.rerun()
        with st.container(horizontal=True, width="content"):
            if st.button("Change", icon=":material/edit:"):
                edit(person_id)
            if st.button("Delete", icon=":material/delete:", key="delete-person"):
                confirm_delete(person_id)
    person = people().all().get(person_id)
    if person is None:
        st.info("This person is not there any more.", icon=":material/search_off:")
        return
    st.header(plain(person.name), anchor=False)
    if person.tags:
        st.markdown(" ".join(f":gray-badge[{plain(tag)}]" for tag in person.tags))
    if person.notes:
        st.markdown(plain(person.notes))
    if person.limits:
        st.header("Limits of their own", anchor=False)
    for exercise in dict.fromkeys(one.exercise for one in person.limits):
        with suppress(InputError, SettingsError):  # an exercise of a file that is gone
            rules = {rule.name: rule for rule in load_exercise(exercise).check}
            set_limits(person_id, exercise, rules)
    clips = sorted(clips_by_person().get(person_id, []), key=lambda clip: clip.day, reverse=True)
    if not clips:
        st.info(
            "No clip is theirs yet. Choose the person when you analyse a video, or under a run: *Name, person, day, "
            "note*.",
            icon=":material/video_library:",
        )
        return
    show_history(clips, person.name, key=f"history-{person_id}")
    show_results(clips, person.name, key=f"results-{person_id}")
    st.header("Clips", anchor=False)
    gallery(clips, key=f"people-{person_id}")


def _mentions(person: Person, words: str) -> bool:
    return any(words in text.lower() for text in (person.name, person.notes, *person.tags))


st.title("People")
st.caption("Clients or patients, if you like: their clips, notes and progress in one place.")
asked = st.query_params.get("person")
if asked:
    show(asked)
else:
    everybody()
