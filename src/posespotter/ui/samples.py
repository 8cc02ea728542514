"""Samples for a person who has no video at hand."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from posespotter.jobs.submit import JobRequest, submit
from posespotter.runs import Library, RunState
from posespotter.tasks.sample import write_sample_fall, write_sample_squats, write_sample_stands

TWO_PEOPLE = Path(__file__).with_name("two_people.mp4")
SQUATS = "Sample: squats"
FALL = "Sample: a fall"
STANDS = "Sample: stands from a chair"

_TWO_PEOPLE_NAME = "Sample: two people"


def start_two_people(library: Library, options: dict[str, object]) -> str:
    """Queue the clip of two people; the id of its run."""
    return submit(library, JobRequest("estimate", TWO_PEOPLE, _TWO_PEOPLE_NAME, options))


def squats_run(library: Library) -> str:
    """The run of the squats that the program makes itself, made now unless the library has it; its id."""
    return _run_of(library, SQUATS, write_sample_squats)


def fall_run(library: Library) -> str:
    """The run of the fall that the program makes itself, made now unless the library has it; its id."""
    return _run_of(library, FALL, write_sample_fall)


def stands_run(library: Library) -> str:
    """The run of the stands that the program makes itself, made now unless the library has it; its id."""
    return _run_of(library, STANDS, write_sample_stands)


def _run_of(library: Library, name: str, write: Callable[[Path], Path]) -> str:
    for run in library.runs(text=name, kind="estimate", state=RunState.DONE):
        if run.name == name:
            return run.id
    with tempfile.TemporaryDirectory(prefix="posespotter-") as folder:
        return library.adopt(write(Path(folder) / "sample"), "estimate", name=name).id
