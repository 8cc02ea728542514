"""Asking for jobs and calling them off, and their stages in this process: what needs no worker."""

import io
import json
from datetime import date
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from dbos import WorkflowSerializationFormat
from sqlalchemy import MetaData, Table, create_engine, inspect, select
from tests.fall_rules import write_rules
from tests.figures import film
from tests.painted import HEIGHT, WIDTH, PaintedDetector, PaintedPose, always, paint, standing
from tests.runs.runs_made import task_folder, two_people

from posespotter.assessments.past_results import read_result
from posespotter.errors import InputError, OutputError, PoseSpotterError, SettingsError
from posespotter.estimation import estimator as module
from posespotter.falls.classifier import FallClassifier
from posespotter.jobs import submit as jobs
from posespotter.jobs.heartbeats import Workers
from posespotter.jobs.queue import WORKFLOW, jobs_url, queue_client
from posespotter.jobs.stages import STAGES, Job
from posespotter.jobs.submit import JobRequest, cancel, submit, try_again
from posespotter.media import open_source
from posespotter.models.load import Loaded
from posespotter.poses import PoseSequence
from posespotter.runs import Library, RunState
from posespotter.runs.notes.people import People, Person, PersonLimit, Session
from posespotter.settings import settings
from posespotter.synthetic.everyday import sit_to_stand
from posespotter.synthetic.sample import sample_squats
from posespotter.tasks.assessment import read_assessment
from posespotter.tasks.movement import read_movement


def test_a_job_waits_with_its_file_and_can_be_called_off(library, demo_clip, tmp_path):
    upload = tmp_path / "4711"
    upload.write_bytes(demo_clip.read_bytes())
    ids = [
        submit(library, JobRequest("estimate", demo_clip)),
        submit(library, JobRequest("estimate", upload, "../../évil <b>.MP4", upload=True)),
    ]
    assert demo_clip.exists()
    assert not upload.exists()
    first, second = (library.run(run_id) for run_id in ids)
    assert (first.state, first.name, second.name) == (RunState.QUEUED, "two_people.mp4", "../../évil <b>.MP4")
    assert [path.name for path in library.workspace(ids[0]).glob("source*")] == ["source.mp4"]
    assert [path.name for path in library.workspace(ids[1]).glob("source*")] == ["source.bin"]
    with queue_client(library) as client:
        stored = client.list_workflows(workflow_ids=ids)
    assert {(one.name, one.status) for one in stored} == {(WORKFLOW, "ENQUEUED")}
    assert cancel(library, ids[0])
    assert not cancel(library, ids[0])
    assert library.run(ids[0]).state is RunState.CANCELLED
    assert not (library.root / "work" / ids[0]).exists()
    assert library.artefacts(ids[0]) == []
    with queue_client(library) as client:
        assert client.retrieve_workflow(ids[0]).get_status().status == "CANCELLED"
    with pytest.raises(InputError, match="no run"):
        cancel(library, ids[0][:-1] + ("2" if ids[0][-1] != "2" else "3"))


def test_what_is_asked_is_kept_as_json_and_never_unpickled(library, demo_clip):
    run_id = submit(library, JobRequest("exercise", demo_clip, options={"exercise": "squat"}))
    engine = create_engine(jobs_url(library))
    found = inspect(engine)
    schema = None if engine.dialect.name == "sqlite" else "dbos"
    tables = [Table(name, MetaData(), schema=schema, autoload_with=engine) for name in found.get_table_names(schema)]
    with engine.connect() as connection:
        cells = [str(cell) for table in tables for row in connection.execute(select(table)) for cell in row]
    engine.dispose()
    about = [cell for cell in cells if run_id in cell and "squat" in cell]
    assert about
    assert all(json.loads(cell) for cell in about)
    assert "portable_json" in cells
    assert "py_pickle" not in cells


class Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_a_pickled_row_is_not_opened(local, tmp_path):
    bait = tmp_path / "bait"
    with queue_client(local) as client:
        options = {
            "queue_name": "q",
            "workflow_name": WORKFLOW,
            "serialization_type": WorkflowSerializationFormat.NATIVE,
        }
        client.enqueue(options, Evil(bait))
        (row,) = client.list_workflows()
    assert isinstance(row.input, str)  # left as it was
    assert not bait.exists()


