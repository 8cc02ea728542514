"""`posespotter worker`: what it does when the work ends without having been stopped."""

import io
import itertools
import os
import signal
import sys
import time

import pytest

from posespotter.errors import OutputError
from posespotter.jobs.worker import JobWorker
from posespotter.runs import Library


class Ended(BaseException):
    """The process would be over, or another program, now."""


@pytest.fixture
def worker(cli, monkeypatch, tmp_path):
    """Runs the command with a worker that fails after `worked_s`, and a database that is away for `away` questions."""

    def run(*arguments, worked_s, away=0):
        questions = itertools.count()

        def check(*_):
            if next(questions) < away:
                raise OutputError("The database is away.")

        def work(*_):
            moment_s = time.monotonic() + worked_s
            monkeypatch.setattr(time, "monotonic", lambda: moment_s)
            raise OutputError("The database is away.")

        def end(*with_what):
            raise Ended(*with_what)

        monkeypatch.setattr(JobWorker, "run", work)
        monkeypatch.setattr(Library, "check", check)
        monkeypatch.setattr("posespotter.cli.worker.RETRY_S", 0.01)
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        monkeypatch.setattr(signal, "signal", lambda *_: None)
        monkeypatch.setattr(os, "execv", end)
        monkeypatch.setattr(os, "_exit", end)
        with pytest.raises(Ended) as ended:
            cli("worker", "--library", tmp_path, *arguments)
        return ended.value.args, next(questions)

    return run


def test_it_begins_anew_when_the_database_answers_again(worker):
    (program, command), questions = worker(worked_s=3600, away=3)
    assert program == sys.executable
    assert command == [sys.executable, *sys.orig_argv[1:]]
    assert questions == 4


@pytest.mark.parametrize(("arguments", "worked_s"), [((), 1), (("--with-parent",), 3600)])
def test_it_ends_where_it_never_worked_or_a_parent_begins_another(worker, arguments, worked_s):
    assert worker(*arguments, worked_s=worked_s) == ((1,), 0)
