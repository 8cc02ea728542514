"""The cache of models on this machine: files are checked first, then placed whole, by one process at a time."""

import contextlib
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from posespotter.errors import ModelError, OutputError
from posespotter.files import sha256_of, try_lock, whole
from posespotter.models.zoo import ModelEntry
from posespotter.settings import expanded, settings

State = Literal["embedded", "cached", "damaged", "not fetched"]

# No model of the zoo comes near it; a download or a bundle that claims more is not one of ours.
MAX_MODEL_BYTES = 1 << 30

_WEIGHTS = Path(__file__).with_name("weights")


class WrongChecksumError(ModelError):
    """A file that is not the one the zoo names."""


def path_of(entry: ModelEntry) -> Path:
    """Path of the model's .onnx, also before it is there; a part of the digest in the name keeps versions apart."""
    if entry.file is not None:
        return _WEIGHTS / entry.file
    return expanded(settings().models) / f"{entry.name}-{entry.sha256[:8]}.onnx"


def state_of(entry: ModelEntry) -> State:
    """Whether the model is on this machine, without reading it: never "damaged"."""
    if entry.embedded:
        return "embedded"
    return "cached" if path_of(entry).is_file() else "not fetched"


def verify(entry: ModelEntry) -> State:
    """Read the whole file and compare its SHA-256; a damaged one is fetched again at its next use.

    Raises:
        ModelError: the file cannot be read.
    """
    path = path_of(entry)
    if not path.is_file():
        return "damaged" if entry.embedded else "not fetched"
    with disk_errors_explained(entry.name):
        intact = sha256_of(path) == entry.sha256
        if not intact and not entry.embedded:
            _stamp_path(path).unlink(missing_ok=True)
    return state_of(entry) if intact else "damaged"


def is_intact(entry: ModelEntry) -> bool:
    """Whether a fetched model is in the cache and its SHA-256 right.

    A right one is remembered with its size and time of change in a small file beside it, so that later calls cost two
    `stat` instead of 0.05 to 0.4 s of hashing. Any change of the file, or a cache that cannot be written, brings the
    hashing back.
    """
    path = path_of(entry)
    if not path.is_file():
        return False
    with disk_errors_explained(entry.name):
        if _stamped(entry, path):
            return True
        intact = sha256_of(path) == entry.sha256
    if intact:
        _stamp(entry, path)
    return intact


@contextmanager
def placed(entry: ModelEntry, content: IO[bytes]) -> Iterator[None]:
    """Copy `content` into the cache; it takes its place when the block ends well.

    Raises:
        WrongChecksumError: before the block is entered; nothing is kept.
        OutputError: the cache cannot be written.
    """
    path = path_of(entry)
    with whole(path) as temporary:
        digest = copy_hashed(content, temporary, limit_bytes=entry.size_bytes or MAX_MODEL_BYTES)
        if digest != entry.sha256:
            raise WrongChecksumError(f"expected SHA-256 {entry.sha256[:12]}…, got {digest[:12]}…")
        yield
    _stamp(entry, path)


@contextmanager
def one_process(entry: ModelEntry) -> Iterator[None]:
    """Wait until no other process (or thread) changes this model's file, then clean up after those that were killed.

    The operating system frees the lock of a process that dies. Its holder may delete every temporary file of the
    model, because a living owner would hold it instead.
    """
    path = path_of(entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.stem}.lock").open("ab") as lock:
        while try_lock(lock.fileno()) is False:
            time.sleep(0.1)
        for leftover in path.parent.glob(f".{path.stem}.*.part.*"):
            leftover.unlink(missing_ok=True)
        yield


@contextmanager
def disk_errors_explained(name: str) -> Iterator[None]:
    """Turn what the disk refuses into one sentence and what to do about it.

    Raises:
        ModelError: in place of an OSError or OutputError.
    """
    try:
        yield
    except (OSError, OutputError) as error:
        cause = error.__cause__ if isinstance(error, OutputError) else error
        reason = getattr(cause, "strerror", None) or error
        raise ModelError(
            f"{name} could not be kept in {settings().models} ({reason}). "
            "Free some space there, or set POSESPOTTER_MODELS to a folder that can be read and written."
        ) from error


def copy_hashed(content: IO[bytes], target: Path, *, limit_bytes: int) -> str:
    """Write `content` to `target`; its SHA-256. Content longer than the limit is cut, so its digest will be wrong."""
    digest = hashlib.sha256()
    left = limit_bytes + 1
    with target.open("wb") as file:
        while chunk := content.read(min(1 << 20, left)):
            file.write(chunk)
            digest.update(chunk)
            left -= len(chunk)
    return digest.hexdigest()


def _stamp_path(path: Path) -> Path:
    return path.with_suffix(".checked")


def _stamp_text(entry: ModelEntry, path: Path) -> str:
    stat = path.stat()
    return f"{entry.sha256} {stat.st_size} {stat.st_mtime_ns}\n"


def _stamped(entry: ModelEntry, path: Path) -> bool:
    try:
        return _stamp_path(path).read_text("ascii") == _stamp_text(entry, path)
    except (OSError, UnicodeDecodeError):
        return False


def _stamp(entry: ModelEntry, path: Path) -> None:
    """Remember that the file is right; a cache that cannot be written is hashed at every use instead."""
    with contextlib.suppress(OSError, OutputError), whole(_stamp_path(path)) as temporary:
        temporary.write_text(_stamp_text(entry, path), "ascii")