def test_a_file_or_run_that_is_not_there(library, tmp_path):
    with pytest.raises(InputError, match=r"none\.mp4.*no such file"):
        submit(library, JobRequest("estimate", tmp_path / "none.mp4"))
    with pytest.raises(InputError, match="id of a run"):
        submit(library, JobRequest("exercise", "../../etc", options={"exercise": "squat"}))
    waiting = library.begin("estimate", "walk.mp4")
    with pytest.raises(InputError, match="expected a run that is done"):
        submit(library, JobRequest("exercise", waiting.id, options={"exercise": "squat"}))
    assert [run.id for run in library.runs()] == [waiting.id]


def test_a_failed_job_is_tried_again_without_its_file_being_given_again(library, demo_clip):
    asked = JobRequest("estimate", demo_clip, "walk.mp4", {"pose": "rtmpose-m", "smoothing": "off"})
    failed = library.fail(submit(library, asked), "rtmpose-m is not on this machine.")
    again = library.run(try_again(library, failed.id, {"pose": None}))
    assert [run.id for run in library.runs()] == [again.id]
    assert (again.name, again.state) == ("walk.mp4", "queued")
    assert (again.settings["smoothing"], again.settings.get("pose")) == ("off", None)
    (taken,) = library.workspace(again.id).glob("source.*")
    assert taken.read_bytes() == demo_clip.read_bytes()


def test_nothing_is_left_to_try_again_where_only_skeletons_are_kept(library, demo_clip, monkeypatch):
    monkeypatch.setenv("POSESPOTTER_SKELETONS_ONLY", "1")
    failed = library.fail(submit(library, JobRequest("estimate", demo_clip)), "no luck")
    with pytest.raises(InputError, match="Upload it again"):
        try_again(library, failed.id)
    assert library.source(failed.id) is None
    assert library.run(failed.id) == failed


def test_an_exercise_that_is_not_named_is_recognised(library, tmp_path):
    folder = task_folder(tmp_path / "squats")
    sample_squats().to_parquet(folder / "poses.parquet")
    squats = library.adopt(folder, "estimate", name="IMG_1.mp4")
    request = JobRequest("exercise", squats.id, options={"exercise": "auto", "overlay": False, "report": False})
    run_id = submit(library, request)
    job = Job(library, run_id, request, every_s=60.0)
    for stage in STAGES["exercise"]:
        job.perform(stage, lambda *_: None)
    run = library.run(run_id)
    assert (run.settings["exercise"], run.counts["repetitions"]) == ("squat", 5)


def test_the_limits_of_whose_clip_it_is_are_used(library, tmp_path):
    folder = task_folder(tmp_path / "squats")
    sample_squats().to_parquet(folder / "poses.parquet")
    squats = library.adopt(folder, "estimate", name="IMG_1.mp4")
    people = People(library.root)
    limit = PersonLimit(exercise="squat", check="too_shallow", limit=150.0, reason="new knee")
    people.note(squats, Session(person=people.add(Person(name="Anna", limits=(limit,)))))
    request = JobRequest("exercise", squats.id, options={"exercise": "squat", "overlay": False, "report": False})
    run_id = submit(library, request)
    job = Job(library, run_id, request, every_s=60.0)
    for stage in STAGES["exercise"]:
        job.perform(stage, lambda *_: None)
    assert library.run(run_id).counts["faults"] == 1  # of the two that the sample has
    analysis = json.loads(library.artefact(run_id, "analysis.json").read_text("utf-8"))
    assert [(one["check"], one["limit"]) for one in analysis["person_limits"]] == [("too_shallow", 150.0)]
    (again,) = read_movement(library.folder(run_id)).analyses
    assert [rule.reason for rule in again.definition.of_person] == ["new knee"]


