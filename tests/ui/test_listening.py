"""Under which address other devices reach the application."""

import pytest
from streamlit import config

from posespotter.ui.listening import address_for_others, is_loopback


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch):
    def at(host: str) -> None:
        options = {"server.address": host, "server.port": 8501}
        monkeypatch.setattr(config, "get_option", options.__getitem__)
        monkeypatch.setattr("streamlit.get_option", options.__getitem__)

    return at


@pytest.mark.parametrize(
    ("host", "opened", "address"),
    [
        ("127.0.0.1", "http://localhost:8501/webcam", None),  # nobody else comes here
        ("127.0.0.1", None, None),
        ("127.0.0.1", "https://poses.example.org/webcam", "https://poses.example.org"),  # through a proxy
        ("192.168.1.20", "http://192.168.1.20:8501/", "http://192.168.1.20:8501"),
        ("192.168.1.20", None, "http://192.168.1.20:8501"),
        ("fd00::5", None, "http://[fd00::5]:8501"),
        ("0.0.0.0", "http://studio.local:8501/people", "http://studio.local:8501"),
    ],
)
def test_others_come_the_way_that_is_known_to_work(listening, host, opened, address):
    listening(host)
    assert address_for_others(opened) == address


def test_an_application_that_listens_everywhere_gives_no_address_of_this_machine_for_itself(listening):
    listening("0.0.0.0")
    address = address_for_others("http://localhost:8501/")
    assert address is None or not is_loopback(address.split("/")[2].split(":")[0])
