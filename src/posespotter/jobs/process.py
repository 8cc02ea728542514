"""The process of one job, as its worker sees it."""

import json
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from posespotter.errors import PoseSpotterError
from posespotter.jobs.intervals import INTERVALS
from posespotter.jobs.request import JobRequest
from posespotter.runs.store import Library

CHILD = "posespotter.jobs.child"


class JobProcessDiedError(PoseSpotterError):
    """The process of a job ended in the middle of it; the message says how, as part of a sentence."""


class JobProcess:
    """A process for one job. Killing it is always safe: what it had finished stays, what it was at is done again."""

    def __init__(self, library: Library, run_id: str, request: JobRequest, *, every_s: float) -> None:
        self._process = subprocess.Popen(  # noqa: S603  our own program; what comes from users goes over its stdin
            [sys.executable, "-P", "-m", CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C is for the worker; an estimation would take it for "that is enough"
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self._send({
            "root": str(library.root),
            "url": library.url,
            "run": run_id,
            "request": request.to_json(),
            "every_s": every_s,
        })  # fmt: skip

    def begin(self, stage: str) -> None:
        """Start a stage; `next` returns its reports."""
        self._send({"stage": stage})

    def next(self, timeout_s: float) -> dict[str, Any] | None:
        """The next report of the process, or None if there is none within `timeout_s`.

        Raises:
            JobProcessDiedError: it has ended.
        """
        try:
            line = self._lines.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if not line:
            self._lines.put("")
            raise JobProcessDiedError(_how(self._process.wait(INTERVALS.end_s)))
        report: dict[str, Any] = json.loads(line)
        return report

    def kill(self) -> None:
        """End it now."""
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):  # it hangs in the system, on a disk that does not answer
            self._process.wait(INTERVALS.end_s)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None  # noqa: S101  for the type checker
        with suppress(OSError):  # it is dead, which `next` reports
            self._process.stdin.write(json.dumps(message) + "\n")
            self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None  # noqa: S101  for the type checker
        with suppress(OSError, ValueError):
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put("")


def _how(code: int) -> str:
    """Describe how a process ended."""
    if code < 0:
        with suppress(ValueError):
            name = signal.Signals(-code).name
            return "it was killed, perhaps as memory ran out" if name == "SIGKILL" else f"it was ended by {name}"
    return f"it ended with code {code}"
