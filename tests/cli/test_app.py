"""`posespotter app`: where it listens, and what it says about that."""

import pytest
from typer.testing import CliRunner

from posespotter.cli import app


@pytest.fixture
def served(monkeypatch):
    """What the server would have been started with."""
    calls = []
    monkeypatch.setattr("posespotter.ui.asgi.serve", lambda *args, **options: calls.append((args, options)))
    monkeypatch.setattr("posespotter.ui.asgi.free_port", lambda host, first, exactly: first)
    return calls


def run(*arguments):
    return CliRunner().invoke(app, ["app", "--no-browser", *arguments])


def test_it_listens_on_this_machine_only(served):
    result = run()
    assert result.exit_code == 0
    assert served[0][0] == ("127.0.0.1", 8501)
    assert "PoseSpotter is at http://127.0.0.1:8501" in result.stdout
    assert "login" not in result.stderr


@pytest.mark.parametrize(
    ("host", "shown"), [("0.0.0.0", "localhost"), ("::", "localhost"), ("192.168.1.5", "192.168.1.5")]
)
def test_it_says_that_there_is_no_login(served, host, shown):
    result = run("--host", host, "--port", "9000")
    assert f"http://{shown}:9000" in result.stdout
    assert "no login" in result.stderr
    assert "docs/reverse-proxy" in result.stderr


def test_names_behind_a_proxy(served):
    run("--allow-host", "poses.example.org", "--allow-host", "b.example.org")
    assert served[0][1]["names"] == ["127.0.0.1", "poses.example.org", "b.example.org"]


def test_the_name_that_it_listens_at_is_its_own(served):
    run("--host", "mylaptop")
    assert served[0][1]["names"] == ["mylaptop"]


@pytest.mark.parametrize("name", ["https://poses.example.org", "poses.example.org:8443", "a/b", "", "*"])
def test_what_is_no_host_name_is_refused(served, name):
    result = run("--allow-host", name)
    assert "expected a host name such as" in str(result.exception)
    assert not served


def test_ctrl_c_is_no_error(served, monkeypatch):
    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("posespotter.ui.asgi.serve", interrupted)
    result = run()
    assert result.exit_code == 0
    assert "has stopped" in result.stdout
