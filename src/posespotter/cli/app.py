"""`posespotter app`: the web application on this machine."""

import os
import re
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from posespotter.cli.parts.say import say, warn

_PORT = 8501  # Streamlit's own
_LOGIN_DOC = "docs/reverse-proxy"
_HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)


def app_command(
    host: Annotated[str, typer.Option(help="Address to listen at.")] = "127.0.0.1",
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help=f"Port to listen at; else {_PORT}, or the next free one.", metavar="N"),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")] = True,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A further host name it may be asked under, as behind a reverse proxy."),
    ] = None,
    watch: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Take in the new videos of this folder; what is done with them is a setting.",
            show_default="that of the settings",
        ),
    ] = None,
) -> None:
    """Open the application: the same work as the other commands, in a browser.

    It listens on this machine only and has no login. Ctrl-C stops it together with its worker.
    """
    from posespotter.errors import SettingsError
    from posespotter.settings import expanded, settings

    for name in allow_host or []:
        if not _HOST_NAME.fullmatch(name):
            raise SettingsError(f"--allow-host: expected a host name such as poses.example.org, got {name!r}.")
    if watch is not None:
        os.environ["POSESPOTTER_WATCH"] = str(watch.absolute())  # before the settings are read
    library = expanded(settings().library)
    if not _has_home():
        os.environ["HOME"] = str(library)  # Streamlit does not begin without a home folder
    try:
        from posespotter.jobs.watch import watchable
        from posespotter.ui.asgi import free_port, serve
        from posespotter.ui.listening import is_loopback
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"The application needs {error.name}, which is not installed: pip install 'posespotter[app]'."
        ) from None

    if watch is not None:
        watchable(watch.absolute(), library)
    chosen = free_port(host, port or _PORT, exactly=port is not None)
    address = f"http://{_shown(host)}:{chosen}"
    if not is_loopback(host):
        warn(
            f"listening at {host}, so other machines can reach this application. It has no login: whoever "
            f"reaches it sees every run and can delete it. {_LOGIN_DOC} shows how to put a login in front."
        )
    say(f"PoseSpotter is at {address} (Ctrl-C stops it)")
    if browser:
        threading.Thread(target=_open_when_ready, args=(address,), daemon=True).start()
    with suppress(KeyboardInterrupt):  # the server stops in order and then hands on the signal
        serve(host, chosen, names=[host, *(allow_host or [])], max_upload_mb=settings().max_upload_mb)
    say("PoseSpotter has stopped.")


def _has_home() -> bool:
    try:
        return bool(Path.home())
    except RuntimeError:
        return False


def _shown(host: str) -> str:
    """The host as a browser on this machine asks for it."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104  not bound here, only compared
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _open_when_ready(address: str) -> None:
    until = time.monotonic() + 30.0  # for the server to answer
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):  # noqa: S310  our own address
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    webbrowser.open(address)
