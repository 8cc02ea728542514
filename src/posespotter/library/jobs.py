"""Asking for work and calling it off: light, from any process; a worker (`library.worker`) does it.

A job has the id of its run, and is read where runs are: `Library.run(id)` tells its state, stage, percent, rate and the
time left.
"""

from posespotter.library.job_request import EstimateOptions, ExerciseOptions, FallsOptions, JobKind, JobRequest
from posespotter.library.library import Library

__all__ = ["EstimateOptions", "ExerciseOptions", "FallsOptions", "JobKind", "JobRequest", "cancel", "submit"]


def submit(library: Library, request: JobRequest) -> str:
    """Queue a job; a worker takes it when there is room, now or after a restart.

    Returns:
        the id of its run.

    Raises:
        SettingsError: the request says something that it may not.
        InputError: the file or the run is not there.
        OutputError: the library or its database cannot be written.
    """
    raise NotImplementedError


def cancel(library: Library, run_id: str) -> bool:
    """Call a job off, queued or running: within two seconds nothing of it runs, and no file of it is left.

    Returns:
        whether there was something to call off; a job that is over stays as it is.

    Raises:
        InputError: there is no such run.
        OutputError: the database cannot be reached.
    """
    raise NotImplementedError
