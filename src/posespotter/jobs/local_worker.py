"""A worker that the application starts where no other one runs."""

import os
import subprocess
import sys
import threading
from contextlib import suppress

from posespotter.closing import Closing
from posespotter.errors import OutputError
from posespotter.jobs.heartbeats import Workers
from posespotter.jobs.intervals import INTERVALS
from posespotter.runs.store import Library


class LocalWorker(Closing):
    """Keep a worker running until `close`: start one where there is none, and restart it if it dies.

    A worker that was started here ends with this process, also when that is killed.
    """

    def __init__(self, library: Library) -> None:
        self._library, self._workers = library, Workers(library)
        self._process: subprocess.Popen[bytes] | None = None
        self._somebody = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="worker watch", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether some worker, here or elsewhere, has a recent heartbeat."""
        return self._somebody

    @property
    def own(self) -> bool:
        """Whether the worker that runs was started here."""
        return self._process is not None and self._process.poll() is None

    def close(self) -> None:
        """Stop watching, and stop the worker if it was started here; its jobs go on after the next start."""
        self._closing.set()
        self._thread.join(0.5)  # a query of a database that does not answer is not waited for
        if self._process is None:
            return
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(2.0)  # to end by itself; it may be killed at any time
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process, self._somebody = None, False

    def _watch(self) -> None:
        pause_s = 0.0
        while not self._closing.wait(pause_s):
            with suppress(OutputError):  # a database that is away may come back
                self._somebody = bool(self._workers.alive())
                if self._somebody or self.own:
                    pause_s = INTERVALS.watch_s
                    continue
                self._start()
            pause_s = min(max(2 * pause_s, INTERVALS.watch_s), 60.0)  # between two starts of a worker that ends at once

    def _start(self) -> None:
        environment = os.environ | {"POSESPOTTER_LIBRARY": str(self._library.root)}
        if not self._library.url.startswith("sqlite"):
            environment["POSESPOTTER_DATABASE_URL"] = self._library.url
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "posespotter.cli", "worker", "--with-parent"],
            stdin=subprocess.PIPE,  # whose end tells the worker that this process is gone
            env=environment,
            start_new_session=True,  # Ctrl-C ends the application, and that ends the worker
        )


def start_worker_if_none(library: Library) -> LocalWorker:
    """Keep a worker running for as long as this process lives; call `close` on the result at the end."""
    return LocalWorker(library)
