"""When nothing goes as foreseen: one line, where the details are, and an exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from posespotter import __version__, last_resort
from posespotter.cli.parts.batch import Batch

NOBODY = """
import os, pwd
def unknown(uid):
    raise KeyError(uid)
pwd.getpwuid = unknown
from posespotter.cli import main
main()
"""


@pytest.fixture
def log(tmp_path, monkeypatch):
    """Where the details go."""
    monkeypatch.setattr(last_resort, "own_folder", lambda _kind: tmp_path / "log")
    return tmp_path / "log" / "last-error.txt"


def fail_with(monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(Batch, "run", fail)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ZeroDivisionError("division by zero"), "unexpected ZeroDivisionError: division by zero. Please report it. "),
        (RuntimeError("one\ntwo"), "unexpected RuntimeError: one. Please report it. "),
        (RuntimeError("\x1b[2Jgone\udce9"), r"unexpected RuntimeError: \x1b[2Jgone\xe9. Please report it. "),
        (RecursionError("too deep"), "unexpected RecursionError: too deep. Please report it. "),
        (PermissionError(13, "Permission denied", "/a\x1b"), r"/a\x1b: Permission denied. "),
    ],
)
def test_one_line_and_where_the_details_are(cli, log, monkeypatch, error, said):
    log.parent.mkdir()
    log.write_text("of yesterday")
    fail_with(monkeypatch, error)
    ran = cli("estimate", "a.mp4")
    assert (ran.code, ran.out, ran.err) == (1, "", f"posespotter: {said}The details are in {log}.\n")
    details = log.read_text()
    assert f"PoseSpotter {__version__}" in details
    assert "Traceback" in details
    assert type(error).__name__ in details
    assert "yesterday" not in details
    assert log.stat().st_mode & 0o077 == 0
    assert cli("estimate", "a.mp4").code == 1
    assert log.read_text().count("Traceback") == 2


def test_memory_is_no_bug(cli, log, monkeypatch):
    fail_with(monkeypatch, MemoryError())
    ran = cli("estimate", "a.mp4")
    assert (ran.code, ran.err) == (1, "posespotter: there is not enough memory for this work on this machine.\n")
    assert not log.exists()


def test_details_that_cannot_be_kept(cli, log, monkeypatch):
    log.parent.write_text("a file where a folder should be")
    fail_with(monkeypatch, KeyError("x"))
    ran = cli("estimate", "a.mp4")
    assert ran.err == "posespotter: unexpected KeyError: 'x'. Please report it. --debug shows the details.\n"


def test_debug_shows_all(cli, log, monkeypatch):
    fail_with(monkeypatch, KeyError("x"))
    ran = cli("--debug", "estimate", "a.mp4")
    assert ran.code == 1
    assert ran.err.startswith("Traceback")
    assert ran.err.endswith("KeyError: 'x'\n")
    assert not log.exists()


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, *arguments],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        **options,
    )


def test_python_runs_it_by_its_name():
    done = run("-m", "posespotter", "--version", stdout=subprocess.PIPE)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"posespotter {__version__}\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [["--version"], ["exercise", "--list"], ["export", "--help"]])
def test_a_full_disk_behind_stdout(arguments):
    with Path("/dev/full").open("w") as full:
        done = run("-m", "posespotter", *arguments, stdout=full)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


class TestWithoutAHome:
    """As in a container that runs under a user id of its own."""

    @pytest.fixture
    def nobody(self, tmp_path):
        surroundings = {name: value for name, value in os.environ.items() if name not in {"HOME", "USERPROFILE"}}
        surroundings = {name: value for name, value in surroundings.items() if not name.startswith("POSESPOTTER_")}

        def nobody(*arguments, **more):
            return run(
                "-c", NOBODY, *map(str, arguments), cwd=tmp_path, env=surroundings | more, stdout=subprocess.PIPE
            )

        return nobody

    def test_what_needs_none_works(self, nobody, demo_clip):
        assert nobody("--version").stdout == f"posespotter {__version__}\n"
        assert "~/posespotter" in nobody("info").stdout
        done = nobody("falls", "detect", demo_clip, "--zones", "none.toml")
        assert done.stderr == (
            "posespotter: none.toml: expected zones as TOML, it cannot be read: No such file or directory.\n"
        )

    @pytest.mark.parametrize(
        "arguments",
        [["runs", "list"], ["models", "list"], ["worker"], ["app", "--no-browser"], ["estimate", "a.mp4", "--keep"]],
    )
    def test_what_needs_one_says_so(self, nobody, tmp_path, arguments):
        done = nobody(*arguments)
        assert done.returncode == 2
        assert "there is no home folder for this user. Set HOME, or " in done.stderr
        assert done.stderr.count("\n") == 1
        assert list(tmp_path.iterdir()) == []  # no folder called ~

    def test_a_folder_that_is_named_does(self, nobody, tmp_path):
        done = nobody("runs", "list", POSESPOTTER_LIBRARY=str(tmp_path / "library"))
        assert (done.returncode, done.stderr) == (0, "")
