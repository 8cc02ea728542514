"""Waiting times between the parts of a job."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class JobIntervals:
    """Times between what workers, their jobs and their watchers do.

    Attributes:
        beat_s: between two heartbeats of a worker.
        dead_after_s: without a heartbeat for so long a worker is taken for dead, and its jobs are given to others.
        watch_s: between two looks of the application whether its worker is alive.
        poll_s: between two looks into the queue, and between two notes of how far a job is.
        report_s: between two reports of a job's process to its worker, at the least.
        end_s: to wait for a process that was killed; one that hangs on a disk is left behind.
        sweep_s: between two clean-ups of the library.
        handed_over: a run without a job in the queue is lost; before, a large file may still be copied.
    """

    beat_s: float = 2.0
    dead_after_s: float = 15.0
    watch_s: float = 2.0
    poll_s: float = 0.5
    report_s: float = 0.1
    end_s: float = 10.0
    sweep_s: float = 3600.0
    handed_over: timedelta = timedelta(minutes=10)


INTERVALS = JobIntervals()
"""Those of the application."""
