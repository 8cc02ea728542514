"""Count of the attempts at a job that ended its process, kept in its workspace; after the third it is set aside."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from posespotter.files import whole
from posespotter.jobs.stages import CHECKPOINTS

MOST = 3  # attempts from one point that may end their process
_FILE = "attempts.json"


@dataclass(frozen=True)
class Attempts:
    """Attempts at one stage that ended neither well nor with an error.

    Attributes:
        stage: that was tried.
        checkpoints: how many there were; one more, and the job has come further.
        count: how often it was started from there.
        how: how the last one ended, as part of a sentence.
    """

    stage: str
    checkpoints: int
    count: int = 0
    how: str = ""


def begin_attempt(workspace: Path, stage: str, *, how: str = "") -> Attempts:
    """Record an attempt at a stage before it starts.

    Args:
        workspace: of the job.
        stage: to be started.
        how: how the last attempt ended, if that is known.

    Returns:
        this attempt and those before it from the same point: `count` above `MOST` is one too many.
    """
    now = Attempts(stage, len(list((workspace / CHECKPOINTS).glob("part-*"))))
    try:
        last = Attempts(**json.loads((workspace / _FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        last = now
    if (last.stage, last.checkpoints) == (now.stage, now.checkpoints):
        now = last
    how = how or ("the worker was ended" if now.count else "")
    now = replace(now, count=now.count + 1, how=how or now.how)
    _write(workspace, now)
    return now


def forgive_attempt(workspace: Path) -> None:
    """Take back the current attempt, which ends for a reason that is not the job's."""
    try:
        last = Attempts(**json.loads((workspace / _FILE).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return
    _write(workspace, replace(last, count=max(0, last.count - 1)))


def _write(workspace: Path, attempts: Attempts) -> None:
    with whole(workspace / _FILE) as temporary:
        temporary.write_text(json.dumps(asdict(attempts)), "utf-8")
