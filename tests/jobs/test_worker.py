"""Real workers, killed, crashed, called off, doubled: each job ends, and as if nothing had happened."""

import json
import os
import signal
import subprocess
import sys
import time

import av
import numpy as np
import pytest
from tests.clips import cut
from tests.jobs.working import start_worker, wait_for, wait_over, working

from posespotter.estimation.estimator import PoseEstimator
from posespotter.exercises.definitions.catalog import load_exercise
from posespotter.jobs.heartbeats import Workers
from posespotter.jobs.stages import STAGES
from posespotter.jobs.submit import JobRequest, cancel, submit
from posespotter.media import open_source
from posespotter.runs import Library, RunState
from posespotter.tasks.estimate import estimate
from posespotter.tasks.exercise import exercise

OPTIONS = {"pose": "movenet-lightning"}
SOON_S = 60.0  # 2 on a machine that has nothing else to do; what is called off would go on for ever


@pytest.fixture(scope="module")
def clip(demo_clip, tmp_path_factory):
    # Of a multiple of 16 macroblocks: of other sizes x264's `mbtree` reads memory that nobody wrote, for the last one,
    # so that two processes may write other bytes of the same pictures (as MALLOC_PERTURB_ shows).
    return cut(demo_clip, tmp_path_factory.mktemp("clip") / "walk.mp4", 36, size=(512, 288))


@pytest.fixture(scope="module")
def estimated(clip, tmp_path_factory):
    """What the command line makes of the clip."""
    return estimate(str(clip), PoseEstimator(pose="movenet-lightning"), tmp_path_factory.mktemp("expected"))


@pytest.fixture
def library(tmp_path):
    """An empty library on SQLite."""
    with Library(tmp_path / "library") as empty:
        yield empty


@pytest.fixture(scope="module")
def stalling_library(tmp_path_factory):
    with Library(tmp_path_factory.mktemp("stalling") / "library") as empty:
        yield empty


@pytest.fixture(scope="module")
def worker_that_stalls(stalling_library, tmp_path_factory):
    """Somebody calls its jobs off, which is no error: it says nothing of it."""
    file = tmp_path_factory.mktemp("log") / "worker.log"
    with file.open("w") as log, working(stalling_library, child="tests.jobs.stalling_child", log=log):
        yield
    assert file.read_text() == ""


def same_file(name, one, other):
    """The same bytes; pytest would show all of them without saying in which frame a video differs."""
    if (one / name).read_bytes() != (other / name).read_bytes():
        raise AssertionError(f"{name} differs: {differences(one / name, other / name)}")


def differences(one, other):
    """What differs in two files of a run: their lengths, and of videos the packets and where the pictures do."""
    told = [f"{one.stat().st_size} and {other.stat().st_size} bytes"]
    if one.suffix == ".mp4":
        with av.open(str(one)) as a, av.open(str(other)) as b:
            packets = [[bytes(packet) for packet in opened.demux(video=0)] for opened in (a, b)]
        told.append(f"packets {[i for i, pair in enumerate(zip(*packets, strict=True)) if pair[0] != pair[1]]}")
        with open_source(one) as a, open_source(other) as b:
            for before, after in zip(a, b, strict=True):
                rows, columns, _ = np.nonzero(before.image != after.image)
                if len(rows):
                    place = f"({columns.min()}, {rows.min()}) to ({columns.max()}, {rows.max()})"
                    told.append(f"{len(rows)} values of picture {before.index} from {place}")
    return ", ".join(told[:6])


def nothing_left(library, *run_ids):
    """No workspace; it is removed a moment after the row says that the run is over."""
    wait_for(lambda: not any((library.root / "work" / run_id).exists() for run_id in run_ids), 20)


def run_until_killed(library, run_id, point):
    process = start_worker(library, die=[run_id, point])
    try:
        assert process.wait(240) == -signal.SIGKILL, point
        of_the_job = int(process.stdout.read())
        wait_for(lambda: not running(of_the_job), 20)  # it does not outlive its worker
    finally:
        process.kill()
        process.stdout.close()