def test_an_everyday_test_is_kept_with_its_result(library, tmp_path):
    truth = sit_to_stand(5)
    folder = task_folder(tmp_path / "stands")
    film(truth.figure, yaw_deg=90, world=False).to_parquet(folder / "poses.parquet")
    stands = library.adopt(folder, "estimate", name="stands.mp4")
    go_s = truth.times_s["onset"][0] - 0.4
    request = JobRequest("test", stands.id, options={"test": "sit-to-stand", "start_s": go_s, "overlay": False})
    run_id = submit(library, request)
    job = Job(library, run_id, request, every_s=60.0)
    for stage in STAGES["test"]:
        job.perform(stage, lambda *_: None)
    run = library.run(run_id)
    assert (run.state, run.kind, run.parent) == (RunState.DONE, "test", stands.id)
    assert (run.settings["test"], run.settings["start_s"]) == ("sit-to-stand", go_s)
    assert run.counts["value"] == pytest.approx(truth.times_s["seat"][4] - go_s, abs=0.2)
    assert (run.counts["invalid"], run.counts["look"]) == (0, 0)
    assert {"assessment.json", "report.html", "poses.parquet", "run.json"} <= set(library.artefacts(run_id))
    result = read_assessment(library.folder(run_id))
    assert (result.status, result.started_by) == ("valid", "go")
    stored = read_result(library.folder(run_id), date(2026, 5, 12), run.name)
    assert (stored.value, stored.status, stored.started_by) == (run.counts["value"], "valid", "go")
    assert len(result.curve.time_s)
    request = JobRequest("test", stands.id, options={"test": "sit-to-stnd"})
    with pytest.raises(SettingsError, match="Did you mean sit-to-stand"):
        Job(library, submit(library, request), request, every_s=60.0).perform("probe", lambda *_: None)


def test_a_queue_that_cannot_be_used_leaves_nothing(library, demo_clip, monkeypatch):
    monkeypatch.setattr(jobs, "queue_client", lambda _: queue_client(_Elsewhere(library)))
    with pytest.raises(OutputError, match=r"queue of jobs .* cannot be used") as caught:
        submit(library, JobRequest("estimate", demo_clip))
    assert "secret" not in str(caught.value)
    assert library.runs() == []
    assert list((library.root / "work").iterdir()) == []


class _Elsewhere:
    """A library whose database is not there."""

    def __init__(self, library):
        self.root = library.root
        self.url = "postgresql+psycopg://me:secret@127.0.0.1:1/none"


def test_workers_show_themselves_until_they_leave(library):
    workers = Workers(library)
    assert workers.alive() == []
    me = workers.join()
    assert workers.alive() == [me]
    assert workers.beat(me)
    workers.leave(me.id)
    assert workers.alive() == []
    assert not workers.beat(me)  # taken for dead by another


def test_a_worker_whose_process_is_gone_is_dead_at_once(library, monkeypatch):
    workers = Workers(library)
    monkeypatch.setattr("os.getpid", lambda: 2**22 + 7)  # above the largest there is
    workers.join()
    assert workers.alive() == []


# The stages, one after the other, as the process of a job does them.


@pytest.fixture
def painted(monkeypatch):
    monkeypatch.setattr(module, "load_detector", lambda *_: Loaded("painted-detector", "0" * 64, PaintedDetector()))
    monkeypatch.setattr(module, "load_pose_model", lambda *_: Loaded("painted-pose", "1" * 64, PaintedPose()))


@pytest.fixture
def rules(tmp_path, monkeypatch):
    """Two rules in place of the embedded forest."""
    classifier = FallClassifier.load(write_rules(tmp_path / "rules.onnx"))
    monkeypatch.setattr(FallClassifier, "load", lambda: classifier)


@pytest.fixture
def local(tmp_path):
    with Library(tmp_path / "library") as empty:
        yield empty


@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """A clip of two painted people, uncompressed, as a codec would change the colours they are found by."""
    path = tmp_path_factory.mktemp("people") / "people.avi"
    frame = av.VideoFrame.from_ndarray(paint(always(standing(200), standing(440))(0)), format="bgr24")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("rawvideo", rate=30)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "bgr24"
        for index in range(20):
            frame.pts = index
            container.mux(stream.encode(frame))
    return path


