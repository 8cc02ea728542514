"""The program as a whole: help, version, exit codes, and errors of one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.sequences import made_sequence

from posespotter import __version__
from posespotter.cli.parts.batch import Batch
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
    ran = cli("estimate", clip, "-o", tmp_path / "out", "--pose", "movenet-lightning")
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


@pytest.fixture
def poses(tmp_path):
    made_sequence(rows=40).to_parquet(tmp_path / "poses.parquet")
    return tmp_path / "poses.parquet"


@pytest.mark.parametrize(
    ("arguments", "flag"),
    [
        (["estimate", "{clip}", "--fps", "25"], "--fps"),
        (["falls", "detect", "{poses}", "--fps", "25"], "--fps"),
        (["exercise", "{poses}", "--pose", "movenet-lightning"], "--pose"),
        (["exercise", "{poses}", "--detector", "rtmdet-nano"], "--detector"),
        (["falls", "detect", "{poses}", "--device", "cpu"], "--device"),
        (["exercise", "{clip}", "--video", "{clip}"], "--video"),
        (["estimate", "{picture}", "--smooth", "strong"], "--smooth"),
        (["estimate", "{picture}", "--detect-every", "3"], "--detect-every"),
        (["exercise", "{clip}", "--list"], "INPUT"),
        (["exercise", "--list", "--explain", "squat"], "--explain"),
        (["exercise", "--explain", "squat", "--view", "left"], "--view"),
        (["exercise", "--compare", "a", "b", "--keep"], "--keep"),
        (["models", "fetch", "rtmpose-m", "--all"], "NAME"),
    ],
)
def test_options_that_do_not_apply_are_refused(  # noqa: PLR0917
    cli, clip, poses, tmp_path, monkeypatch, arguments, flag
):
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    monkeypatch.chdir(tmp_path)
    ran = cli(*(one.format(clip=clip, poses=poses, picture=picture) for one in arguments))
    assert (ran.code, ran.out) == (2, "")
    assert f"Invalid value for {flag}: this " in " ".join(ran.err.replace("│", " ").split())
    assert sorted(tmp_path.iterdir()) == [picture, poses]


@pytest.mark.parametrize(
    "arguments",
    [
        ["estimate", "a.mp4", "--detector", "nosuch"],
        ["estimate", "a.mp4", "--pose", "rtmdet-nano"],
        ["estimate", "a.mp4", "--export", "nosuch"],
        ["exercise", "a.mp4", "-e", "nosuch"],
        ["exercise", "{poses}", "--person", "99"],
        ["falls", "detect", "a.mp4", "--pose", "nosuch"],
        ["models", "fetch", "nosuch"],
        ["models", "bundle", "new.zip", "--models", "nosuch"],
        ["export", "{poses}", "--to", "nosuch", "-o", "x"],
    ],
)
def test_a_word_that_is_none_is_wrong_usage(cli, poses, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    ran = cli(*(one.format(poses=poses) for one in arguments))
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("posespotter: ")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("command", [[], ["falls"], ["models"], ["runs"]])
def test_nothing_asked_for_is_wrong_usage(cli, command):
    assert cli(*command).code == 2


def test_a_result_whose_name_is_taken_says_so(cli, poses, tmp_path):
    """As `estimate` and then `exercise` of one file into one folder."""
    out = tmp_path / "out"
    assert cli("falls", "detect", poses, "-o", out, "--no-overlay").err.count("was kept") == 0
    taken = next(out.iterdir())
    ran = cli("exercise", poses, "-o", out, "--no-overlay", "--no-report")
    assert ran.code == 0
    assert f"posespotter: {taken} was there already and was kept; this result is in {taken}-2.\n" in ran.err


@pytest.mark.parametrize(
    ("begun", "offered"),
    [
        ("posespotter est", "estimate"),
        ("posespotter exercise -e sq", "squat"),
        ("posespotter estimate --pose rtmpose-", "rtmpose-m"),
        ("posespotter estimate --export mm", "mmpose"),
        ("posespotter export --to open", "openpose"),
        ("posespotter models fetch yolox-", "yolox-m"),
        ("posespotter estimate --device cu", "cuda"),
    ],
)
def test_the_shell_completes(begun, offered):
    shell = {"_POSESPOTTER_COMPLETE": "complete_bash", "COMP_WORDS": begun, "COMP_CWORD": str(begun.count(" "))}
    program = Path(sys.executable).with_name("posespotter")
    done = subprocess.run([program], env=os.environ | shell, capture_output=True, text=True, check=False)
    assert offered in done.stdout.split()


ESCAPE = "\x1b]0;owned\x07\x1b[31m\u202e.mp4"


@pytest.mark.parametrize(
    "arguments",
    [
        ["estimate", ESCAPE],
        [ESCAPE],
        ["info", ESCAPE],
        [f"--{ESCAPE}"],
        ["estimate", "a.mp4", f"--smooth={ESCAPE}"],
        ["estimate", "a.mp4", "--pose", ESCAPE],
        ["exercise", "a.mp4", "-e", ESCAPE],
        ["falls", "detect", "a.mp4", "--zones", ESCAPE],
        ["export", "{odd}", "--to", "csv", "-o", "{odd}.csv"],
        ["exercise", "{odd}", "--no-overlay", "--no-report", "-o", "out"],
        ["exercise", "{odd}", "--no-overlay", "--no-report", "-o", "out", "--json"],
        ["runs", "show", ESCAPE],
        ["models", "import", ESCAPE],
    ],
)
def test_no_name_reaches_the_terminal_with_its_control_characters(cli, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    odd = f"a{ESCAPE}.parquet"
    made_sequence(rows=40, source=ESCAPE).to_parquet(odd)
    ran = cli(*(one.format(odd=odd) for one in arguments))
    assert ran.out + ran.err
    assert not set(ran.out + ran.err) & {"\x1b", "\x07", "\u202e"}
