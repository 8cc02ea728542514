"""A person's sessions as an Excel workbook: a sheet an exercise, a row a session, numbers as numbers."""

import io
import re
from collections.abc import Mapping, Sequence

from posespotter.exercises.sessions.history import PastSession
from posespotter.exercises.words.phrases import counted, listed, metric_words, shown, spoken, unit_words

_WIDTHS = {"Day": 12, "Clip": 28, "Seen from": 11, "Repetitions": 12, "Found": 36, "Dismissed": 11}
"""The first columns, and how many letters wide they are."""
_LONGEST_NAME = 31  # of a sheet, in Excel
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


def progress_workbook(sessions: Mapping[str, Sequence[PastSession]]) -> bytes:
    """An .xlsx file of the sessions of one person.

    Args:
        sessions: by the name of the exercise, in the order of the rows.
    """
    import xlsxwriter

    file = io.BytesIO()
    # Names come from people: they are text, whatever they begin with.
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, plain) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        number = book.add_format({"num_format": "0.0"})
        for exercise, rows in sessions.items():
            sheet = book.add_worksheet(_FORBIDDEN.sub(" ", spoken(exercise.replace("-", " ")))[:_LONGEST_NAME])
            metrics = list(dict.fromkeys(name for one in rows for name in one.metrics))
            titles = [*_WIDTHS, *(title for name in metrics for title in (_title(name), "±"))]
            sheet.write_row(0, 0, titles, head)
            for place, one in enumerate(rows, 1):
                sheet.write_datetime(place, 0, one.day, day)
                found = listed([f"{spoken(fault)} in {counted(n, 'repetition')}" for fault, n in one.faults.items()])
                sheet.write_row(place, 1, [one.name, one.view, one.repetitions, found, one.dismissed])
                for column, name in enumerate(metrics):
                    sample, unit = one.metrics.get(name), metric_words(name)[1]
                    values = () if sample is None else (sample.mean, sample.spread)
                    for beside, value in enumerate(values):
                        if value is not None:
                            sheet.write_number(
                                place, len(_WIDTHS) + 2 * column + beside, round(shown(value, unit), 4), number
                            )
            for column, title in enumerate(titles):
                sheet.set_column(column, column, _WIDTHS.get(title, 16))
            sheet.freeze_panes(1, 2)
            sheet.autofilter(0, 0, len(rows), len(titles) - 1)
            note = "± is the standard deviation between repetitions. Numbers of different views are not comparable."
            sheet.write(len(rows) + 2, 0, note)
    return file.getvalue()


def _title(metric: str) -> str:
    title, unit = metric_words(metric)
    return f"{title[:1].upper()}{title[1:]}, {unit_words(unit).strip()}".rstrip(", ")
