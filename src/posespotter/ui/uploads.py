"""Uploaded files on their way to a job: written under a name of ours, looked into by a child, and only then queued."""

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import streamlit as st

from posespotter.errors import InputError, OutputError
from posespotter.media.inspection.guard import Checked, check_uploads, safe_name
from posespotter.runs import Library
from posespotter.runs.folders import plain_suffix
from posespotter.settings import settings

_FOLDER = "uploads"
_NAME = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{1,8}")


class Upload(Protocol):
    """An uploaded file, as Streamlit gives it."""

    name: str

    def getbuffer(self) -> memoryview:
        """Its bytes."""
        ...


@dataclass(frozen=True)
class Received:
    """An upload on disk.

    Attributes:
        name: what the user calls it, safe to show.
        path: where it is; a job moves it away.
        content: what it holds; None where it was refused.
        refusal: why, in a sentence; empty where it was not.
    """

    name: str
    path: Path
    content: Checked | None
    refusal: str = ""


def upload_limit_mb() -> int:
    """Largest size of an upload: the setting, or what it was when the server started, where that is less."""
    return min(settings().max_upload_mb, int(st.get_option("server.maxUploadSize")))


def receive(
    uploads: Sequence[Upload], library: Library, ready: Mapping[str, Received] = MappingProxyType({})
) -> list[Received]:
    """Write uploads into the library's disk and look into each; refused ones are removed again.

    Args:
        uploads: the files.
        library: on whose disk they wait.
        ready: those that were received before, by `file_id`; they are not written again.

    Raises:
        OutputError: the disk cannot be written.
    """
    remove_forgotten(library)
    known = [ready.get(getattr(upload, "file_id", "")) for upload in uploads]
    there = [one if one is not None and one.path.is_file() else None for one in known]
    new = iter(_written([upload for upload, one in zip(uploads, there, strict=True) if one is None], library))
    return [one or next(new) for one in there]


def _written(uploads: Sequence[Upload], library: Library) -> list[Received]:
    folder = library.root / _FOLDER
    names = [safe_name(upload.name) for upload in uploads]
    paths = [folder / f"{secrets.token_hex(16)}{plain_suffix(Path(name))}" for name in names]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for upload, path in zip(uploads, paths, strict=True):
            path.write_bytes(upload.getbuffer())
    except OSError as error:
        remove(paths)
        raise OutputError(f"The upload could not be kept in {folder}: {error.strerror or error}.") from error
    received = []
    for name, path, answer in zip(names, paths, check_uploads(paths), strict=True):
        if isinstance(answer, InputError):
            remove([path])
            received.append(Received(name, path, None, str(answer).replace(str(path), name)))
        else:
            received.append(Received(name, path, answer))
    return received


def remove_forgotten(library: Library) -> None:
    """Remove uploads that no job took, as after a crash or where a page was left meanwhile."""
    before = time.time() - 24 * 3600.0
    with suppress(OSError):
        for path in (library.root / _FOLDER).iterdir():
            if path.stat().st_mtime < before:
                remove([path])


def waiting_upload(library: Library, name: str) -> Path:
    """An upload that waits for its job, by the name that it was given here.

    Raises:
        InputError: there is none.
    """
    path = library.root / _FOLDER / name
    if _NAME.fullmatch(name) is None or path.is_symlink() or not path.is_file():
        raise InputError(f"expected an upload that waits, there is none of the name {name[:80]!r}.")
    return path


def remove(paths: Sequence[Path]) -> None:
    """Remove uploads that no job will take."""
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)
