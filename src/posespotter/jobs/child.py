"""The process of one job: runs stage after stage as its worker asks, and ends when the worker does.

Started as a program of its own. It gets one JSON object a line on stdin, first what the job is, then a stage each, and
writes one JSON object a line: how far it is, and at the end of a stage "done", "refused" or "broke".
"""

import json
import os
import queue
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from posespotter.errors import PoseSpotterError
from posespotter.jobs.intervals import INTERVALS
from posespotter.jobs.request import JobRequest
from posespotter.jobs.stages import Job
from posespotter.last_resort import unforeseen
from posespotter.models.fetch import NotFetchedError
from posespotter.runs.store import Library
from posespotter.tasks.run_folder.reservation import Reservation

_WITHOUT_A_MODEL = "Fetch it on the Settings page when there is a network, or take a model that is built in."


def main() -> None:
    """Do one job."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    lines: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin, lines), daemon=True).start()
    with suppress(AttributeError, OSError):  # Windows has none
        os.nice(5)  # the application answers first
    order = lines.get()
    try:
        library = Library(Path(order["root"]), order["url"])
        job = Job(library, order["run"], JobRequest.from_json(order["request"]), order["every_s"])
    except Exception as error:  # the worker waits for an answer to the first stage
        lines.get()
        refusal = str(error) if isinstance(error, PoseSpotterError) else unforeseen(error)
        answers.write(json.dumps({"refused": refusal}) + "\n")
        return
    with _alone(job):
        while True:
            answers.write(json.dumps(_answer(job, lines.get()["stage"], answers)) + "\n")


def _listen(stdin: IO[str], lines: "queue.Queue[dict[str, Any]]") -> None:
    for line in stdin:
        lines.put(json.loads(line))
    os._exit(1)  # the worker is gone: the one that takes the job over must be alone with it


def _alone(job: Job) -> Reservation:
    """Reserve the job, also against a process whose worker has just died."""
    mine = Reservation(job.workspace / "job")
    # Another process that did this job before may not have noticed yet that its worker is gone.
    until = time.monotonic() + INTERVALS.end_s
    while not mine.take() and time.monotonic() < until:
        time.sleep(INTERVALS.report_s)
    return mine


def _answer(job: Job, stage: str, answers: IO[str]) -> dict[str, str]:
    """Run a stage and report how it ended."""
    reported: tuple[float, str] = (0.0, "")

    def report(what: str, done: int, total: int | None) -> None:
        nonlocal reported
        now = time.monotonic()
        if what != reported[1] or now - reported[0] >= INTERVALS.report_s:
            reported = (now, what)
            answers.write(json.dumps({"doing": what, "done": done, "total": total}) + "\n")

    try:
        job.perform(stage, report)
    except NotFetchedError as error:
        return {"refused": f"{error.reason} {_WITHOUT_A_MODEL}"}
    except PoseSpotterError as error:
        return {"refused": _for_people(job, str(error))}
    except Exception as error:  # a bug that this input brings to light must not end the others
        return {"refused": f"{job.request.name}: {_for_people(job, unforeseen(error))}"}
    return {"ended": stage}


def _for_people(job: Job, words: str) -> str:
    """`words` with the name that people know instead of our path."""
    if job.source is not None:
        words = words.replace(str(job.source), job.request.name)
    return words.replace(f"{job.workspace}{os.sep}", "")


if __name__ == "__main__":
    main()
