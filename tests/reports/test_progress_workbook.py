"""The workbook of a person's progress, read by another library."""

import io
from datetime import date, datetime

import openpyxl

from posespotter.exercises.comparison import Sample
from posespotter.exercises.sessions.history import PastSession
from posespotter.reports.progress_workbook import progress_workbook


def session(day, name, knee, *, dismissed=0, **faults):
    metrics = {"duration_s": Sample(3.2, 0.4, 5), "knee_angle_min_deg": knee, "hip_drop_bl": Sample(0.213, None, 1)}
    return PastSession(date(2026, 5, day), name, "left", 5, faults, dismissed, metrics)


def test_numbers_are_numbers_and_names_are_text():
    rows = [
        session(3, "=HYPERLINK(1)", Sample(84.25, 2.5, 5), too_shallow=2, heels_lift=1, dismissed=1),
        session(20, "IMG_2.mp4", Sample(None, None, 0)),
    ]
    read = openpyxl.load_workbook(io.BytesIO(progress_workbook({"squat": rows, "lateral-raise": rows[1:]})))
    assert read.sheetnames == ["squat", "lateral raise"]
    sheet = read["squat"]
    head, first, second = list(sheet.iter_rows(max_row=3, values_only=True))
    assert head == (
        "Day", "Clip", "Seen from", "Repetitions", "Found", "Dismissed",
        "Duration, s", "±", "Knee angle, least, °", "±", "Hip drop, % of body height", "±",
    )  # fmt: skip
    assert first == (
        datetime(2026, 5, 3), "=HYPERLINK(1)", "left", 5,
        "too shallow in 2 repetitions and heels lift in 1 repetition", 1, 3.2, 0.4, 84.25, 2.5, 21.3, None,
    )  # fmt: skip
    assert sheet["B2"].data_type == "s"
    assert second[8:10] == (None, None)
    assert sheet.freeze_panes == "C2"


def test_odd_names_of_exercises_are_names_of_sheets():
    read = openpyxl.load_workbook(io.BytesIO(progress_workbook({"a" * 40: [session(1, "a", Sample(1, 1, 1))]})))
    assert read.sheetnames == ["a" * 31]
