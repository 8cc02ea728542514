"""`posespotter worker`: does the jobs that the application has queued."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from posespotter.cli.parts.say import warn

if TYPE_CHECKING:
    from posespotter.runs import Library

RETRY_S = 5.0
"""Between two looks whether the database answers again, before a worker that failed begins anew."""


def worker_command(
    library: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of the library.", show_default="that of the settings")
    ] = None,
    database_url: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="postgresql+psycopg://USER:PASSWORD@HOST/NAME, shared by all workers; better in "
            "POSESPOTTER_DATABASE_URL, where others on this machine cannot see it.",
            show_default="that of the settings, else a SQLite file in the library",
        ),
    ] = None,
    jobs: Annotated[int, typer.Option(metavar="N", min=1, help="So many at the same time.")] = 2,
    checkpoint_s: Annotated[
        float, typer.Option(metavar="SECONDS", min=0.0, help="Seconds of video between two checkpoints.")
    ] = 30.0,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> None:
    """Do the jobs that the application queues, until stopped.

    The application starts a worker by itself. With PostgreSQL and a library in a shared folder, any number of workers
    on any number of machines share the jobs.
    """
    import logging

    from posespotter.cli.parts.keep import open_library
    from posespotter.errors import PoseSpotterError
    from posespotter.last_resort import unforeseen
    from posespotter.settings import settings

    opened = open_library(library, database_url or settings().database_url)
    from posespotter.jobs.worker import JobWorker

    logging.basicConfig(format="posespotter: %(message)s", level=logging.WARNING, stream=sys.stderr)
    logging.getLogger("posespotter").setLevel(logging.INFO)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if with_parent:
        threading.Thread(target=_wait_for_end_of_input, args=(stop,), daemon=True).start()
    warn(f"working for {opened.root}, {jobs} jobs at a time; Ctrl-C stops.")
    code, began_s = 1, time.monotonic()
    try:
        code = 0 if JobWorker(opened, at_once=jobs, every_s=checkpoint_s).run(stop) else 1
    except PoseSpotterError as error:
        warn(str(error))
    except Exception as error:  # of the database's driver, or a bug; said here, as nothing is said after the end below
        warn(f"the worker ended: {unforeseen(error)}")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        # a worker that ran for a minute was set up well, and begins anew after a failure
        worked = time.monotonic() - began_s > 60.0
        if code and worked and not with_parent and _answers_again(opened, stop):  # a parent begins another one itself
            warn("the worker begins anew.")
            os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606  this very command
        os._exit(code)  # jobs that were cut off wait in threads, and are not to be recorded as failed


def _answers_again(library: "Library", stop: threading.Event) -> bool:
    """Wait until the database answers; False if the worker was stopped meanwhile."""
    from posespotter.errors import PoseSpotterError

    while not stop.wait(RETRY_S):
        with suppress(PoseSpotterError):
            library.check()
            return True
    return False


def _wait_for_end_of_input(stop: threading.Event) -> None:
    """The process that started this one holds the other end of stdin for as long as it lives."""
    while sys.stdin.read(1):
        pass
    stop.set()
