"""What a person can try who has no video at hand."""

import tempfile
from pathlib import Path

from posespotter.jobs.submit import JobRequest, submit
from posespotter.runs import Library, RunState
from posespotter.tasks.sample import write_sample_squats

TWO_PEOPLE = Path(__file__).with_name("two_people.mp4")
SQUATS = "Sample: squats"

_TWO_PEOPLE_NAME = "Sample: two people"


def start_two_people(library: Library, options: dict[str, object]) -> str:
    """Queue the clip of two people; the id of its run."""
    return submit(library, JobRequest("estimate", TWO_PEOPLE, _TWO_PEOPLE_NAME, options))


def squats_run(library: Library) -> str:
    """The run of the squats that the program makes itself, made now unless the library has it; its id."""
    for run in library.runs(text=SQUATS, kind="estimate", state=RunState.DONE):
        if run.name == SQUATS:
            return run.id
    with tempfile.TemporaryDirectory(prefix="posespotter-") as folder:
        return library.adopt(write_sample_squats(Path(folder) / "squats"), "estimate", name=SQUATS).id
