"""The application as one server: Streamlit's pages, and our own routes on the same port.

`serve` is all of `posespotter app`. Routes of other parts are listed in `application`.
"""

import asyncio
import errno
import gc
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware

from posespotter.errors import PoseSpotterError, SettingsError
from posespotter.ui import parts, shared
from posespotter.ui.closed_tabs import forget_closed_tabs
from posespotter.ui.limits import LIMITS
from posespotter.ui.menu import MENU
from posespotter.ui.routes.angles import AngleReadings
from posespotter.ui.routes.clinic import ClinicReports
from posespotter.ui.routes.files import RunFiles
from posespotter.ui.routes.quiet_ends import QuietEnds
from posespotter.ui.routes.same_origin import SameOrigin, own_names
from posespotter.ui.routes.unknown import UnknownPages
from posespotter.ui.routes.webcam import Webcam
from posespotter.ui.theme import theme_options

# Streamlit takes a folder pages/ beside its script for pages without a frame, so the shell stands in one of its own.
SHELL = Path(__file__).parent / "shell" / "shell.py"

_HEAVY = (
    "pandas",
    "posespotter.estimation.estimator",
    "posespotter.tasks.sample",
    "posespotter.tasks.speed",
    "posespotter.ui.keeping",
    "posespotter.live.live_session",
    "seaborn",
)
_TAKEN = {errno.EADDRINUSE}


def application(names: Sequence[str] = ()) -> st.App:
    """The ASGI application.

    Args:
        names: further host names under which it may be asked, as behind a reverse proxy.
    """
    allowed = own_names() | {name.lower() for name in names}
    pages = {one.url_path for one in MENU} | {"archives"}
    routes = [
        *RunFiles(shared.library).routes(),
        *ClinicReports(shared.library).routes(),
        *AngleReadings(shared.library).routes(),
        *Webcam(shared.library).routes(),
    ]
    return st.App(
        SHELL,
        routes=routes,
        middleware=[
            Middleware(SameOrigin, names=allowed),
            Middleware(QuietEnds),
            Middleware(UnknownPages, pages=pages),
        ],
        lifespan=_lifespan,
    )


@asynccontextmanager
async def _lifespan(_app: st.App) -> AsyncIterator[None]:
    """Run from the start of the server to its end, together with the worker for the pages' jobs."""
    await run_in_threadpool(shared.worker.start)
    shared.folder_watch().start()
    import_ahead()
    threading.Thread(target=_tidy, name="tidy", daemon=True).start()
    forgetting = asyncio.create_task(forget_closed_tabs())
    try:
        yield
    finally:
        forgetting.cancel()
        await run_in_threadpool(shared.folder_watch().close)
        await run_in_threadpool(shared.worker.stop)


def import_ahead() -> None:
    """Import what pages need when they are first opened (1.4 s), before the first is asked for.

    Every tab has a thread of its own, and pages import what they show. Where two threads enter the circular imports of
    a library (scipy has some) from two sides, Python hands one an unfinished module: an ImportError on the page.

    What is there then stays for good. Streamlit collects garbage after every run of a script, also of the parts that
    ask again each second how far a job is; looking through all libraries each time took 1 s of the processor, in which
    no page and no socket was served.
    """
    for name in (*_HEAVY, *(part.name for part in walk_packages(parts.__path__, f"{parts.__name__}."))):
        import_module(name)
    gc.collect()
    gc.freeze()


def _tidy() -> None:
    """Remove forgotten uploads and notes."""
    from posespotter.ui.uploads import remove_forgotten

    remove_forgotten(shared.library())
    with suppress(PoseSpotterError):  # said by the pages
        shared.people().tidy(shared.library())


def serve(host: str, port: int, *, names: Sequence[str] = (), max_upload_mb: int) -> None:
    """Run until Ctrl-C or SIGTERM, then stop the worker that was started with it.

    Args:
        host: address to listen at.
        port: that it listens at; see `free_port`.
        names: further host names under which it may be asked.
        max_upload_mb: larger uploads are refused.
    """
    from streamlit.web.bootstrap import load_config_options

    from posespotter.ui.server import server_for

    load_config_options(
        {
            "server.address": host,
            "server.port": port,
            "server.headless": True,  # the command line opens the browser, once the port answers
            "server.maxUploadSize": max_upload_mb,
            "server.enableXsrfProtection": True,
            "server.disconnectedSessionTTL": 2 * round(LIMITS.closed_tab_s),  # `closed_tabs` ends them before
            "server.fileWatcherType": "none",
            "browser.gatherUsageStats": False,
            "client.toolbarMode": "minimal",
            "client.showErrorDetails": "type",
            "client.showErrorLinks": False,  # they lead to searches elsewhere, with the error in their address
            **theme_options(),
        }
    )
    server_for(application(names), host, port).run()


def free_port(host: str, first: int, *, exactly: bool) -> int:
    """`first`, or with `exactly` False the next port that nobody listens at.

    Raises:
        SettingsError: there is none, or `host` is no address of this machine.
    """
    last = first if exactly else min(first + 20, 65535)
    for port in range(first, last + 1):
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
        except (socket.gaierror, OverflowError) as error:
            raise SettingsError(f"--host {host}: expected an address of this machine ({error}).") from None
        except PermissionError:
            raise SettingsError(f"--port {port} is not ours to use: ports below 1024 belong to the system.") from None
        except OSError as error:
            if error.errno not in _TAKEN:
                raise SettingsError(f"--host {host}: expected an address of this machine ({error.strerror}).") from None
        else:
            return port
    if exactly:
        raise SettingsError(f"Port {first} is taken by another program; choose one with --port.")
    raise SettingsError(f"Ports {first} to {last} are taken by other programs; choose one with --port.")
