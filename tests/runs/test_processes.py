"""Several real processes use one library at once; some of them are killed."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from posespotter.runs import Library, RunState

START = """
import json, sys, time
from pathlib import Path
from posespotter.runs import Library, RunState
from posespotter.errors import PoseSpotterError
from posespotter.settings import settings
library = Library(Path(sys.argv[1]), sys.argv[2])
def folder(run):
    out = library.workspace(run.id) / "out"
    out.mkdir()
    (out / "run.json").write_text(json.dumps({"kind": "estimate", "source": {"name": run.name}}))
    (out / "poses.parquet").write_text(run.id)
    return out
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
"""

WORK = """
for number in range(8):
    run = library.begin("estimate", f"{sys.argv[3]} {number}")
    for percent in range(0, 100, 25):
        assert library.progress(run.id, "estimate", percent)
    library.runs(limit=5)
    if number % 4 == 3:
        library.cancelled(run.id)
    elif number % 4 == 2:
        library.delete(library.finish(run.id, folder(run)).id)
    else:
        library.finish(run.id, folder(run))
"""

ORDER = """
for _ in range(10):
    library.reindex()
    library.sweep()
"""

CONTEST = """
won = []
for run in library.runs(sort="oldest"):
    try:
        if sys.argv[3] == "finish":
            ended = library.finish(run.id, folder(run))
        elif sys.argv[3] == "cancel":
            ended = library.cancelled(run.id)
        else:
            ended = library.fail(run.id, "contest")
    except PoseSpotterError as error:
        ended = library.run(run.id)
    won.append([run.id, str(ended.state)])
sys.stdout.write(json.dumps(won) + "\\n")
"""

ENDLESS = """
while True:
    run = library.begin("estimate", "endless")
    library.progress(run.id, "estimate", 10)
    library.finish(run.id, folder(run))
"""


@pytest.fixture
def start(root, url):
    """Starts a program with the library open; all wait for `go`."""
    started = []

    def launch(program, word):
        command = [sys.executable, "-c", START + program, str(root), url, word]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield launch
    for process in started:
        process.kill()
        process.communicate()


def go(processes):
    """Let all begin in the same moment."""
    for process in processes:
        assert process.stdout.readline() == "ready\n", process.stderr.read()
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()


def test_at_once(start, library):
    """The first use of the database, and everything after it, while one process keeps order: no run comes or goes."""
    processes = [*(start(WORK, word) for word in "abc"), start(ORDER, "")]
    go(processes)
    for process in processes:
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
    runs = library.runs()
    assert sorted(run.name for run in runs) == sorted(f"{w} {n}" for w in "abc" for n in range(8) if n % 4 != 2)
    for run in runs:
        cancelled = run.name.endswith((" 3", " 7"))
        assert run.state is (RunState.CANCELLED if cancelled else RunState.DONE)
        assert library.artefacts(run.id) == ([] if cancelled else ["poses.parquet", "run.json"])
    assert list((library.root / "work").iterdir()) == []
    before = library.runs()
    library.reindex()
    assert library.runs() == before


def test_who_ends_a_run(start, library):
    """Three processes end the same runs in different ways: one wins each, all see the same, folder and row agree."""
    for number in range(8):
        run = library.begin("estimate", str(number))
        library.progress(run.id, "estimate", 1)
    processes = [start(CONTEST, word) for word in ("finish", "cancel", "fail")]
    go(processes)
    outcomes = []
    for process in processes:
        out, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
        outcomes.append(json.loads(out))
    assert outcomes[0] == outcomes[1] == outcomes[2]
    for run in library.runs():
        assert run.state.over
        assert library.artefacts(run.id) == (["poses.parquet", "run.json"] if run.state is RunState.DONE else [])
    before = library.runs()
    library.reindex()
    assert library.runs() == before


def test_killed_at_any_moment(start, root, url, monkeypatch):
    """After kill -9 the library opens, and reindexing makes rows and folders agree."""
    processes = [start(ENDLESS, "x") for _ in range(3)]
    go(processes)
    for number, process in enumerate(processes):
        time.sleep(0.4 + 0.07 * number)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    with Library(root, url) as library:
        library.reindex()
        runs = library.runs()
        assert runs
        unfinished = [run for run in runs if not run.state.over]
        assert len(unfinished) <= len(processes)
        for run in runs:
            assert library.artefacts(run.id) == ([] if run in unfinished else ["poses.parquet", "run.json"])
        for run in unfinished:
            assert library.fail(run.id, "killed").state is RunState.FAILED
        # One that was killed before it could say which run its workspace is for; else it would wait for a day.
        for folder in (root / "work").iterdir():
            os.utime(folder, (0, 0))
        library.sweep()
        assert list((root / "work").iterdir()) == []
