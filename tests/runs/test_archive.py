"""Runs as one zip file."""

import os
from zipfile import ZipFile

import pytest

from posespotter.runs.archive import write_archive
from posespotter.runs.run import Run, RunState, created_at, new_id


@pytest.mark.parametrize(
    ("time_s", "date"),
    [
        (0, (1980, 1, 1)),  # of a camera whose clock was never set; zip knows nothing earlier
        (1_000_000_000, (2001, 9, 9)),
    ],
)
def test_dates(tmp_path, time_s, date):
    run_id = new_id()
    run = Run(id=run_id, kind="estimate", name="walk.mp4", state=RunState.DONE, created_at=created_at(run_id))
    file = tmp_path / "poses.csv"
    file.write_text("x")
    os.utime(file, (time_s, time_s))
    write_archive([(run, [("poses.csv", file)])], tmp_path / "out.zip")
    with ZipFile(tmp_path / "out.zip") as archive:
        (item,) = archive.infolist()
        assert item.date_time[:3] == date
        assert archive.read(item) == b"x"
