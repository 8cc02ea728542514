"""A worker for tests: it kills itself (-9) when a job comes to a given point, or gives its jobs processes that crash.

Run as a program with one argument, JSON: root, url, jobs, every_s; die: [run id, point] or null; child: module or null.
A point is "estimate 12", when that many frames are done, or "ended render", before DBOS has heard that it has. Before
it dies it says which process does that job.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path

from posespotter.jobs import process as job_process
from posespotter.jobs import worker
from posespotter.runs import Library


def die_at(run_id, point):
    """Let this process die when the job's own process says that it is at `point`."""
    what, _, value = point.partition(" ")
    listen = worker.JobWorker._listen

    def reached(said):
        if said is None:
            return False
        if what == "ended":
            return said.get("ended") == value
        return said.get("doing") == what and said["done"] >= int(value)

    def listening(self, run, process, meter):
        heard = process.next

        def next_(timeout_s):
            said = heard(timeout_s)
            if run == run_id and reached(said):
                sys.stdout.write(f"{process._process.pid}")
                sys.stdout.flush()
                os.kill(os.getpid(), signal.SIGKILL)
            return said

        process.next = next_
        return listen(self, run, process, meter)

    worker.JobWorker._listen = listening


def main():
    asked = json.loads(sys.argv[1])
    if asked.get("die"):
        die_at(*asked["die"])
    if asked.get("child"):
        job_process.CHILD = asked["child"]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    library = Library(Path(asked["root"]), asked["url"])
    worker.JobWorker(library, at_once=asked["jobs"], every_s=asked["every_s"]).run(stop)
    os._exit(0)


if __name__ == "__main__":
    main()
