"""Where the server listens."""

import socket
import subprocess
import sys

import pytest
from tests.test_import import loaded_by

from posespotter.errors import SettingsError
from posespotter.ui.asgi import free_port
from posespotter.ui.listening import is_loopback
from posespotter.ui.theme import theme_options


@pytest.fixture
def taken():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield one.getsockname()[1]


def test_a_port_that_is_taken(taken):
    assert taken < free_port("127.0.0.1", taken, exactly=False) <= taken + 20
    with pytest.raises(SettingsError, match=f"Port {taken} is taken"):
        free_port("127.0.0.1", taken, exactly=True)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7", "not an address"])
def test_an_address_that_is_not_ours(host):
    with pytest.raises(SettingsError, match="expected an address of this machine"):
        free_port(host, 8501, exactly=False)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("::", False),
     ("192.168.1.2", False), ("studio", False)],
)  # fmt: skip
def test_who_can_reach_it(host, loopback):
    assert is_loopback(host) is loopback


def test_streamlit_knows_every_option_of_the_theme():
    from streamlit import config

    for name, value in theme_options().items():
        config.set_option(name, value)
        assert config.get_option(name) == value


@pytest.mark.parametrize("part", ["ui.asgi", "runs", "jobs.submit"])
def test_who_only_waits_for_the_first_page_or_a_list_imports_no_models_and_no_video(part):
    assert not {"av", "cv2", "onnxruntime", "pyarrow", "scipy"} & set(loaded_by(f"import posespotter.{part}"))


def test_what_is_imported_is_not_looked_through_for_garbage_again() -> None:
    """Streamlit looks after each run of a script; all the libraries took it 1 s of the processor."""
    program = (
        "import gc; from posespotter.ui.asgi import import_ahead; import_ahead(); "
        "print(gc.get_freeze_count(), len(gc.get_objects()))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    frozen, left = map(int, told.split())
    assert frozen > 100_000
    assert left < frozen / 10
