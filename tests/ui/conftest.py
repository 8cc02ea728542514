"""A library with runs, for routes and pages."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests import figures

from posespotter.runs import Library


@dataclass(frozen=True)
class Shelf:
    """A library with two runs that are done.

    Attributes:
        library: holds them.
        poses: a run with joints, a report and something that plays for a video.
        recording: a run without joints.
    """

    library: Library
    poses: str
    recording: str


def folder_of_run(folder: Path, kind: str) -> Path:
    """What a task leaves behind."""
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(
        json.dumps(
            {"kind": kind, "source": {"name": "squat", "frames": 90, "fps": 30.0}, "people": [{}], "error": None}
        )
    )
    (folder / "overlay.mp4").write_bytes(bytes(range(256)) * 40)
    return folder


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A fresh one for each test."""
    with Library(tmp_path / "library") as library:
        made = folder_of_run(tmp_path / "made", "estimate")
        figures.film(figures.squat(repetitions=1), fps=10).to_parquet(made / "poses.parquet")
        (made / "report.html").write_text("<script>1</script>")
        recorded = folder_of_run(tmp_path / "recorded", "recording")
        yield Shelf(
            library,
            library.adopt(made, "estimate", name='My "best" squat.mp4').id,
            library.adopt(recorded, "recording", name="Camera").id,
        )
