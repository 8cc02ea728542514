"""People whose clips are in the library, and what is noted of each clip: whose it is, of what day, and what was said.

A session belongs to a clip: to the run that brought it, or else to the analysis itself. All analyses of one clip share
it. Files are the truth, as with runs: people/ID.json and sessions/RUN.json in the library's folder.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from posespotter.errors import InputError
from posespotter.runs.notes.records import Records
from posespotter.runs.run import Run, new_id
from posespotter.runs.store import Library

if TYPE_CHECKING:
    from posespotter.exercises.words.judgements import Said

_PEOPLE, _SESSIONS = "people", "sessions"


class PersonLimit(BaseModel):
    """Another limit of a check, for one person.

    Attributes:
        exercise: its name.
        check: its name.
        limit: in the unit of the check.
        reason: why.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    exercise: str
    check: str
    limit: float = Field(allow_inf_nan=False)
    reason: str = Field("", max_length=500)


class Person(BaseModel):
    """A client or patient.

    Attributes:
        name: as it is shown.
        notes: free text.
        tags: words to find people by.
        limits: in place of the usual ones, in analyses from when they were set.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=120)
    notes: str = Field("", max_length=20_000)
    tags: tuple[str, ...] = ()
    limits: tuple[PersonLimit, ...] = ()

    def limits_in(self, exercise: str) -> dict[str, tuple[float, str]]:
        """Limit and reason by the name of the check, for one exercise."""
        return {one.check: (one.limit, one.reason) for one in self.limits if one.exercise == exercise}

    def limited(self, limit: PersonLimit) -> "Person":
        """The person with a limit, in the place of an earlier one of the same check."""
        return self.model_copy(update={"limits": (*self.unlimited(limit.exercise, limit.check).limits, limit)})

    def unlimited(self, exercise: str, check: str) -> "Person":
        """The person with the usual limit of a check."""
        kept = tuple(one for one in self.limits if (one.exercise, one.check) != (exercise, check))
        return self.model_copy(update={"limits": kept})


class Judgement(BaseModel):
    """A therapist's judgement of a fault that the program found.

    Attributes:
        run: the analysis.
        track_id: the person.
        repetition: its index.
        fault: name of the check.
        verdict: whether it is one; None for a comment alone.
        comment: free text.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    run: str
    track_id: int
    repetition: int
    fault: str
    verdict: Literal["confirmed", "dismissed"] | None = None
    comment: str = Field("", max_length=2000)

    @property
    def about(self) -> tuple[str, int, int, str]:
        """The finding that is judged."""
        return self.run, self.track_id, self.repetition, self.fault


class Session(BaseModel):
    """The notes of one clip.

    Attributes:
        person: id of the person whose clip it is; None for nobody's.
        day: when it was filmed; None for the day of the run.
        note: free text.
        judgements: of faults in its analyses.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    person: str | None = None
    day: date | None = None
    note: str = Field("", max_length=20_000)
    judgements: tuple[Judgement, ...] = ()

    def judgement(self, run: str, track_id: int, repetition: int, fault: str) -> Judgement:
        """The judgement of a fault; an empty one where there is none."""
        about = (run, track_id, repetition, fault)
        nothing = Judgement(run=run, track_id=track_id, repetition=repetition, fault=fault)
        return next((one for one in self.judgements if one.about == about), nothing)

    def said(self, run: str, track_id: int) -> "Said":
        """Judgements about one person in an analysis."""
        from posespotter.exercises.words.judgements import Said

        mine = [one for one in self.judgements if (one.run, one.track_id) == (run, track_id)]
        return Said(
            dismissed=frozenset((one.repetition, one.fault) for one in mine if one.verdict == "dismissed"),
            confirmed=frozenset((one.repetition, one.fault) for one in mine if one.verdict == "confirmed"),
            comments={(one.repetition, one.fault): one.comment for one in mine if one.comment},
        )

    def judged(self, judgement: Judgement) -> "Session":
        """The session with a judgement in the place of an earlier one of the same fault."""
        others = tuple(one for one in self.judgements if one.about != judgement.about)
        said = (judgement,) if judgement.verdict or judgement.comment else ()
        return self.model_copy(update={"judgements": (*others, *said)})


def clip_of(run: Run) -> str:
    """The id of the run that brought the clip of `run`."""
    return run.parent or run.id


class People:
    """The people of a library and their sessions; may be used from several threads and processes.

    Args:
        root: folder of the library.
    """

    def __init__(self, root: Path) -> None:
        self._people = Records(root / _PEOPLE, Person)
        self._sessions = Records(root / _SESSIONS, Session)

    def all(self) -> dict[str, Person]:
        """All people by id, in the order of the alphabet."""
        return dict(sorted(self._people.all().items(), key=lambda one: one[1].name.lower()))

    def get(self, person_id: str) -> Person:
        """The person of this id.

        Raises:
            InputError: there is none.
        """
        found = self._people.get(person_id)
        if found is None:
            raise InputError(f"expected the id of a person, there is none of {person_id[:80]!r}.")
        return found

    def add(self, person: Person) -> str:
        """Store a new person; the id.

        Raises:
            OutputError: the library cannot be written.
        """
        person_id = new_id()
        self._people.put(person_id, person)
        return person_id

    def change(self, person_id: str, person: Person) -> None:
        """Store what is known of a person now.

        Raises:
            InputError: there is no such person.
            OutputError: the library cannot be written.
        """
        self.get(person_id)
        self._people.put(person_id, person)

    def of(self, run: Run) -> Person | None:
        """Person whose clip a run is; None for nobody's."""
        session = self.session(run)
        return self._people.get(session.person) if session.person else None

    def session(self, run: Run) -> Session:
        """Notes of the clip of a run; an empty session where there are none."""
        return self._sessions.get(clip_of(run)) or Session()

    def sessions(self) -> dict[str, Session]:
        """Every session by the id of its clip."""
        return self._sessions.all()

    def note(self, run: Run, session: Session) -> None:
        """Store what is noted of the clip of a run; an empty session is none.

        Raises:
            OutputError: the library cannot be written.
        """
        if session == Session():
            self._sessions.remove(clip_of(run))
        else:
            self._sessions.put(clip_of(run), session)

    def runs_of(self, person_id: str, runs: Iterable[Run]) -> list[Run]:
        """Those of the runs that are a person's."""
        clips = {clip for clip, session in self.sessions().items() if session.person == person_id}
        return [run for run in runs if clip_of(run) in clips]

    def delete(self, person_id: str, library: Library) -> list[Run]:
        """Remove a person with all runs, files and sessions that are theirs.

        Returns:
            the runs that were removed.

        Raises:
            InputError: there is no such person.
            OutputError: one of the runs still waits or runs, and nothing was removed; or a folder cannot be removed.
        """
        self.get(person_id)
        removed = library.delete([run.id for run in self.runs_of(person_id, library.runs())])
        for clip, session in self.sessions().items():
            if session.person == person_id:
                self._sessions.remove(clip)
        self._people.remove(person_id)
        return removed

    def tidy(self, library: Library) -> None:
        """Remove the sessions of clips of which no run is left in the library.

        Raises:
            OutputError: the library cannot be read or written.
        """
        there = {clip_of(run) for run in library.runs()}
        for clip in self.sessions():
            if clip not in there:
                self._sessions.remove(clip)
