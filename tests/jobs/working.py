"""Real workers for tests, each a process that is stopped at the end, and the wait for what they do."""

import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

from tests.conftest import ROOT

PATIENCE_S = 240  # of a machine that does other things too


def start_worker(library, *, jobs=2, every_s=0.3, die=None, child=None, log=None):
    """A worker of `odd_worker`; to be ended by the caller."""
    asked = {
        "root": str(library.root),
        "url": library.url,
        "jobs": jobs,
        "every_s": every_s,
        "die": die,
        "child": child,
    }
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.jobs.odd_worker", json.dumps(asked)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE if die else None,
        stderr=log,
    )


@contextmanager
def working(library, **options):
    """A worker while the block runs."""
    process = start_worker(library, **options)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        finally:
            process.kill()


def wait_for(what, patience_s=PATIENCE_S):
    """The first true value of `what()`, and the seconds it took."""
    start = time.monotonic()
    while time.monotonic() - start < patience_s:
        if found := what():
            return found, time.monotonic() - start
        time.sleep(0.05)
    raise TimeoutError(f"not within {patience_s} s")


def wait_over(library, *run_ids):
    """The runs, once all of them are over."""
    wait_for(lambda: all(library.run(run_id).state.over for run_id in run_ids))
    return [library.run(run_id) for run_id in run_ids]
