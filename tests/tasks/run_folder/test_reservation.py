"""Runs at the same time get places of their own, and what a killed one leaves is cleared away by the next."""

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from posespotter.errors import OutputError
from posespotter.tasks.run_folder.folders import RUN_FILE, run_folder
from posespotter.tasks.run_folder.reservation import Reservation

RUN = """
import sys
from pathlib import Path
from posespotter.tasks.run_folder.folders import run_folder
out, text = Path(sys.argv[1]), sys.argv[2]
sys.stdin.readline()
with run_folder(out, "walk", overwrite=False) as (folder, target):
    (folder / "run.json").write_text(text)
    sys.stdout.write("filling\\n"); sys.stdout.flush()
    sys.stdin.readline()
sys.stdout.write(target.name + "\\n")
"""

CRASH = """
import os, sys
from pathlib import Path
from posespotter.tasks.run_folder.folders import run_folder
out, left = Path(sys.argv[1]), int(sys.argv[2])
replace = Path.replace
def replace_and_die(self, target):
    global left
    replace(self, target)
    left -= 1
    if not left:
        os._exit(9)
with run_folder(out, "walk", overwrite=True) as (folder, target):
    (folder / "run.json").write_text("new")
    Path.replace = replace_and_die
"""


class Runner:
    """A process that makes a run when told to: once to begin, once to end."""

    def __init__(self, out: Path, text: str) -> None:
        command = [sys.executable, "-c", RUN, str(out), text]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def go(self) -> None:
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def says(self) -> str:
        return self.process.stdout.readline().strip()


@pytest.fixture
def runners(tmp_path):
    """Processes by the text they write."""
    made = [Runner(tmp_path, text) for text in "abcd"]
    yield made
    for one in made:
        one.process.kill()
        one.process.communicate()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_processes_at_once(tmp_path, runners):
    """All four begin before any ends; each keeps its own, and one that was killed leaves nothing behind."""
    for one in runners:
        one.go()
    assert [one.says() for one in runners] == ["filling"] * 4
    victim, *others = runners
    os.kill(victim.process.pid, signal.SIGKILL)
    victim.process.wait()
    assert len([name for name in names(tmp_path) if ".part" in name]) == 4
    for one in others:
        one.go()
    places = {one.says(): text for one, text in zip(others, "bcd", strict=True)}
    assert len(places) == 3
    assert set(places) < {"walk", "walk-2", "walk-3", "walk-4"}
    assert {place: (tmp_path / place / RUN_FILE).read_text() for place in places} == places
    free = next(name for name in ("walk", "walk-2", "walk-3", "walk-4") if name not in places)
    assert any(free in name for name in names(tmp_path))  # the killed one's leftovers, which nobody has cleared yet
    with run_folder(tmp_path, "walk", overwrite=False) as (folder, target):
        assert target.name == free
        assert [name for name in names(tmp_path) if ".part" in name] == [folder.name]
        (folder / RUN_FILE).touch()
    assert names(tmp_path) == ["walk", "walk-2", "walk-3", "walk-4"]


def test_a_run_that_goes_on_is_not_cleared_away(tmp_path):
    with run_folder(tmp_path, "walk", overwrite=False) as (first, _):
        (first / RUN_FILE).write_text("first")
        with run_folder(tmp_path, "jump", overwrite=False) as (second, _):
            (second / RUN_FILE).touch()
    assert (tmp_path / "walk" / RUN_FILE).read_text() == "first"


@pytest.mark.parametrize(("renames", "kept"), [(1, "old"), (2, "new")])
@pytest.mark.parametrize("following", ["walk", "jump"])
def test_a_crash_while_a_result_is_replaced(tmp_path, renames, kept, following):
    """The old result is put aside, the new one takes its place, the old one is removed: one of them is always left."""
    (tmp_path / "walk").mkdir()
    (tmp_path / "walk" / RUN_FILE).write_text("old")
    crashed = subprocess.run([sys.executable, "-c", CRASH, str(tmp_path), str(renames)], check=False)
    assert crashed.returncode == 9
    assert len(names(tmp_path)) == 3  # with the lock, and what was put aside
    with run_folder(tmp_path, following, overwrite=False) as (folder, target):
        (folder / RUN_FILE).write_text("following")
    assert target.name == ("walk-2" if following == "walk" else "jump")
    assert (tmp_path / "walk" / RUN_FILE).read_text() == kept
    assert names(tmp_path) == sorted([target.name, "walk"])


def test_two_that_would_replace_the_same_result(tmp_path):
    def replace():
        with run_folder(tmp_path, "walk", overwrite=True) as (folder, _):
            (folder / RUN_FILE).touch()

    with run_folder(tmp_path, "walk", overwrite=True) as (folder, _):
        (folder / RUN_FILE).write_text("first")
        with pytest.raises(OutputError, match="walk is being made by another run; wait for it"):
            replace()
    assert (tmp_path / "walk" / RUN_FILE).read_text() == "first"


def test_a_lock_that_says_nonsense(tmp_path):
    """Only what looks like a temporary folder of ours is removed."""
    precious = tmp_path / "precious"
    precious.mkdir()
    for text in ("precious", "../x", "", ".x.part/../precious", "\0", ".x\0.part"):
        (tmp_path / ".walk.posespotter-lock").write_text(text)
        with Reservation(tmp_path / "walk") as reservation:
            assert reservation.take()
            assert not Reservation(tmp_path / "walk").take()
    assert names(tmp_path) == ["precious"]


def test_foreign_locks_are_left_alone(tmp_path):
    (tmp_path / ".other.lock").write_text(".x.part")
    (tmp_path / ".x.part").mkdir()
    with run_folder(tmp_path, "walk", overwrite=False) as (folder, _):
        (folder / RUN_FILE).touch()
    assert names(tmp_path) == [".other.lock", ".x.part", "walk"]


def test_without_locks_nothing_of_a_run_that_may_be_alive_is_touched(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", refuse)
    with run_folder(tmp_path, "walk", overwrite=False) as (first, _):
        (first / RUN_FILE).write_text("first")
        with run_folder(tmp_path, "run", overwrite=False) as (second, _):
            (second / RUN_FILE).write_text("second")
        assert (first / RUN_FILE).read_text() == "first"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run", "walk"]