def perform(library, request):
    """Do a job's stages here; returns its run and what it told."""
    run_id = submit(library, request)
    told = []
    asked = JobRequest(request.kind, request.source, library.run(run_id).name, request.options)
    job = Job(library, run_id, asked, every_s=0.2)
    for stage in STAGES[request.kind]:
        job.perform(stage, lambda *what: told.append(what))
    return library.run(run_id), told


def test_an_estimate(painted, local, people):
    run, told = perform(local, JobRequest("estimate", people, "Anna walks.mp4", {"exports": ["csv"]}))
    assert (run.state, run.name, run.counts["frames"]) == (RunState.DONE, "Anna walks.mp4", 20)
    assert local.artefacts(run.id) == ["overlay.mp4", "poses.csv", "poses.parquet", "run.json", "source.avi"]
    record = json.loads(local.artefact(run.id, "run.json").read_text())
    assert record["source"]["name"] == "Anna walks.mp4"
    assert {"poses.parquet", "poses.csv", "overlay.mp4"} == set(record["outputs"])
    assert list(dict.fromkeys(what for what, *_ in told)) == ["probe", "estimate", "overlay", "index"]
    assert not (local.root / "work" / run.id).exists()


def test_a_part_of_a_video_is_all_that_is_looked_at(painted, local, people):
    run, _ = perform(local, JobRequest("estimate", people, options={"from_s": 0.2, "to_s": 0.5}))
    assert (run.counts["frames"], run.settings["from_s"], run.settings["to_s"]) == (10, 0.2, 0.5)
    poses = PoseSequence.from_parquet(local.artefact(run.id, "poses.parquet"))
    assert (poses.settings["from_s"], poses.settings["to_s"], poses.time_s[0]) == (0.2, 0.5, 0.0)
    with open_source(local.artefact(run.id, "overlay.mp4")) as overlay:
        assert len(list(overlay)) == 10
    with pytest.raises(InputError, match=r"which ends at 0\.7 s, got one from 3 s on"):
        perform(local, JobRequest("exercise", people, options={"exercise": "squat", "from_s": 3}))


def test_an_estimate_without_its_video(painted, local, people):
    run, _ = perform(local, JobRequest("estimate", people, options={"overlay": False}))
    assert local.artefacts(run.id) == ["poses.parquet", "run.json", "source.avi"]


def test_a_picture(painted, local, tmp_path):
    picture = tmp_path / "room.png"
    cv2.imwrite(str(picture), paint({1: standing(200)}))
    run, _ = perform(local, JobRequest("estimate", picture))
    assert local.artefacts(run.id) == ["overlay.jpg", "poses.parquet", "run.json", "source.png"]
    with pytest.raises(InputError, match="a picture shows no movement"):
        perform(local, JobRequest("exercise", picture, options={"exercise": "squat"}))


def test_an_exercise_from_a_video(painted, local, people):
    run, _ = perform(local, JobRequest("exercise", people, options={"exercise": "squat"}))
    assert (run.state, run.kind) == (RunState.DONE, "exercise")
    assert {"analysis.json", "overlay.mp4", "poses.parquet", "report.html", "source.avi"} <= set(
        local.artefacts(run.id)
    )
    record = json.loads(local.artefact(run.id, "run.json").read_text())
    assert record["source"]["name"] == "people.avi"
    assert record["models"][0]["sha256"] == "0" * 64
    assert {"detect", "pose", "analyze"} <= set(record["timings_s"])


@pytest.mark.parametrize(
    ("kind", "options"),
    [("exercise", {"exercise": "squat"}), ("falls", {"sensitivity": "high"}), ("test", {"test": "gait"})],
)
@pytest.mark.usefixtures("painted", "rules")
def test_an_analysis_of_a_run_uses_its_poses_and_its_video(local, people, kind, options):
    poses, _ = perform(local, JobRequest("estimate", people))
    run, told = perform(local, JobRequest(kind, poses.id, options=options))
    assert (run.state, run.parent, run.name) == (RunState.DONE, poses.id, "people.avi")
    files = local.artefacts(run.id)
    assert "overlay.mp4" in files
    assert not [name for name in files if name.startswith("source")]
    assert local.source(run.id) == local.source(poses.id)
    assert "estimate" not in {what for what, *_ in told}
    assert (
        local.artefact(run.id, "poses.parquet").read_bytes() == local.artefact(poses.id, "poses.parquet").read_bytes()
    )


