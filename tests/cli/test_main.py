"""The program as a whole: help, version, exit codes, and errors of one line."""

import subprocess
import sys
from pathlib import Path

import pytest

from posespotter import __version__
from posespotter.cli.batch import Batch
from posespotter.errors import InputError, ModelError, OutputError, PoseSpotterError, SettingsError, ShapeError
from posespotter.settings import settings


def test_help_names_every_command(cli):
    ran = cli("--help")
    assert (ran.code, ran.err) == (0, "")
    for command in ("estimate", "export", "info", "models"):
        assert command in ran.out


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(cli, option):
    ran = cli(option)
    assert (ran.code, ran.out, ran.err) == (0, f"posespotter {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nosuch"],
        ["--nosuch"],
        ["estimate"],
        ["estimate", "a.mp4", "--nosuch"],
        ["estimate", "a.mp4", "--max-people", "0"],
        ["estimate", "a.mp4", "--max-people", "two"],
        ["estimate", "a.mp4", "--smooth", "medium"],
        ["export", "poses.parquet"],
        ["models", "nosuch"],
    ],
)
def test_wrong_usage(cli, arguments):
    ran = cli(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert "Usage: posespotter" in ran.err
    assert "Traceback" not in ran.err


def test_what_an_option_can_be_is_said_plainly(cli):
    ran = cli("estimate", "a.mp4", "--smooth", "medium")
    said = " ".join(ran.err.replace("│", " ").split())
    assert "Invalid value for '--smooth': 'medium' is not one of 'off', 'light', 'strong'." in said


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PoseSpotterError("that failed."), 1),
        (InputError("that failed."), 1),
        (OutputError("that failed."), 1),
        (ModelError("that failed."), 1),
        (ShapeError("that failed."), 1),
        (SettingsError("that failed."), 2),
    ],
)
def test_our_errors_are_one_line_and_a_code(cli, monkeypatch, error, code):
    def fail(*_):
        raise error

    monkeypatch.setattr(Batch, "run", fail)
    ran = cli("estimate", "a.mp4")
    assert (ran.code, ran.out, ran.err) == (code, "", "posespotter: that failed.\n")


def test_debug_shows_where_an_error_came_from(cli, monkeypatch):
    def fail(*_):
        raise ModelError("that failed.")

    monkeypatch.setattr(Batch, "run", fail)
    for arguments in (["--debug", "estimate", "a.mp4"], ["estimate", "a.mp4", "--debug"]):
        ran = cli(*arguments)
        assert ran.code == 1
        assert ran.err.startswith("Traceback")
        assert ran.err.endswith("posespotter.errors.ModelError: that failed.\n")


def test_ctrl_c_before_anything_is_done(cli, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Batch, "run", interrupt)
    ran = cli("estimate", "a.mp4")
    assert (ran.code, ran.out) == (130, "")
    assert "Traceback" not in ran.err


def test_a_setting_that_does_not_fit(cli, monkeypatch, clip, tmp_path):
    monkeypatch.setenv("POSESPOTTER_THREADS", "many")
    settings.cache_clear()
    ran = cli("estimate", clip, "-o", tmp_path / "out", "--pose", "blazepose-lite")
    assert ran.code == 2
    assert ran.err.startswith("posespotter: Setting threads (POSESPOTTER_THREADS or ")
    assert len(ran.err.splitlines()) == 1
    settings.cache_clear()


@pytest.mark.parametrize("arguments", [["models", "list"], ["info"], ["--help"]])
def test_a_reader_that_goes_away_is_no_disaster(arguments):
    """`posespotter models list | head -1`"""
    program = Path(sys.executable).with_name("posespotter")
    run = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    run.stdout.close()
    assert b"Traceback" not in run.stderr.read()
    run.wait(20)


def test_the_installed_program_is_this_one():
    program = Path(sys.executable).with_name("posespotter")
    run = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert run.stdout == f"posespotter {__version__}\n"
