"""Submit jobs and cancel them, from any process; a worker (`jobs.worker`) runs them.

A job has the id of its run, and is read where runs are: `Library.run(id)` has its state, stage, percent, rate and the
time left.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import MetaData

from posespotter.errors import InputError, OutputError
from posespotter.files import reason
from posespotter.jobs.queue import APPLICATION, QUEUE, STEPS_VERSION, TITLE, WORKFLOW, jobs_url, queue_client
from posespotter.jobs.request import (
    EstimateOptions,
    EverydayOptions,
    ExerciseOptions,
    FallsOptions,
    JobKind,
    JobRequest,
)
from posespotter.jobs.stages import STAGES
from posespotter.runs.database import Database
from posespotter.runs.folders import SOURCE_STEM, plain_suffix
from posespotter.runs.run import Run, RunState
from posespotter.runs.store import Library

if TYPE_CHECKING:
    from dbos import DBOSClient

__all__ = [
    "EstimateOptions",
    "EverydayOptions",
    "ExerciseOptions",
    "FallsOptions",
    "JobKind",
    "JobRequest",
    "MendedQueue",
    "cancel",
    "mend_queue",
    "submit",
    "try_again",
]


def submit(library: Library, request: JobRequest) -> str:
    """Queue a job; a worker takes it when there is room, now or after a restart.

    Returns:
        the id of its run.

    Raises:
        InputError: the file or the run is not there.
        OutputError: the library or its database cannot be written.
    """
    name = _name_of(library, request)
    run = library.begin(request.kind, name, parent=request.run, settings=request.to_json()["options"])
    try:
        if isinstance(request.source, Path):
            _take_file(request, library.workspace(run.id))
        with queue_client(library) as client:
            _enqueue(client, run.id, replace(request, source=run.parent or Path(), name=run.name))
    except BaseException:
        library.cancelled(run.id)
        library.delete(run.id)
        raise
    return run.id


def try_again(library: Library, run_id: str, changes: Mapping[str, Any] | None = None) -> str:
    """Queue the job of a run that failed once more; the failed run goes.

    Args:
        library: where the run is.
        run_id: of the run that failed.
        changes: of its options.

    Returns:
        the id of the new run.

    Raises:
        SettingsError: the changes say something that they may not.
        InputError: there is no such run, or its source is not there any more.
        OutputError: the library or its database cannot be written.
    """
    run = library.run(run_id)
    source = run.parent or library.source(run_id)
    if run.state is not RunState.FAILED or source is None:
        raise InputError(f"{run.name}: expected a failed run whose video is still there. Upload it again.")
    options = {**run.settings, **(changes or {})}
    # A copy, so that nothing is lost if it cannot be queued.
    again = submit(library, JobRequest(cast("JobKind", run.kind), source, run.name, options))
    library.delete(run_id)
    return again


def cancel(library: Library, run_id: str) -> bool:
    """Cancel a job, queued or running: within two seconds nothing of it runs, and no file of it is left.

    Returns:
        whether it was cancelled; a job that is over stays as it is.

    Raises:
        InputError: there is no such run.
        OutputError: the database cannot be reached.
    """
    if library.run(run_id).state.over:
        return False
    with queue_client(library) as client:
        client.cancel_workflow(run_id)
    # The worker sees this when it next writes the progress, twice a second, and ends the process of the job.
    return library.cancelled(run_id).state is RunState.CANCELLED


@dataclass(frozen=True)
class MendedQueue:
    """A damaged queue that was rebuilt.

    Attributes:
        aside: where the damaged one is now.
        queued: the runs that waited or ran, and are in the new one.
    """

    aside: Path
    queued: tuple[Run, ...]


def mend_queue(library: Library) -> MendedQueue | None:
    """Rebuild a damaged queue, with the jobs of all runs that are not over; None where it is intact.

    Raises:
        OutputError: the database cannot be used.
    """
    aside = Database(jobs_url(library), MetaData(), TITLE).mend()
    if aside is None:
        return None
    runs = [run for run in library.runs(state=(RunState.QUEUED, RunState.RUNNING), sort="oldest") if run.kind in STAGES]
    with queue_client(library) as client:
        for run in runs:  # which knows all of its request
            request = JobRequest(cast("JobKind", run.kind), run.parent or Path(), run.name, run.settings)
            _enqueue(client, run.id, request)
    return MendedQueue(aside, tuple(runs))


def _enqueue(client: "DBOSClient", run_id: str, request: JobRequest) -> None:
    """Put the job of a run that waits into the queue. Its file, if it has one, is in the workspace by now."""
    client.enqueue(
        {
            "queue_name": QUEUE,
            "workflow_name": WORKFLOW,
            "workflow_id": run_id,
            "app_version": STEPS_VERSION,
            "application_name": APPLICATION,
        },
        run_id,
        request.to_json(),
    )


def _name_of(library: Library, request: JobRequest) -> str:
    if request.run is not None:
        run = library.run(request.run)
        if run.state is not RunState.DONE:
            raise InputError(f"{run.name} ({run.id}) is {run.state}: expected a run that is done.")
        return request.name or run.name
    path = Path(request.source)
    if not path.is_file():
        raise InputError(f"{path}: expected a video or picture, there is no such file.")
    return request.name or path.name


def _take_file(request: JobRequest, workspace: Path) -> None:
    """Put the file into the workspace, under a name of ours; what its suffix says is tried, not believed."""
    path = Path(request.source)
    target = workspace / f"{SOURCE_STEM}{plain_suffix(path)}"
    try:
        if request.upload:
            shutil.move(path, target)
        else:
            shutil.copyfile(path, target)
    except OSError as error:
        raise OutputError(f"{path} could not be put into the library: {reason(error)}.") from error
