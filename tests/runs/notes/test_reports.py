"""A report follows what the therapist says, and goes back with it."""

import pytest
from tests.runs.runs_made import task_folder

from posespotter.errors import InputError
from posespotter.exercises import load_exercise
from posespotter.runs.notes.people import People, Session
from posespotter.runs.notes.reports import REPORT, renew_report
from posespotter.synthetic.sample import sample_squats
from posespotter.tasks.exercise import exercise


@pytest.fixture
def judged(library, tmp_path):
    """The sample squats, analysed, without a video."""
    sample_squats().to_parquet(tmp_path / "poses.parquet")
    made = exercise(str(tmp_path / "poses.parquet"), load_exercise("squat"), tmp_path / "made", overlay=False)
    return library.adopt(made.folder, "exercise", name="Squats")


def test_a_report_is_made_anew_where_something_else_was_said(library, judged):
    def page():
        renew_report(library, judged.id)
        return library.artefact(judged.id, REPORT).read_text("utf-8")

    people, before = People(library.root), page()
    assert "2 with faults" in before
    knees = Session().judgement(judged.id, 1, 3, "knees_inward")
    people.note(judged, Session().judged(knees.model_copy(update={"verdict": "dismissed", "comment": "her way"})))
    after = page()
    assert "1 with a fault" in after
    assert "Dismissed by the therapist" in after
    assert "her way" in after
    stamp = library.artefact(judged.id, REPORT).stat()
    assert page() == after
    assert library.artefact(judged.id, REPORT).stat() == stamp  # nothing new: not written
    people.note(judged, Session())
    assert "Dismissed by the therapist" not in page()
    assert "2 with faults" in page()


def test_runs_without_a_report_are_left_alone(library, tmp_path):
    walk = library.adopt(task_folder(tmp_path / "walk"), "estimate", name="walk.mp4")
    files = library.artefacts(walk.id)
    renew_report(library, walk.id)
    assert library.artefacts(walk.id) == files
    with pytest.raises(InputError, match="there is no run"):
        renew_report(library, "20261128-000000000-bbbbbbbbbb")
