"""People with their sessions: small files that outlive anything but their own deletion."""

from datetime import date

import pytest
from tests.runs.runs_made import task_folder

from posespotter.errors import InputError
from posespotter.runs.clips import Wanted, clips_of
from posespotter.runs.notes.people import Judgement, People, Person, PersonLimit, Session


@pytest.fixture
def people(root) -> People:
    return People(root)


def adopted(library, tmp_path, name, kind="estimate", parent=None, **settings):
    folder = task_folder(tmp_path / f"{name}-{kind}-{len(library.runs())}")
    return library.adopt(folder, kind, name=name, parent=parent, settings=settings)


def test_a_person_is_kept_changed_and_found_by_another_process(people, root):
    anna = people.add(Person(name="Anna", tags=("knee",)))
    people.add(Person(name="ada"))
    assert [person.name for person in people.all().values()] == ["ada", "Anna"]
    people.change(anna, Person(name="Anna Berg", notes="May"))
    assert People(root).get(anna) == Person(name="Anna Berg", notes="May")


@pytest.mark.parametrize("wrong", ["20261128-000000000-bbbbbbbbbb", "../../etc/passwd", ""])
def test_nobody_of_this_id(people, wrong):
    with pytest.raises(InputError, match=r"expected (the|an) id"):
        people.get(wrong)


def test_all_analyses_of_a_clip_share_its_session(people, library, tmp_path):
    walk = adopted(library, tmp_path, "walk.mp4")
    squat = adopted(library, tmp_path, "walk.mp4", "exercise", walk.id)
    said = Judgement(run=squat.id, track_id=1, repetition=2, fault="knees_inward", verdict="dismissed")
    session = Session(day=date(2026, 5, 12), note="tired", judgements=(said,))
    people.note(squat, session)
    assert people.session(walk) == people.session(squat) == session
    people.note(walk, Session())
    assert people.sessions() == {}


def test_a_judgement_takes_the_place_of_the_one_before_and_an_empty_one_is_none():
    session = Session()
    said = session.judgement("a", 1, 2, "shallow")
    assert said.verdict is None
    session = session.judged(said.model_copy(update={"verdict": "dismissed"}))
    session = session.judged(said.model_copy(update={"verdict": "confirmed", "comment": "left side"}))
    assert [(one.verdict, one.comment) for one in session.judgements] == [("confirmed", "left side")]
    assert session.judgement("a", 1, 3, "shallow").verdict is None
    assert session.judged(said) == Session()


def test_what_is_said_of_one_person_in_one_analysis():
    about = {"run": "a", "track_id": 1, "repetition": 2}
    session = Session(
        judgements=(
            Judgement(**about, fault="shallow", verdict="dismissed"),
            Judgement(**about, fault="knees", verdict="confirmed", comment="left"),
            Judgement(**about | {"run": "b"}, fault="heels", verdict="dismissed"),
            Judgement(**about | {"track_id": 2}, fault="heels", verdict="dismissed"),
        )
    )
    said = session.said("a", 1)
    assert (said.dismissed, said.confirmed) == ({(2, "shallow")}, {(2, "knees")})
    assert said.comments == {(2, "knees"): "left"}
    assert not session.said("a", 3)


def test_a_limit_takes_the_place_of_the_one_before_and_is_taken_back(people, root):
    deep = PersonLimit(exercise="squat", check="too_shallow", limit=60.0, reason="new knee")
    anna = Person(name="Anna").limited(deep).limited(deep.model_copy(update={"limit": 55.0}))
    anna = anna.limited(PersonLimit(exercise="lunge", check="too_shallow", limit=30.0))
    anna_id = people.add(anna)
    assert People(root).get(anna_id).limits_in("squat") == {"too_shallow": (55.0, "new knee")}
    assert anna.unlimited("squat", "too_shallow").limits_in("squat") == {}
    assert anna.unlimited("squat", "too_shallow").limits_in("lunge") == {"too_shallow": (30.0, "")}


