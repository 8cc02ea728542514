"""Inspection of uploaded files in a child process under limits: a hostile file can end that child and nothing else."""

import json
import os
import queue
import re
import stat
import subprocess
import sys
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Literal

from posespotter.errors import InputError
from posespotter.settings import settings

CHILD = "posespotter.media.inspection.guard_child"

# Of the environment, only what Python and the loader of libraries may need; no passwords of databases and cameras.
ENVIRONMENT = frozenset(
    {"PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "LANG", "LC_ALL"}
)
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # the stacks of more would count as memory

_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")


@dataclass(frozen=True)
class UploadLimits:
    """Limits for an uploaded file.

    Attributes:
        megabytes: of the file.
        seconds: of a video.
        frames: of a video.
        video_megapixels: of a video's frame.
        image_megapixels: of a picture.
        cpu_s: processor time for looking into one file.
        wait_s: time by which it has to be inspected, for a child that waits for nothing: a good one may take long on a
            busy machine, without more work. Windows has only this limit.
        memory_bytes: address space of the child beyond what it has when it starts: decoders hold up to 16 frames of the
            largest size.
    """

    megabytes: float
    seconds: float
    frames: int
    video_megapixels: float
    image_megapixels: float
    cpu_s: int = 10  # for one file
    wait_s: float = 60 if os.name == "nt" else 300
    memory_bytes: int = 3 << 30


@dataclass(frozen=True)
class Checked:
    """The content of an uploaded file, as found by reading it, not as its header claims.

    Attributes:
        kind: one picture, or a video.
        width: px of the upright picture.
        height: px of the upright picture.
        fps: nominal frames a second; 0 for a picture.
        frames: how many there are; damaged ones are counted too.
        seconds: from the first frame to the end of the last; 0 for a picture.
        codec: of the video, or the format of the picture.
    """

    kind: Literal["image", "video"]
    width: int
    height: int
    fps: float
    frames: int
    seconds: float
    codec: str


def upload_limits() -> UploadLimits:
    """The limits of the settings."""
    now = settings()
    return UploadLimits(
        megabytes=now.max_upload_mb,
        seconds=now.max_video_minutes * 60,
        frames=now.max_video_frames,
        video_megapixels=now.max_video_megapixels,
        image_megapixels=now.max_image_megapixels,
    )


def check_upload(path: Path, limits: UploadLimits | None = None, *, name: str = "") -> Checked:
    """Inspect an uploaded file, in a child process.

    Args:
        path: the file, under a name of ours.
        limits: those of the settings if None.
        name: what the sender called it, for messages.

    Raises:
        InputError: it is no picture or video that PoseSpotter reads, goes beyond a limit, or ended the child.
    """
    answer = check_uploads([path], limits)[0]
    if isinstance(answer, InputError):
        raise InputError(str(answer).replace(str(path), safe_name(name) if name else path.name))
    return answer


def check_uploads(paths: Sequence[Path], limits: UploadLimits | None = None) -> list[Checked | InputError]:
    """The same for several files: what each holds, or why it is refused.

    They share a child for as long as it lives; whichever file ends it is refused and the next one gets a new child.
    """
    limits = limits or upload_limits()
    answers: dict[int, Checked | InputError] = {}
    for number, path in enumerate(paths):
        refusal = _refusal_outside(path, limits)
        if refusal is not None:
            answers[number] = InputError(refusal)
    while waiting := [number for number in range(len(paths)) if number not in answers]:
        answers.update(zip(waiting, list(_ask([paths[i] for i in waiting], limits)), strict=False))
    return [answers[number] for number in range(len(paths))]


def safe_name(name: str) -> str:
    """A name given by a stranger as one that can be shown and can be the name of a file: no folders, no tricks.

    The suffix survives, in lower case; nothing else of the name is relied upon.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode()))[-1]
    plain = "".join(one if one.isprintable() and one not in "<>:\"|?*%$`'&;#{}" else "-" for one in last)
    plain = re.sub(r"\s+", " ", plain).strip(" .-")
    stem, suffix = os.path.splitext(plain)  # noqa: PTH122  a name, not a path
    if not re.fullmatch(r"\.[A-Za-z0-9]{1,8}", suffix):
        stem, suffix = plain, ""
    room = 100 - len(suffix)
    stem = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .-") or "upload"
    return f"{'upload-' if _RESERVED.match(stem) else ''}{stem}{suffix.lower()}"


def _refusal_outside(path: Path, limits: UploadLimits) -> str | None:
    """Reason to refuse a file before anybody reads it."""
    try:
        found = path.lstat()
    except (OSError, ValueError) as error:
        return f"{path} could not be read: {getattr(error, 'strerror', None) or error}."
    if not stat.S_ISREG(found.st_mode):  # a pipe or a device could be read for ever
        return f"{path}: expected a file, got a folder, a link or a device."
    if found.st_size > limits.megabytes * 1e6:
        return (
            f"{path}: expected at most {limits.megabytes:g} MB, got {found.st_size / 1e6:.0f} MB. "
            "Cut or compress it, or raise the limit on the Settings page (POSESPOTTER_MAX_UPLOAD_MB)."
        )
    return None


def _ask(paths: Sequence[Path], limits: UploadLimits) -> Iterator[Checked | InputError]:
    """Answers in the order of the files, at least one and none beyond the file that ended the child."""
    process = subprocess.Popen(  # noqa: S603  our own program; the names of files go over its stdin
        [sys.executable, "-P", "-m", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={name: value for name, value in os.environ.items() if name in ENVIRONMENT} | _ONE_THREAD,
    )
    assert process.stdin is not None  # noqa: S101  for the type checker
    assert process.stdout is not None  # noqa: S101
    lines: queue.Queue[bytes] = queue.Queue()
    reader = threading.Thread(target=_read_lines, args=(process.stdout, len(paths), lines), daemon=True)
    reader.start()
    try:
        _send(process.stdin, {"paths": [os.fsdecode(path.absolute()) for path in paths], "limits": asdict(limits)})
        for path in paths:
            try:
                line = lines.get(timeout=limits.wait_s)
            except queue.Empty:
                line = b""
                why = f"it could not be read within {limits.wait_s:g} s"
            else:
                why = "reading it failed"
            answer = _answer(line)
            if answer is None:
                yield InputError(
                    f"{path}: {why}; it is damaged, or made to do harm. Convert it, or choose another file."
                )
                return
            yield answer
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def _send(pipe: IO[bytes], request: dict[str, Any]) -> None:
    try:
        pipe.write(json.dumps(request).encode())
        pipe.close()
    except OSError:  # the child died early, and there will be no answer
        return


def _read_lines(pipe: IO[bytes], n: int, lines: "queue.Queue[bytes]") -> None:
    for _ in range(n):
        lines.put(pipe.readline(65_536))  # of an answer; more is garbage


def _answer(line: bytes) -> Checked | InputError | None:
    """The report of the child on one file; None for anything that is no answer."""
    try:
        content = json.loads(line)
        if content.keys() == {"refused"} and isinstance(content["refused"], str):
            return InputError(content["refused"])
        found = Checked(**content)
        whole = [found.width, found.height, found.frames]
        numbers = [found.fps, found.seconds]
        if found.kind not in {"image", "video"} or not isinstance(found.codec, str):
            return None
        if not all(type(one) is int and one > 0 for one in whole) or not all(type(one) is float for one in numbers):
            return None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return found
