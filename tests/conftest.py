"""What all tests share: where the real clips are, and surroundings that are the same whoever runs them."""

import os
import signal
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples each time, so that a change that breaks nothing fails nothing: `make explore` tries others. A busy
# machine makes an example slow, which is no fault of a law.
_ANY_MACHINE = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", _ANY_MACHINE, derandomize=False, print_blob=True)  # CI=true derandomises all
settings.register_profile("same each time", _ANY_MACHINE, derandomize=True)
settings.load_profile("same each time")

_IGNORED_BY_PYTHON = {getattr(signal, name, None) for name in ("SIGPIPE", "SIGXFSZ", "SIGXFZ")}
_FOR_THE_TESTS = {"POSESPOTTER_SHARED", "POSESPOTTER_CHROMIUM"}

ROOT = Path(__file__).resolve().parents[1]


def shared_folder() -> Path:
    """The folder of real clips and test models: POSESPOTTER_SHARED, or `shared` beside the project."""
    return Path(os.environ.get("POSESPOTTER_SHARED", ROOT.parent / "shared"))


def pytest_configure(config: pytest.Config) -> None:
    """Give the tests, and the programs that they start, signals, a home folder and settings of their own."""
    _signals_of_the_foreground()
    home = tempfile.TemporaryDirectory(prefix="home-of-the-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(home.cleanup)
    for name in [*os.environ]:
        if name.startswith(("POSESPOTTER_", "STREAMLIT_", "XDG_")) and name not in _FOR_THE_TESTS:
            del os.environ[name]
    os.environ |= {"HOME": home.name, "USERPROFILE": home.name}
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # also for tests that import ONNX Runtime themselves


def _signals_of_the_foreground() -> None:
    """Switch on what whoever runs the tests has switched off: nohup and a shell without job control do so."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if signal.getsignal(number) == signal.SIG_IGN and number not in _IGNORED_BY_PYTHON:
            signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, [])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if shared_folder().is_dir():
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError(f"CI needs the real clips: expected a folder at {shared_folder()}, there is none.")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason="needs the real clips of ../shared"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real clips and test models; use it in tests marked `shared`."""
    return shared_folder()


@pytest.fixture(scope="session")
def demo_clip() -> Path:
    """The project's own clip: two people, a few seconds."""
    return ROOT / "docs" / "demo" / "two_people.mp4"


@pytest.fixture(autouse=True)
def _own_models_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the user's models or runs."""
    from posespotter.settings import settings as program_settings

    monkeypatch.setenv("POSESPOTTER_MODELS", str(tmp_path_factory.getbasetemp() / "models"))
    monkeypatch.setenv("POSESPOTTER_LIBRARY", str(tmp_path_factory.getbasetemp() / "library"))
    program_settings.cache_clear()
