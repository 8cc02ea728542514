"""Nothing leaves the machine: no program of ours asks for another host or keeps a number that tells who this is."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.browser.running import free_port
from tests.clips import cut
from tests.jobs.working import wait_over

from posespotter.jobs.submit import JobRequest, submit
from posespotter.runs import Library, RunState

pytestmark = pytest.mark.skipif(not shutil.which("strace"), reason="needs strace")

LONG_ENOUGH_S = 14.0  # ONNX Runtime 1.32 looked its maker's host up ten seconds after the first model
SET_BY_THE_TESTS = {name for name in os.environ if name.startswith(("ORT_", "STREAMLIT_", "POSESPOTTER_"))}
# Who connects to port 0 only wants to know the own address: nothing is sent.
HERE = r'inet_addr\("127\.|inet_pton\(AF_INET6, "::1"|sin6?_port=htons\(0\)'
HOLDS_A_MODEL = """
import sys
from pathlib import Path
import posespotter.falls.classifier as classifier
from posespotter.models.session import Session
model = Session(next(Path(classifier.__file__).parent.glob("weights/*.onnx")))
model.warm_up()
sys.stdin.read()
"""


class Traced:
    """A program and all that it starts, as the system sees them.

    Attributes:
        home: its home folder.
    """

    def __init__(self, folder: Path, command: Sequence[str], **environment: str) -> None:
        folder.mkdir()
        self.home, self._log = folder / "home", folder / "calls"
        self.home.mkdir()
        kept = {
            name: value for name, value in os.environ.items() if name not in SET_BY_THE_TESTS and name[:4] != "XDG_"
        }
        self.process = subprocess.Popen(
            ["strace", "-f", "-qq", "-s", "256", "-e", "trace=connect,sendto,sendmsg,sendmmsg", "-o", str(self._log),
             *command],
            env=kept | {"HOME": str(self.home), **environment},
            stdin=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip

    def asked(self) -> list[str]:
        """The calls that name a host other than this machine: also a name server is one."""
        calls = self._log.read_text(errors="replace").splitlines()
        return [call for call in calls if re.search(r"sa_family=AF_INET6?\b", call) and not re.search(HERE, call)]

    def numbers(self) -> list[Path]:
        """Files that could tell this machine from others."""
        return [
            path for path in self.home.rglob("*") if re.search(r"device_?id|machine_?id|telemetry", path.name, re.I)
        ]


@contextmanager
def traced(folder: Path, command: Sequence[str], **environment: str) -> Iterator[Traced]:
    program = Traced(folder, command, **environment)
    try:
        yield program
    finally:
        program.process.stdin.close()
        for number in (signal.SIGTERM, signal.SIGKILL):  # for the program: strace itself only listens to the second
            with suppress(ProcessLookupError):
                os.killpg(program.process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                program.process.wait(30)
                break


def test_what_the_test_looks_at_tells_a_look_up_of_a_foreign_host(tmp_path):
    look_up = "import socket, contextlib\nwith contextlib.suppress(OSError): socket.getaddrinfo('example.invalid', 443)"
    with traced(tmp_path / "it", [sys.executable, "-c", look_up]) as program:
        program.process.wait(60)
    assert program.asked() or not Path("/etc/resolv.conf").exists()


def test_neither_a_process_with_a_model_nor_the_app_nor_a_worker_asks_for_another_host(demo_clip, tmp_path):
    clip = cut(demo_clip, tmp_path / "clip.mp4", 12)
    posespotter = [sys.executable, "-m", "posespotter.cli"]
    with Library(tmp_path / "library") as library, Library(tmp_path / "of the app") as of_the_app:
        job = submit(library, JobRequest("estimate", clip))
        with (
            traced(tmp_path / "model", [sys.executable, "-c", HOLDS_A_MODEL]) as model,
            traced(tmp_path / "worker", [*posespotter, "worker", "--library", str(library.root)]) as worker,
            traced(
                tmp_path / "app",
                [*posespotter, "app", "--no-browser", "--port", str(free_port())],
                POSESPOTTER_LIBRARY=str(of_the_app.root),
            ) as app,
        ):
            app_job = submit(of_the_app, JobRequest("estimate", clip))
            time.sleep(LONG_ENOUGH_S)
            (done,) = wait_over(library, job)
            (app_done,) = wait_over(of_the_app, app_job)
    assert done.state is app_done.state is RunState.DONE
    for program in (model, worker, app):
        assert program.asked() == []
        assert program.numbers() == []