def test_killed_in_every_stage_an_estimate_ends_as_if_undisturbed(library, clip, estimated):
    run_id = submit(library, JobRequest("estimate", clip, options=OPTIONS))
    assert library.run(run_id).state is RunState.QUEUED
    # Of a stage that is over in a moment only the first step is told for sure.
    for point in ("probe 0", "estimate 25", "ended estimate", "overlay 1", "ended index"):
        run_until_killed(library, run_id, point)
    with working(library):
        (run,) = wait_over(library, run_id)
        nothing_left(library, run_id)
    assert (run.state, run.error) == (RunState.DONE, "")
    assert (run.name, run.counts["people"]) == ("walk.mp4", len(estimated.poses.track_ids))
    for name in ("poses.parquet", "overlay.mp4"):
        same_file(name, library.folder(run_id), estimated.folder)
    record = json.loads(library.artefact(run_id, "run.json").read_text())
    expected = estimated.record.to_json()
    for name in expected.keys() - {"finished_at", "timings_s", "frames_per_second", "outputs"}:
        assert record[name] == expected[name], name  # also how often the models ran
    assert library.source(run_id).read_bytes() == clip.read_bytes()


def test_killed_in_every_stage_an_analysis_ends_as_if_undisturbed(library, clip, estimated, tmp_path):
    poses = library.adopt(estimated.folder, "estimate", source=clip)
    expected = exercise(str(estimated.folder / "poses.parquet"), load_exercise("squat"), tmp_path, video=str(clip))
    run_id = submit(library, JobRequest("exercise", poses.id, options={"exercise": "squat"}))
    assert library.run(run_id).parent == poses.id
    run_until_killed(library, run_id, "draw 1")
    with working(library):
        (run,) = wait_over(library, run_id)
    assert (run.state, run.error) == (RunState.DONE, "")
    for name in ("poses.parquet", "analysis.json", "overlay.mp4"):
        same_file(name, library.folder(run_id), expected.folder)
    assert library.artefact(run_id, "report.html").stat().st_size > 10_000


def test_crashing_cancelled_and_good_jobs_at_once(library, clip, estimated, demo_clip):
    """One worker lives through all of it."""
    hostile = submit(library, JobRequest("estimate", clip, "hostile.mp4", OPTIONS))
    good = submit(library, JobRequest("estimate", clip, options=OPTIONS))
    unwanted = submit(library, JobRequest("estimate", demo_clip, options=OPTIONS))
    waiting = submit(library, JobRequest("estimate", clip, options=OPTIONS))
    text = clip.with_name("notes.mp4")
    text.write_text("these are no moving pictures")
    no_video = submit(library, JobRequest("estimate", text, options=OPTIONS))
    assert cancel(library, waiting)
    with working(library, jobs=3, child="tests.jobs.crashing_child") as process:
        wait_for(lambda: library.run(unwanted).stage == "estimate" and library.run(unwanted).percent > 2)
        assert process.poll() is None
        start = time.monotonic()
        assert cancel(library, unwanted)
        nothing_left(library, unwanted)
        took_s = time.monotonic() - start
        runs = wait_over(library, hostile, good, unwanted, waiting, no_video)
        assert process.poll() is None
        nothing_left(library, hostile, good, waiting, no_video)
    assert [str(run.state) for run in runs] == ["failed", "done", "cancelled", "cancelled", "failed"]
    assert "hostile.mp4 was set aside: it brought the program down 3 times while it was at 'estimate'" in runs[0].error
    assert "SIGSEGV" in runs[0].error
    assert "notes.mp4" in runs[4].error
    assert str(library.root) not in runs[4].error
    assert library.artefacts(unwanted) == library.artefacts(waiting) == []
    assert not cancel(library, good)
    same_file("poses.parquet", library.folder(good), estimated.folder)
    assert took_s < SOON_S


