"""What the tests find is theirs, whoever runs them: signals, home folder, settings, examples."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import hypothesis

from posespotter.settings import config_file, settings

ROOT = Path(__file__).resolve().parents[1]
OFF = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGUSR1)


def signals_are_those_of_the_foreground() -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert {signal.getsignal(number) for number in OFF[1:]} == {signal.SIG_DFL}
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == set()


def test_the_signals_are_those_of_a_program_in_the_foreground():
    signals_are_those_of_the_foreground()
    said = subprocess.check_output(
        [sys.executable, "-c", "import signal; print(signal.getsignal(2) is signal.default_int_handler)"], text=True
    )
    assert said == "True\n"


def test_also_where_whoever_runs_them_has_switched_signals_off():
    def switch_off() -> None:
        for number in OFF:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, OFF)

    this = f"{__file__}::{test_the_signals_are_those_of_a_program_in_the_foreground.__name__}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", this],
        check=False,
        cwd=ROOT,
        preexec_fn=switch_off,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_home_and_settings_are_their_own(tmp_path):
    """Not those of who runs them: here somebody without a home folder, and with settings."""
    surroundings = {"HOME": "/nowhere", "XDG_CONFIG_HOME": "/nowhere", "POSESPOTTER_THREADS": "many"}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"{ROOT}/tests/test_surroundings.py::test_home",
        ],
        check=False,
        cwd=ROOT,
        env=os.environ | surroundings,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_home():
    home = Path.home()
    assert home.name.startswith("home-of-the-tests-")
    assert config_file().is_relative_to(home)
    assert settings().threads == 0


def test_examples_are_the_same_each_time():
    assert hypothesis.settings().derandomize
    assert hypothesis.settings().deadline is None
    assert not hypothesis.settings.get_profile("explore").derandomize
