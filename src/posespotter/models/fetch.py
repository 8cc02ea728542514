"""Bring a model of the zoo onto this machine: once, with its checksum proven before it is used."""

import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.parse import urlsplit

from posespotter.errors import ModelError
from posespotter.models.cache import (
    MAX_MODEL_BYTES,
    WrongChecksumError,
    disk_errors_explained,
    is_intact,
    one_process,
    path_of,
    placed,
)
from posespotter.models.zoo import ModelEntry
from posespotter.progress import Progress


@dataclass(frozen=True)
class FetchWaits:
    """Waiting times of a download.

    Attributes:
        connect_s: for a connection; a dead route shows within seconds.
        silent_s: for the next bytes; a server that sends nothing for half a minute has stopped.
        pause_s: before all addresses are tried once more.
    """

    connect_s: float = 6.0
    silent_s: float = 30.0
    pause_s: float = 1.0


WAITS = FetchWaits()


class _SourceError(Exception):
    """One address did not give the model; `final` where asking it again is no use."""

    def __init__(self, reason: str, *, final: bool) -> None:
        super().__init__(reason)
        self.final = final


class NotFetchedError(ModelError):
    """No address gave a model.

    Attributes:
        reason: why, in a sentence that holds wherever it is read; what to do differs between command line and app.
    """

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__(f"{reason} {advice}")
        self.reason = reason


def model_path(entry: ModelEntry, *, progress: Progress | None = None, download: bool = True) -> Path:
    """The .onnx file of a model on this machine, fetched first where it is missing or damaged.

    An embedded model is taken as installed (`posespotter models verify` reads it through). A cached one was hashed when
    it came and is hashed again whenever its size or time of change is another.

    Args:
        entry: the model, from `find_model`.
        progress: called with "fetch <name>" in bytes while the archive is downloaded.
        download: False never touches the network.

    Raises:
        ModelError: the model is not here and could not be fetched or kept; the message says why, and what to do.
    """
    path = path_of(entry)
    if entry.embedded:
        if not path.is_file():
            raise ModelError(f"{entry.name} belongs to PoseSpotter, but {path} is missing. Install PoseSpotter again.")
        return path
    if is_intact(entry):
        return path
    if not download:
        raise ModelError(f"{_what_is_wrong(entry)}. Fetch it with `posespotter models fetch {entry.name}`.")
    with disk_errors_explained(entry.name), one_process(entry):
        if not is_intact(entry):  # another process may have fetched it while this one waited
            _fetch(entry, progress)
    return path


def _what_is_wrong(entry: ModelEntry) -> str:
    path = path_of(entry)
    return f"{entry.name} is damaged ({path})" if path.exists() else f"{entry.name} is not on this machine"


def _fetch(entry: ModelEntry, progress: Progress | None) -> None:
    """Ask each address in turn, and those that may recover a second time."""
    addresses = list(entry.urls)
    reasons: dict[str, str] = {}
    for round_number in range(2):
        if round_number and addresses:
            time.sleep(WAITS.pause_s)
        for url in tuple(addresses):
            try:
                _fetch_from(url, entry, progress)
            except _SourceError as error:
                reasons[url] = str(error)
                if error.final:
                    addresses.remove(url)
            else:
                return
    built_in = "--detector movenet-multipose" if entry.task == "detector" else "--pose movenet-thunder"
    raise NotFetchedError(
        f"{_what_is_wrong(entry)} and could not be fetched ({'; '.join(reasons.values())}).",
        f"Use the built-in model ({built_in}), or carry the models over: "
        "`posespotter models bundle` on a connected machine, `posespotter models import` here.",
    )


def _fetch_from(url: str, entry: ModelEntry, progress: Progress | None) -> None:
    host = urlsplit(url).hostname or url
    folder = path_of(entry).parent
    # Without a name on most systems: a download that is killed leaves nothing behind.
    with tempfile.TemporaryFile(dir=folder, prefix=".fetch.") as archive:
        _download(url, host, archive, _Meter(entry.name, progress))
        try:
            with _only_member(archive, entry.archive_member or "") as content, placed(entry, content):
                pass
        except WrongChecksumError as error:
            raise _SourceError(f"{host} sent another file: {error}", final=True) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise _SourceError(f"{host} sent a damaged archive", final=True) from error


@contextmanager
def _only_member(archive: IO[bytes], name: str) -> Iterator[IO[bytes]]:
    """Open the one file called `name`, in whatever folder of the archive; nothing is unpacked to a path it names."""
    with zipfile.ZipFile(archive) as opened:
        found = [item for item in opened.infolist() if PurePosixPath(item.filename).name == name]
        if len(found) != 1:
            raise zipfile.BadZipFile(f"{len(found)} files called {name}")
        with opened.open(found[0]) as content:
            yield content


class _Meter:
    """A progress bar for pooch that calls a `Progress`; it also stops a download without end."""

    def __init__(self, name: str, progress: Progress | None) -> None:
        self.total = 0
        self._done = 0
        self._stage = f"fetch {name}"
        self._progress = progress

    def update(self, n_bytes: int) -> None:
        self._done += n_bytes
        if max(self._done, self.total) > MAX_MODEL_BYTES:
            raise _SourceError("the file is larger than any model", final=True)
        if self._progress is not None:
            # pooch counts the last chunk as a full one.
            self._progress(self._stage, min(self._done, self.total or self._done), self.total or None)

    def reset(self) -> None:
        self._done = 0

    def close(self) -> None:
        """Nothing is held."""


def _download(url: str, host: str, target: IO[bytes], meter: _Meter) -> None:
    import pooch
    import requests

    fetch = pooch.HTTPDownloader(progressbar=meter, chunk_size=1 << 16, timeout=(WAITS.connect_s, WAITS.silent_s))
    try:
        fetch(url, target, None)
    except (requests.RequestException, ValueError) as error:  # ValueError: a length that is not a number
        raise _explained(error, host) from error


def _explained(error: Exception, host: str) -> _SourceError:
    """Name what a person can act on: the answer, the route, or the broken transfer."""
    import requests
    from urllib3.exceptions import MaxRetryError

    if isinstance(error, requests.HTTPError) and error.response is not None:
        status = error.response.status_code
        return _SourceError(f"{host} answered {status}", final=400 <= status < 500 and status not in (408, 429))
    if isinstance(error, requests.exceptions.SSLError):
        return _SourceError(f"{host} could not prove who it is", final=True)
    if isinstance(error, requests.ReadTimeout):
        return _SourceError(f"{host} did not answer", final=False)
    # Only a connection that was never made is wrapped in MaxRetryError; one that broke off is not.
    if error.args and isinstance(error.args[0], MaxRetryError):
        return _SourceError(f"no route to {host}", final=False)
    return _SourceError(f"the transfer from {host} broke off", final=False)