@pytest.mark.parametrize(
    ("kind", "stage"),
    [(kind, stage) for kind, stages in STAGES.items() for stage in stages if kind == "estimate" or stage == "analyse"],
)
@pytest.mark.usefixtures("worker_that_stalls")
def test_whatever_it_is_at_a_job_is_called_off_within_two_seconds(stalling_library, clip, kind, stage):
    library = stalling_library
    options = {"exercise": {"exercise": "squat"}, "test": {"test": "sit-to-stand"}}.get(kind, {})
    run_id = submit(library, JobRequest(kind, clip, f"{stage} stalls", options))
    wait_for(lambda: library.run(run_id).stage == f"{stage} stalls")
    of_the_job = int((library.workspace(run_id) / "pid").read_text())
    began = time.monotonic()
    assert cancel(library, run_id)
    wait_for(lambda: not running(of_the_job), 60)
    nothing_left(library, run_id)
    took_s = time.monotonic() - began
    assert library.run(run_id).state is RunState.CANCELLED
    assert library.artefacts(run_id) == []
    assert took_s < SOON_S


def test_two_workers_share_a_queue_in_postgresql_and_one_takes_over_from_the_other(
    tmp_path, postgres_url, clip, estimated
):
    with Library(tmp_path / "shared", postgres_url) as library:
        first, second = (start_worker(library, jobs=1) for _ in range(2))
        try:
            wait_for(lambda: len(Workers(library).alive()) == 2)
            ids = [submit(library, JobRequest("estimate", clip, options=OPTIONS)) for _ in range(3)]
            wait_for(lambda: sum(library.run(run_id).state is RunState.RUNNING for run_id in ids) == 2)
            assert first.poll() is second.poll() is None
            first.kill()
            assert first.wait() == -signal.SIGKILL
            runs = wait_over(library, *ids)
            assert {worker.pid for worker in Workers(library).alive()} == {second.pid}
        finally:
            for process in (first, second):
                process.terminate()
                process.wait(20)
        assert [run.state for run in runs] == [RunState.DONE] * 3
        for run_id in ids:
            same_file("poses.parquet", library.folder(run_id), estimated.folder)


APP = """
import sys
from pathlib import Path
from posespotter.runs import Library
from posespotter.jobs.local_worker import start_worker_if_none
library = Library(Path(sys.argv[1]))
with start_worker_if_none(library) as worker:
    for line in sys.stdin:
        sys.stdout.write(f"{worker.running} {worker.own}\\n")
        sys.stdout.flush()
"""


@pytest.mark.parametrize("end", ["close", "kill -9"])
def test_the_app_has_a_worker_that_ends_with_it(library, end):
    def start_app():
        return subprocess.Popen(
            [sys.executable, "-c", APP, str(library.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def asked(app):
        app.stdin.write("?\n")
        app.stdin.flush()
        return app.stdout.readline().strip()

    app = start_app()
    try:
        workers = Workers(library)
        (worker,), _ = wait_for(workers.alive)
        wait_for(lambda: asked(app) == "True True")
        if end == "close":
            app.stdin.close()
            assert app.wait(60) == 0
        else:
            os.kill(worker.pid, signal.SIGKILL)  # a worker that dies is started anew
            (another,), _ = wait_for(lambda: [one for one in workers.alive() if one.pid != worker.pid])
            app.kill()
            worker = another
    finally:
        app.kill()
        app.wait()
    wait_for(lambda: not workers.alive() and not running(worker.pid))


def running(pid):
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state) and not state.startswith("Z")


def test_the_command_starts_and_stops(library):
    process = subprocess.Popen(
        [sys.executable, "-m", "posespotter.cli", "worker", "--library", str(library.root)],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(Workers(library).alive)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        process.kill()
    assert process.stderr.read() == f"posespotter: working for {library.root}, 2 jobs at a time; Ctrl-C stops.\n"
    assert Workers(library).alive() == []


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_queue_that_finds_no_room_is_told_in_one_sentence(tmp_path):
    import resource

    ended = subprocess.run(
        [sys.executable, "-m", "posespotter.cli", "worker", "--library", str(tmp_path)],
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )
    assert ended.returncode == 1
    first, *others = ended.stderr.splitlines()
    assert first.endswith("Ctrl-C stops.")
    assert len(others) == 1
    assert others[0].startswith("posespotter: The queue of jobs (")
