"""`Worker`: takes jobs from the queue and does each in a process of its own, until it is stopped.

DBOS keeps what a job has done already: after a crash of this process, or of the machine, the job goes on with the stage
that it was in, here or in another worker. Nothing of a job happens in this process, so that no file can bring it down.
"""

import logging
import shutil
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from posespotter.errors import InputError, OutputError, PoseSpotterError, SettingsError
from posespotter.jobs.attempts import MOST, begin_attempt, forgive_attempt
from posespotter.jobs.heartbeats import Worker, Workers
from posespotter.jobs.intervals import INTERVALS
from posespotter.jobs.process import JobProcess, JobProcessDiedError
from posespotter.jobs.progress_meter import ProgressMeter
from posespotter.jobs.queue import APPLICATION, QUEUE, STEPS_VERSION, TITLE, WORKFLOW, jobs_url, json_only
from posespotter.jobs.request import JobRequest
from posespotter.jobs.stages import STAGES
from posespotter.runs.database import explained
from posespotter.runs.run import RunState
from posespotter.runs.store import Library

_log = logging.getLogger(__name__)


class JobWorker:
    """A worker for one library; one a process.

    Args:
        library: whose jobs are done, and where their runs go.
        at_once: how many jobs at the same time; of two, a short one need not wait for a long one.
        every_s: seconds of video between two checkpoints of an estimation.
    """

    def __init__(self, library: Library, *, at_once: int = 2, every_s: float = 30.0) -> None:
        self._library, self._at_once, self._every_s = library, at_once, every_s
        self._workers = Workers(library)
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._processes: dict[str, JobProcess] = {}

    def run(self, stop: threading.Event) -> bool:
        """Work until `stop` is set. The process is of no use for anything else afterwards: end it.

        Returns:
            whether it was stopped; False if the others took this worker for dead, as after the machine's sleep.

        Raises:
            OutputError: the database or the library cannot be used.
        """
        from dbos import error

        logging.getLogger("dbos").addFilter(_unexpected)
        me = self._workers.join()
        url = jobs_url(self._library)
        try:
            with explained(TITLE, url, (error.DBOSException,)):
                self._launch(me, url)
            threading.Thread(target=self._keep_house, daemon=True).start()
            return self._beat(me, stop)
        finally:
            self._halt()
            with suppress(OutputError):
                self._workers.leave(me.id)

    def _launch(self, me: Worker, url: str) -> None:
        """Begin to take jobs."""
        from dbos import DBOS

        DBOS(
            config={
                "name": APPLICATION,
                "system_database_url": url,
                "application_version": STEPS_VERSION,
                "executor_id": me.id,
                "serializer": json_only(),
                "log_level": "ERROR",
            }
        )

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)
        def job(run_id: str, request: dict[str, Any]) -> None:
            self._do(run_id, request)

        DBOS.launch()
        DBOS.register_queue(
            QUEUE, worker_concurrency=self._at_once, polling_interval_sec=INTERVALS.poll_s, on_conflict="always_update"
        )

    def _beat(self, me: Worker, stop: threading.Event) -> bool:
        """Send heartbeats, and take over the jobs of dead workers."""
        last_s = time.monotonic()
        while True:
            try:
                if not self._workers.beat(me):
                    _log.error("this worker was taken for dead; its jobs went to others")
                    return False
                last_s = time.monotonic()
                self._take_over(me.id)
            except OutputError as error:  # the database is away; it may come back before the others miss us
                _log.warning("%s", error)
                if time.monotonic() - last_s > INTERVALS.dead_after_s - 2 * INTERVALS.beat_s:
                    raise
            if stop.wait(INTERVALS.beat_s):
                return True

    def _take_over(self, me: str) -> None:
        """Give the jobs of dead workers back to the queue. One worker does so, lest two give back the same job."""
        from dbos import DBOS

        alive = {worker.id for worker in self._workers.alive()} | {me}
        if me != min(alive):
            return
        started = DBOS.list_workflows(status="PENDING", name=WORKFLOW)
        for gone in {one.executor_id or "" for one in started} - alive:
            _log.warning("worker %s is gone; its jobs go on", gone)
            self._workers.leave(gone)
            for one in started:
                now = DBOS.get_workflow_status(one.workflow_id) if one.executor_id == gone else None
                if now is not None and (now.status, now.executor_id) == ("PENDING", gone):
                    DBOS.resume_workflow(one.workflow_id, queue_name=QUEUE)

    def _keep_house(self) -> None:
        """Now and then apply the limits of the settings, and end abandoned runs."""
        while True:
            try:
                self._library.sweep()
                self._end_abandoned()
                self._forget_ended()
            except PoseSpotterError as error:
                _log.warning("%s", error)
            except Exception:  # whatever it is, the next time may go better; without it the disk fills up
                _log.exception("the library could not be put in order")
            time.sleep(INTERVALS.sweep_s)

    def _end_abandoned(self) -> None:
        """Runs that wait for a job which is not in the queue: it was lost, or its end could not be written down."""
        from dbos import DBOS

        for run in self._library.runs(state=(RunState.QUEUED, RunState.RUNNING)):
            if run.kind not in STAGES or abs(datetime.now(UTC) - run.created_at) < INTERVALS.handed_over:
                continue
            status = DBOS.get_workflow_status(run.id)
            if status is None or status.status not in {"PENDING", "ENQUEUED", "DELAYED"}:
                self._library.fail(run.id, f"The job of {run.name} was lost. Start it again.")

    def _forget_ended(self) -> None:
        """Take jobs out of the queue's books that were over an hour ago; they hold names of files."""
        from dbos import DBOS

        before = (datetime.now(UTC) - timedelta(seconds=INTERVALS.sweep_s)).isoformat()
        over = DBOS.list_workflows(status=["SUCCESS", "ERROR", "CANCELLED"], name=WORKFLOW, end_time=before)
        if over:
            DBOS.delete_workflows([one.workflow_id for one in over])

    def _do(self, run_id: str, request: dict[str, Any]) -> None:
        """A job: its stages in order. What DBOS has recorded as done is not done again."""
        from dbos import DBOS

        try:
            decoded = JobRequest.from_json(request)
        except SettingsError as error:  # of another version of the program
            self._failed(run_id, str(error))
            return
        try:
            for stage in STAGES[decoded.kind]:
                if not DBOS.run_step({"name": stage}, self._perform, run_id, decoded, stage):
                    return
        finally:
            self._end_process(run_id)

    def _perform(self, run_id: str, request: JobRequest, stage: str) -> bool:
        """One stage; whether the job goes on."""
        try:
            return self._attempt(run_id, request, stage)
        except PoseSpotterError as error:  # of the library itself: a full disk, a database that is away
            return self._failed(run_id, f"{request.name}: {error}")

    def _attempt(self, run_id: str, request: JobRequest, stage: str) -> bool:
        meter = ProgressMeter(STAGES[request.kind], stage)
        how = ""
        while self._report(run_id, meter):
            attempt = begin_attempt(self._library.workspace(run_id), stage, how=how)
            if attempt.count > MOST:
                return self._failed(
                    run_id,
                    f"{request.name} was set aside: it brought the program down {MOST} times while it was at {stage!r} "
                    f"({attempt.how}). The file may be damaged; convert it, or try smaller models.",
                )
            process = self._process(run_id, request)
            process.begin(stage)
            try:
                report = self._listen(run_id, process, meter)
            except JobProcessDiedError as death:
                if self._stopping.is_set():
                    threading.Event().wait()  # for ever: the job is to look as if this process had been killed
                self._end_process(run_id)
                how = str(death)
                _log.warning("run %s: the process died at %s: %s", run_id, stage, how)
                continue
            if report is None:
                break
            if "refused" in report:
                return self._failed(run_id, report["refused"])
            if stage == "index":
                _log.info("run %s is done", run_id)
            return True
        self._drop(run_id)
        return False

    def _listen(self, run_id: str, process: JobProcess, meter: ProgressMeter) -> dict[str, Any] | None:
        """The last report of the process; None if the run was cancelled meanwhile."""
        reported_s = time.monotonic()
        while True:
            report = process.next(INTERVALS.poll_s)
            if report is not None and "doing" not in report:
                return report
            if report is not None:
                meter.update(report["doing"], report["done"], report["total"])
            if time.monotonic() - reported_s >= INTERVALS.poll_s:
                reported_s = time.monotonic()
                if not self._report(run_id, meter):
                    return None

    def _report(self, run_id: str, meter: ProgressMeter) -> bool:
        """Tell the index how far the job is; whether it is still wanted."""
        now = meter.now()
        try:
            return self._library.progress(run_id, now.doing, now.percent, now.rate, now.time_left_s)
        except OutputError as error:  # the database is away; the job need not stop for that
            _log.warning("%s", error)
            return True

    def _process(self, run_id: str, request: JobRequest) -> JobProcess:
        with self._lock:
            if run_id not in self._processes:
                self._processes[run_id] = JobProcess(self._library, run_id, request, every_s=self._every_s)
            return self._processes[run_id]

    def _end_process(self, run_id: str) -> None:
        with self._lock:
            process = self._processes.pop(run_id, None)
        if process is not None:
            process.kill()

    def _failed(self, run_id: str, error: str) -> bool:
        self._end_process(run_id)
        self._library.fail(run_id, error)
        _log.info("run %s failed: %s", run_id, error)
        return False

    def _drop(self, run_id: str) -> None:
        """Leave nothing unfinished of a run that is over: called off, or done before this worker's predecessor died."""
        self._end_process(run_id)
        with suppress(InputError):  # its row is gone too
            _log.info("run %s is %s", run_id, self._library.cancelled(run_id).state)
        shutil.rmtree(self._library.workspace(run_id), ignore_errors=True)

    def _halt(self) -> None:
        """End every process; the jobs stay as they are, for the next worker to go on with."""
        self._stopping.set()
        with self._lock:
            running, self._processes = dict(self._processes), {}
        for run_id, process in running.items():
            process.kill()
            with suppress(OutputError):
                forgive_attempt(self._library.workspace(run_id))


def _unexpected(record: logging.LogRecord) -> bool:
    """Whether DBOS has something to say that is not known here.

    A cancelled job is no error, and a database that cannot be used is reported by `JobWorker` itself.
    """
    from dbos import error

    known = error.DBOSAwaitedWorkflowCancelledError | error.DBOSWorkflowCancelledError | SQLAlchemyError
    return not isinstance(record.exc_info[1] if record.exc_info else None, known)