def test_poses_without_a_video_can_be_analysed(local, tmp_path):
    folder = task_folder(tmp_path / "poses")
    two_people(90).to_parquet(folder / "poses.parquet")
    poses = local.adopt(folder, "estimate")
    run, _ = perform(local, JobRequest("exercise", poses.id, options={"exercise": "squat"}))
    assert run.state is RunState.DONE
    assert "overlay.mp4" not in local.artefacts(run.id)
    with pytest.raises(InputError, match="a run with a video or poses"):
        perform(local, JobRequest("estimate", poses.id))


def test_a_recording_is_estimated_from_its_video(painted, local, people, tmp_path):
    recording = local.adopt(task_folder(tmp_path / "recording", {"kind": "recording"}), "recording", source=people)
    run, _ = perform(local, JobRequest("estimate", recording.id))
    assert run.counts["people"] == 2
    assert run.parent == recording.id


def test_skeletons_only_keeps_no_pixel_of_anybody(painted, local, people, monkeypatch):
    monkeypatch.setenv("POSESPOTTER_SKELETONS_ONLY", "true")
    settings.cache_clear()
    run, _ = perform(local, JobRequest("exercise", people, options={"exercise": "squat"}))
    estimated, _ = perform(local, JobRequest("estimate", people))
    assert not [name for name in local.artefacts(run.id) + local.artefacts(estimated.id) if name.startswith("source")]
    analysed, _ = perform(local, JobRequest("exercise", estimated.id, options={"exercise": "squat"}))
    for one in (run, estimated, analysed):
        with open_source(local.artefact(one.id, "overlay.mp4")) as video:
            images = [frame.image for frame in video]
        assert len(images) == 20
        like_person_1 = np.abs(images[0].astype(int) - (20, 120, 201)).max(-1) < 40
        assert like_person_1.mean() < 0.005  # the edges of lines; the person is 6 % of the picture
        assert images[0].std() > 5  # a skeleton is drawn
        assert np.median(images[0]) == pytest.approx(46, abs=3)


def test_errors_speak_of_the_name_that_people_know(local, tmp_path):
    from posespotter.jobs.child import _for_people

    text = tmp_path / "notes.mp4"
    text.write_text("these are no moving pictures")
    with pytest.raises(PoseSpotterError) as caught:
        perform(local, JobRequest("estimate", text, "my notes.mp4"))
    run = local.runs()[0]
    job = Job(local, run.id, JobRequest("estimate", text, "my notes.mp4"), 30)
    words = _for_people(job, str(caught.value))
    assert "my notes.mp4" in words
    assert str(local.root) not in words
    assert _for_people(job, f"{job.source} is damaged.") == "my notes.mp4 is damaged."


def test_a_model_that_cannot_be_fetched_is_told_as_the_application_tells_it(local, tmp_path, monkeypatch):
    from posespotter.jobs.child import _answer
    from posespotter.models.fetch import NotFetchedError

    job = Job(local, local.begin("estimate", "walk.mp4").id, JobRequest("estimate", tmp_path / "walk.mp4"), 30)
    lost = NotFetchedError("rtmpose-m could not be fetched (no route).", "Use --pose movenet-thunder.")
    monkeypatch.setattr(Job, "perform", lambda *_: (_ for _ in ()).throw(lost))
    assert str(lost) == "rtmpose-m could not be fetched (no route). Use --pose movenet-thunder."
    refused = _answer(job, "estimate", io.StringIO())["refused"]
    assert refused.startswith("rtmpose-m could not be fetched (no route). Fetch it on the Settings page")
    assert "--pose" not in refused
