"""Export of runs as one zip file."""

from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from posespotter.errors import InputError
from posespotter.files import whole
from posespotter.runs.run import Run
from posespotter.tasks.run_folder.folders import stem_of

_PACKED = frozenset({".mp4", ".webm", ".mkv", ".mov", ".avi", ".jpg", ".jpeg", ".png", ".webp", ".parquet"})


def write_archive(runs: Sequence[tuple[Run, Sequence[tuple[str, Path]]]], target: Path) -> None:
    """Write the named files of runs into a zip file; a run's folder in it bears its source's name and its id.

    Raises:
        InputError: there are no files.
        OutputError: the file cannot be written.
    """
    if not any(files for _, files in runs):
        raise InputError("expected at least one run with files, got none.")
    with whole(target) as temporary, ZipFile(temporary, "w", strict_timestamps=False) as archive:
        for run, files in runs:
            folder = f"{stem_of(run.name)}-{run.id}"
            for name, path in files:
                packed = path.suffix.lower() in _PACKED
                archive.write(path, f"{folder}/{name}", compress_type=ZIP_STORED if packed else ZIP_DEFLATED)
