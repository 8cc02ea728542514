"""What all tests share: where the real clips are, and what happens where they are not."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A busy machine makes the first example slow; that is no fault of a law.
settings.register_profile("any machine", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

_IGNORED_BY_PYTHON = {getattr(signal, name, None) for name in ("SIGPIPE", "SIGXFSZ", "SIGXFZ")}

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # also for tests that import ONNX Runtime themselves

ROOT = Path(__file__).resolve().parents[1]


def shared_folder() -> Path:
    """The folder of real clips and test models: POSESPOTTER_SHARED, or `shared` beside the project."""
    return Path(os.environ.get("POSESPOTTER_SHARED", ROOT.parent / "shared"))


def pytest_configure() -> None:
    """Give the tests, and the programs that they start, the signals of a program in the foreground.

    Whoever runs the tests may have switched some off for all that he starts: nohup and a shell without job control do.
    """
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
