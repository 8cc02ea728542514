import errno
import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from posespotter.errors import ModelError
from posespotter.models import cache, fetch
from posespotter.models.cache import is_intact, path_of, state_of, verify
from posespotter.models.fetch import model_path
from posespotter.models.zoo import find_model
from posespotter.settings import settings

MODEL = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(MODEL).hexdigest()


def archive_of(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


ARCHIVE = archive_of(("20240101/some/end2end.onnx", MODEL), ("20240101/some/detail.json", b"{}"))


@dataclass
class Page:
    """What the server gives: a body, cut after `sent` bytes or sent slowly, or only a status."""

    body: bytes = b""
    status: int = 200
    sent: int | None = None
    pause_s: float = 0.0
    failures: int = 0
    """How many requests are answered 503 first."""


@dataclass
class Site:
    address: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return self.address + path


@pytest.fixture
def site():
    """A web server on the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            here.asked.append(self.path)
            page = here.pages.get(self.path, Page(status=404))
            if page.failures:
                page.failures -= 1
                page = Page(status=503)
            self.send_response(page.status)
            self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            body = page.body[: page.sent]
            try:
                for start in range(0, len(body), 20_000):
                    self.wfile.write(body[start : start + 20_000])
                    time.sleep(page.pause_s)
            except OSError:
                pass  # the client was killed

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield here
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty cache of models, no proxies, no waiting."""
    monkeypatch.setenv("POSESPOTTER_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(fetch, "WAITS", fetch.FetchWaits(pause_s=0.0))
    settings.cache_clear()
    yield tmp_path / "models"
    settings.cache_clear()


@pytest.fixture
def entry(site):
    """A small model with two addresses, of which the first holds it."""
    site.pages["/first.zip"] = Page(ARCHIVE)
    return replace(
        find_model("rtmpose-t"),
        sha256=SHA256,
        size_bytes=len(MODEL),
        urls=(site.url("/first.zip"), site.url("/second.zip")),
    )


def leftovers(folder):
    return [path.name for path in folder.iterdir() if "part" in path.name or "fetch" in path.name]


def test_fetched_once_and_used_from_the_cache(site, entry, folder):
    seen = []
    path = model_path(entry, progress=lambda *now: seen.append(now))
    assert path.read_bytes() == MODEL
    assert path.parent == folder
    assert seen[-1] == (f"fetch {entry.name}", len(ARCHIVE), len(ARCHIVE))
    assert [done for _, done, _ in seen] == sorted(done for _, done, _ in seen)
    assert model_path(entry) == path
    assert site.asked == ["/first.zip"]
    assert state_of(entry) == verify(entry) == "cached"
    assert leftovers(folder) == []


def test_without_download_nothing_is_asked(site, entry):
    with pytest.raises(ModelError, match="rtmpose-t is not on this machine"):
        model_path(entry, download=False)
    assert site.asked == []


def test_the_folder_may_be_in_the_home(entry, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("POSESPOTTER_MODELS", "~/models")
    settings.cache_clear()
    assert path_of(entry).parent == tmp_path / "models"


def test_embedded_models_need_nothing():
    assert model_path(find_model("movenet-multipose"), download=False).is_file()


@pytest.mark.parametrize(
    ("first", "asked"),
    [
        (Page(status=500), ["/first.zip", "/second.zip"]),
        (Page(status=404), ["/first.zip", "/second.zip"]),
        (Page(ARCHIVE, sent=len(ARCHIVE) // 2), ["/first.zip", "/second.zip"]),  # the transfer broke off
        (Page(archive_of(("end2end.onnx", b"another model"))), ["/first.zip", "/second.zip"]),
        (Page(archive_of(("readme.md", b"no model"))), ["/first.zip", "/second.zip"]),
        (Page(b"<html>please log in</html>"), ["/first.zip", "/second.zip"]),
    ],
)
def test_the_mirror_helps_out(site, entry, folder, first, asked):
    site.pages |= {"/first.zip": first, "/second.zip": Page(ARCHIVE)}
    assert model_path(entry).read_bytes() == MODEL
    assert site.asked == asked
    assert leftovers(folder) == []


@pytest.mark.parametrize(
    ("task", "option"),
    [
        ("detector", "--detector movenet-multipose"),
        ("pose", "--pose movenet-thunder"),
        ("one-stage", "--pose movenet-thunder"),
    ],
)
def test_a_model_that_comes_with_the_package_is_offered_instead(site, entry, task, option):
    site.pages["/first.zip"] = Page(status=404)
    other = replace(entry, urls=entry.urls[:1], task=task, keypoints=None if task == "detector" else 17)
    with pytest.raises(ModelError, match=rf"Use the built-in model \({option}\)"):
        model_path(other)
    assert find_model(option.split()[1]).embedded


def test_a_server_that_fails_once_is_asked_again(site, entry):
    site.pages["/first.zip"].failures = 1
    assert model_path(entry).read_bytes() == MODEL
    assert site.asked == ["/first.zip", "/second.zip", "/first.zip"]


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page(status=404), "127.0.0.1 answered 404"),
        (Page(status=500), "127.0.0.1 answered 500"),
        (Page(ARCHIVE, sent=len(ARCHIVE) // 2), "the transfer from 127.0.0.1 broke off"),
        (Page(archive_of(("end2end.onnx", b"another model"))), "127.0.0.1 sent another file: expected SHA-256 "),
        (Page(archive_of(("readme.md", b"no model"))), "127.0.0.1 sent a damaged archive"),
        (Page(archive_of(("a/end2end.onnx", MODEL), ("b/end2end.onnx", MODEL))), "127.0.0.1 sent a damaged archive"),
        (Page(archive_of(("end2end.onnx", MODEL + b"more"))), "127.0.0.1 sent another file"),
        (Page(ARCHIVE[:-30]), "127.0.0.1 sent a damaged archive"),
        (Page(b""), "127.0.0.1 sent a damaged archive"),
    ],
)
def test_each_failure_is_one_clear_sentence_and_the_next_call_recovers(site, entry, folder, page, said):
    site.pages["/first.zip"] = page
    entry = replace(entry, urls=entry.urls[:1])
    with pytest.raises(ModelError) as failed:
        model_path(entry)
    message = str(failed.value)
    assert message.startswith(f"rtmpose-t is not on this machine and could not be fetched ({said}")
    assert "--pose movenet-thunder" in message
    assert "posespotter models bundle" in message
    assert "\n" not in message
    assert not path_of(entry).exists()
    assert leftovers(folder) == []

    site.pages["/first.zip"] = Page(ARCHIVE)
    assert model_path(entry).read_bytes() == MODEL


def test_no_network(entry):
    nobody = "http://127.0.0.1:9/some.zip"  # the discard port: nobody listens
    with pytest.raises(ModelError, match=r"could not be fetched \(no route to 127.0.0.1\). Use the built-in model"):
        model_path(replace(entry, urls=(nobody,)))
    with pytest.raises(
        ModelError, match=r"no route to no-such-host.invalid\). Use the built-in model \(--detector movenet"
    ):
        model_path(replace(find_model("rtmdet-m"), urls=("http://no-such-host.invalid/some.zip",)))


def test_a_silent_server_is_given_up(site, entry, monkeypatch):
    site.pages["/first.zip"].pause_s = 1.0
    monkeypatch.setattr(fetch, "WAITS", fetch.FetchWaits(connect_s=0.2, silent_s=0.2, pause_s=0.0))
    with pytest.raises(ModelError, match="broke off"):
        model_path(replace(entry, urls=entry.urls[:1]))


def test_a_download_without_end_is_stopped(site, entry, monkeypatch, folder):
    monkeypatch.setattr(fetch, "MAX_MODEL_BYTES", 100_000)
    with pytest.raises(ModelError, match="larger than any model"):
        model_path(entry)
    assert leftovers(folder) == []


def test_a_small_archive_that_unpacks_to_much_is_stopped(site, entry, folder, monkeypatch):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("end2end.onnx", bytes(50_000_000))
    site.pages["/first.zip"] = Page(buffer.getvalue())
    written = []

    def weighed(content, target, *, limit_bytes):
        digest = copy(content, target, limit_bytes=limit_bytes)
        written.append(target.stat().st_size)
        return digest

    copy = cache.copy_hashed
    monkeypatch.setattr(cache, "copy_hashed", weighed)
    with pytest.raises(ModelError, match="sent another file"):
        model_path(entry)
    assert written == [len(MODEL) + 1]
    assert leftovers(folder) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("step", ["download", "unpack"])
def test_full_disk(entry, folder, monkeypatch, code, step):
    def full(*_args, **_kwargs):
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        if step == "download":
            patch.setattr(fetch.tempfile, "TemporaryFile", full)
        else:
            patch.setattr(cache, "copy_hashed", full)
        with pytest.raises(ModelError) as failed:
            model_path(entry)
    assert str(failed.value) == (
        f"rtmpose-t could not be kept in {folder} ({os.strerror(code)}). "
        "Free some space there, or set POSESPOTTER_MODELS to a folder that can be read and written."
    )
    assert leftovers(folder) == []
    assert model_path(entry).read_bytes() == MODEL


def test_a_disk_that_fills_up_during_the_download(entry, folder):
    """For real: the kernel refuses to write more than 100 kB to a file of the child."""
    script = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
    )
    child = run(entry, before=script)
    assert child.wait(30) == 3
    assert "could not be kept in" in child.stdout.read()
    assert leftovers(folder) == []
    assert model_path(entry).read_bytes() == MODEL


def test_a_file_system_without_locks(entry, folder, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(pytest.importorskip("fcntl"), "flock", refuse)
    assert model_path(entry).read_bytes() == MODEL
    assert leftovers(folder) == []


def test_a_cache_that_is_a_file(entry, folder):
    folder.write_text("in the way")
    with pytest.raises(ModelError, match=r"could not be kept in .* set POSESPOTTER_MODELS"):
        model_path(entry)


def test_a_cache_that_cannot_be_written(entry, folder, monkeypatch):
    path = model_path(entry)
    cache._stamp_path(path).unlink()
    refused = PermissionError(errno.EACCES, "Permission denied")

    def no_temporary(*_):
        raise refused

    monkeypatch.setattr(cache, "whole", no_temporary)
    assert model_path(entry) == path  # what is there can be used, hashed each time
    path.unlink()
    with pytest.raises(ModelError, match=r"could not be kept in .* \(Permission denied\)"):
        model_path(entry)


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty"])
def test_a_damaged_file_in_the_cache_is_fetched_again(site, entry, damage):
    path = model_path(entry)
    path.write_bytes({"flipped": b"\xff" + MODEL[1:], "cut": MODEL[:1000], "empty": b""}[damage])
    with pytest.raises(ModelError, match="rtmpose-t is damaged"):
        model_path(entry, download=False)
    assert model_path(entry).read_bytes() == MODEL


def test_damage_that_keeps_size_and_time_is_found_by_verify(entry):
    path = model_path(entry)
    before = path.stat()
    path.write_bytes(b"\xff" + MODEL[1:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert is_intact(entry)  # the cheap check cannot see it
    assert verify(entry) == "damaged"
    assert not is_intact(entry)
    assert model_path(entry).read_bytes() == MODEL


def test_a_cached_model_is_not_hashed_at_every_use(entry, monkeypatch):
    path = model_path(entry)
    monkeypatch.setattr(cache, "sha256_of", lambda _: pytest.fail("hashed"))
    assert model_path(entry) == path


def test_a_new_version_of_a_model_does_not_collide_with_the_old(entry):
    assert path_of(entry) != path_of(replace(entry, sha256="1" * 64))


SCRIPT = """
import sys
from dataclasses import replace
from posespotter.errors import ModelError
from posespotter.models.fetch import model_path
from posespotter.models.zoo import find_model
entry = replace(find_model("rtmpose-t"), sha256=sys.argv[1], size_bytes=int(sys.argv[2]), urls=tuple(sys.argv[3:]))
told = lambda stage, done, total: print(done, flush=True)
try:
    model_path(entry, progress=told)
except ModelError as error:
    print(error)
    sys.exit(3)
"""


def run(entry, before=""):
    """Fetch in another process, which tells on stdout how far it is."""
    command = [sys.executable, "-c", before + SCRIPT, entry.sha256, str(entry.size_bytes), *entry.urls]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_a_killed_download_leaves_nothing_that_is_in_the_way(site, entry, folder):
    site.pages["/first.zip"].pause_s = 0.05
    child = run(entry)
    assert int(child.stdout.readline()) > 0
    child.send_signal(signal.SIGKILL)
    assert child.wait(10) == -signal.SIGKILL
    assert not path_of(entry).exists()
    half = folder / f".{path_of(entry).stem}.0123abcd.part.onnx"  # what a kill during the unpacking leaves
    half.write_bytes(MODEL[:1000])

    site.pages["/first.zip"].pause_s = 0.0
    assert model_path(entry).read_bytes() == MODEL
    assert leftovers(folder) == []


def test_two_processes_fetch_once(site, entry, folder):
    site.pages["/first.zip"].pause_s = 0.02
    children = [run(entry) for _ in range(2)]
    assert [child.wait(30) for child in children] == [0, 0]
    assert path_of(entry).read_bytes() == MODEL
    assert site.asked == ["/first.zip"]
    assert leftovers(folder) == []


def test_two_threads_fetch_once(site, entry):
    site.pages["/first.zip"].pause_s = 0.01
    threads = [threading.Thread(target=model_path, args=(entry,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path_of(entry).read_bytes() == MODEL
    assert site.asked == ["/first.zip"]


def test_ctrl_c_leaves_nothing(entry, folder):
    def interrupted(_stage, _done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        model_path(entry, progress=interrupted)
    assert leftovers(folder) == []
    assert not path_of(entry).exists()
    assert model_path(entry).read_bytes() == MODEL
