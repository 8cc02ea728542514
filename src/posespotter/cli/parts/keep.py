"""`--keep`: whether the results of a command go into a folder, the library, or both."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from posespotter.cli.parts.say import warn

if TYPE_CHECKING:
    from posespotter.runs import Library, Run, RunKind

R = TypeVar("R")


def open_library(root: Path | None = None, url: str | None = None) -> "Library":
    """The library of the settings, or another one.

    Raises:
        SettingsError: what it needs is not installed, or its settings do not fit.
    """
    from posespotter.errors import SettingsError

    try:
        from posespotter.runs import Library
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"The library of runs needs {error.name}. Install it with: pip install 'posespotter[app]'"
        ) from None
    return Library(root, url)


@dataclass(frozen=True)
class Keeping:
    """The choice between -o and --keep, made once for all inputs of a command.

    Attributes:
        out: the folder of folders that the task fills.
        library: where results are kept, or None.
        moves: whether the library gets the results themselves, or copies of those in `out`.
        kind: of the runs.
        usual: where results go without `--keep`.
    """

    out: Path
    library: "Library | None"
    moves: bool
    kind: "RunKind"
    usual: Path

    def keep(self, spec: str, result: R, *, video: str | None = None) -> tuple[R, dict[str, Any]]:
        """Put a result into the library, if that was asked for.

        Args:
            spec: the input.
            result: of the task, a frozen dataclass with `folder`.
            video: what poses were found in, where `spec` names poses.

        Returns:
            the result with the folder that it has now, and further entries for `--json`.

        Raises:
            OutputError: the library cannot be written; the message tells where the result is instead.
        """
        if self.library is None:
            return result, {}
        given: Any = result
        run = self._adopted(self.library, given.folder, spec, _file(video or spec))
        if self.moves:
            given = replace(given, folder=self.library.folder(run.id))
        swept = self.library.sweep()
        for reason, runs in (("keep_days", swept.too_old), ("library_quota_gb", swept.over_quota)):
            for gone in runs:
                warn(f"deleted run {gone.id} of {gone.name}, as {reason} asks for.")
        return given, {"run": run.id}

    def _adopted(self, library: "Library", folder: Path, spec: str, source: Path | None) -> "Run":
        """The run that `folder` is now; without the video where only that finds no room."""
        from posespotter.errors import OutputError

        adopt = partial(library.adopt, folder, self.kind, parent=_run_of(library, spec), move=self.moves)
        try:
            return adopt(source=source)
        except OutputError as error:
            try:
                run = adopt()
            except OutputError:
                if not self.moves:
                    raise error from None
                raise OutputError(f"{error} The result is in {_rescued(folder, self.usual)} instead.") from error
            warn(f"{source} is not kept with run {run.id}: {error}")
            return run


@contextmanager
def keeping(kind: "RunKind", out: Path | None, default: str, *, keep: bool) -> Iterator[Keeping]:
    """Choose where `-o` and `--keep` put results: with `--keep` alone, they go to the library only.

    Args:
        kind: of the runs.
        out: `-o`, None where it was not given.
        default: what `-o` is then.
        keep: `--keep`.

    Raises:
        SettingsError: the library cannot be used.
    """
    usual = Path(default)
    if not keep:
        yield Keeping(out or usual, None, moves=False, kind=kind, usual=usual)
        return
    with open_library() as library:
        library.check()  # a database that cannot be used is reported before the work, not after it
        if out is not None:
            yield Keeping(out, library, moves=False, kind=kind, usual=usual)
            return
        with library.scratch() as scratch:
            yield Keeping(scratch, library, moves=True, kind=kind, usual=usual)


def _rescued(folder: Path, usual: Path) -> Path:
    """Move a result that the library did not take to where it would be without `--keep`.

    Raises:
        OutputError: that cannot be written either.
    """
    from posespotter.errors import OutputError
    from posespotter.tasks.run_folder.folders import run_folder

    try:
        with run_folder(usual, folder.name, overwrite=False) as (temporary, target):
            for part in folder.iterdir():
                shutil.move(part, temporary)
    except OutputError as error:
        raise OutputError(f"{error} The result is lost.") from error
    return target


def _file(spec: str) -> Path | None:
    """The input, where it is one video or picture that can be kept."""
    from posespotter.tasks.inputs import is_poses_file

    path = Path(spec)
    try:
        return path if path.is_file() and not is_poses_file(spec) else None
    except OSError:
        return None


def _run_of(library: "Library", spec: str) -> str | None:
    """The run whose poses the input is."""
    from posespotter.errors import InputError

    folder = Path(spec).absolute().parent
    try:
        return library.run(folder.name).id if folder == library.folder(folder.name) else None
    except InputError:
        return None