def test_whose_a_clip_is(people, library, tmp_path):
    anna = people.add(Person(name="Anna"))
    walk = adopted(library, tmp_path, "walk.mp4")
    squat = adopted(library, tmp_path, "walk.mp4", "exercise", walk.id)
    assert people.of(squat) is None
    people.note(walk, Session(person=anna))
    assert people.of(squat) == Person(name="Anna")


def test_a_damaged_record_is_left_out(people, root):
    anna = people.add(Person(name="Anna"))
    (root / "people" / f"{anna}.json").write_text("{")
    assert people.all() == {}


def test_deleting_a_person_deletes_what_is_theirs_and_nothing_else(people, library, tmp_path):
    anna, ben = people.add(Person(name="Anna")), people.add(Person(name="Ben"))
    hers, his, nobodys = (adopted(library, tmp_path, name) for name in ("a.mp4", "b.mp4", "c.mp4"))
    analysis = adopted(library, tmp_path, "a.mp4", "exercise", hers.id)
    for run, person in ((hers, anna), (his, ben)):
        people.note(run, Session(person=person))
    assert {run.id for run in people.delete(anna, library)} == {hers.id, analysis.id}
    assert {run.id for run in library.runs()} == {his.id, nobodys.id}
    assert list(people.all()) == [ben]
    assert list(people.sessions()) == [his.id]


def test_a_session_goes_with_the_last_run_of_its_clip(people, library, tmp_path):
    walk = adopted(library, tmp_path, "walk.mp4")
    squat = adopted(library, tmp_path, "walk.mp4", "exercise", walk.id)
    people.note(walk, Session(note="tired"))
    library.delete(walk.id)
    people.tidy(library)
    assert people.session(squat).note == "tired"
    library.delete(squat.id)
    people.tidy(library)
    assert people.sessions() == {}


def test_clips_are_found_by_what_is_known_of_them(people, library, tmp_path):
    anna = people.add(Person(name="Anna Berg", tags=("knee",)))
    walk = adopted(library, tmp_path, "walk.mp4")
    squat = adopted(library, tmp_path, "walk.mp4", "exercise", walk.id, exercise="squat")
    stairs = adopted(library, tmp_path, "stairs.mp4")
    people.note(walk, Session(person=anna, day=date(2026, 5, 12), note="tired"))
    clips = clips_of(library.runs(), people.sessions(), people.all())
    assert [clip.runs for clip in clips] == [(stairs,), (walk, squat)]
    for wanted, names in (
        (Wanted(), {"walk.mp4", "stairs.mp4"}),
        (Wanted(text="BERG"), {"walk.mp4"}),
        (Wanted(text="tired"), {"walk.mp4"}),
        (Wanted(text="stair"), {"stairs.mp4"}),
        (Wanted(kind="exercise"), {"walk.mp4"}),
        (Wanted(person=anna), {"walk.mp4"}),
        (Wanted(tag="knee"), {"walk.mp4"}),
        (Wanted(tag="hip"), set()),
        (Wanted(exercise="squat"), {"walk.mp4"}),
        (Wanted(until=date(2026, 5, 12)), {"walk.mp4"}),
        (Wanted(since=date(2026, 5, 13)), {"stairs.mp4"}),
    ):
        assert {clip.head.name for clip in clips if wanted.fits(clip)} == names, wanted


def test_a_run_is_renamed_for_good(library, tmp_path):
    run = adopted(library, tmp_path, "IMG_1.mp4")
    assert library.rename(run.id, " Anna,\nfirst ").name == "Anna, first"
    library.reindex()
    assert library.run(run.id).name == "Anna, first"
    with pytest.raises(InputError, match="a name"):
        library.rename(run.id, "\n")
    waiting = library.begin("estimate", "walk.mp4")
    with pytest.raises(InputError, match="that is over"):
        library.rename(waiting.id, "walk")
