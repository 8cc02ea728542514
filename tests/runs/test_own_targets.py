"""A person's own depth: over their analyses of the exercise, and over nobody else's."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.runs.runs_made import task_folder

from posespotter.exercises import load_exercise
from posespotter.exercises.target import target_of
from posespotter.runs import Library
from posespotter.runs.notes.people import People, Person, Session
from posespotter.runs.own_targets import own_targets


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


def test_each_person_has_the_mean_of_their_own_repetitions(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = People(library.root)
    anna, ben = people.add(Person(name="Anna")), people.add(Person(name="Ben"))
    target = target_of(load_exercise("squat"))
    assert target is not None
    stored = {"a": [10.0, 20.0], "b": [30.0, None], "c": [50.0], "d": [5.0], "e": []}
    whose = {"a": anna, "b": anna, "c": ben, "d": None, "e": ben}

    def read(folder: Path) -> SimpleNamespace:
        values = stored[(folder / "name.txt").read_text()]
        return SimpleNamespace(repetitions=[SimpleNamespace(metrics={target.metric: value}) for value in values])

    monkeypatch.setattr("posespotter.runs.own_targets.read_analysis", read)
    for name, person in whose.items():
        folder = task_folder(tmp_path / name, {"kind": "exercise"}, analysis__json="{}", name__txt=name)
        run = library.adopt(folder, "exercise", name=name, settings={"exercise": "squat"})
        if person is not None:
            people.note(run, Session(person=person))
    folder = task_folder(tmp_path / "lunge", {"kind": "exercise"}, analysis__json="{}", name__txt="d")
    people.note(library.adopt(folder, "exercise", settings={"exercise": "lunge"}), Session(person=ben))
    found = own_targets(library, people, target)
    assert {one.name: (one.goal, one.sessions) for one in found.values()} == {"Anna": (20.0, 2), "Ben": (50.0, 1)}
