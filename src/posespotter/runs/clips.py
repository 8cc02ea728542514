"""Clips: each the run that brought it with the analyses made from it; found by name, person, tag, exercise and day."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from posespotter.runs.notes.people import Person, Session, clip_of
from posespotter.runs.run import Run, RunKind


@dataclass(frozen=True)
class Clip:
    """A clip in the library.

    Attributes:
        runs: of the clip; the one that brought it first where it is still there, then its analyses, newest first.
        session: what is noted of it.
        person: whose it is, or None.
    """

    runs: tuple[Run, ...]
    session: Session = field(default_factory=Session)
    person: Person | None = None

    @property
    def head(self) -> Run:
        """The run that stands for the clip."""
        return self.runs[0]

    @property
    def analyses(self) -> tuple[Run, ...]:
        """The runs made of it, beside the head."""
        return self.runs[1:]

    @property
    def day(self) -> date:
        """The day it was filmed, as far as is known."""
        return self.session.day or self.head.created_at.date()


@dataclass(frozen=True)
class Wanted:
    """A filter for clips; empty values and None match all.

    Attributes:
        text: a part of the name of a run, of the person, of a tag or of the note.
        kind: of one of its runs.
        person: id.
        tag: of the person.
        exercise: that was analysed.
        since, until: the first and the last day.
    """

    text: str = ""
    kind: RunKind | None = None
    person: str | None = None
    tag: str = ""
    exercise: str = ""
    since: date | None = None
    until: date | None = None

    def fits(self, clip: Clip) -> bool:
        """Whether a clip is one of those."""
        tags = clip.person.tags if clip.person is not None else ()
        return (
            (not self.text or _mentions(clip, self.text.lower()))
            and (self.kind is None or any(run.kind == self.kind for run in clip.runs))
            and (self.person is None or clip.session.person == self.person)
            and (not self.tag or self.tag in tags)
            and (not self.exercise or any(run.settings.get("exercise") == self.exercise for run in clip.runs))
            and (self.since is None or clip.day >= self.since)
            and (self.until is None or clip.day <= self.until)
        )


def clips_of(runs: Iterable[Run], sessions: Mapping[str, Session], people: Mapping[str, Person]) -> list[Clip]:
    """Put runs of one clip together, in the order of the first of each.

    Args:
        runs: as they are sorted.
        sessions: by clip.
        people: by id.
    """
    by_clip: dict[str, list[Run]] = {}
    for run in runs:
        by_clip.setdefault(clip_of(run), []).append(run)
    clips = []
    for clip, members in by_clip.items():
        session = sessions.get(clip, Session())
        person = people.get(session.person) if session.person else None
        clips.append(Clip(_in_order(clip, members), session, person))
    return clips


def _in_order(clip: str, members: Sequence[Run]) -> tuple[Run, ...]:
    """The run that brought the clip, then the others, newest first."""
    return tuple(sorted(members, key=lambda run: (run.id == clip, run.id), reverse=True))


def _mentions(clip: Clip, text: str) -> bool:
    person = clip.person
    words = [run.name for run in clip.runs] + [run.id for run in clip.runs] + [clip.session.note]
    words += [person.name, *person.tags] if person is not None else []
    return any(text in word.lower() for word in words)
