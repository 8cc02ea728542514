"""Measurement errors: of each angle and measure, by view and by where the joints come from.

The table `errors.csv` is written by `benchmarks/angles.py`: motion capture seen by virtual cameras, with the noise of
the pose model, compared with the same measure of the true joints. docs/explanation/trust.md tells how to read it.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from posespotter.kinematics.view import View

Source = Literal["picture", "lifted", "blazepose"]
"""Where joints come from: the picture (2-D), metres lifted from the picture's joints, BlazePose's metres."""

TABLE = Path(__file__).with_name("errors.csv")

_SEEN_FROM: Mapping[str, str] = {
    "front": "front",
    "rear": "rear",
    "left": "side",
    "right": "side",
    "oblique": "oblique",
}


@dataclass(frozen=True)
class MeasureError:
    """The error of one measure, seen from one view, with joints from one source; all in the measure's unit.

    Attributes:
        bias: mean of measured minus true.
        plus_minus: two of three readings are nearer to the truth than this, bias included; where errors are normally
            distributed without bias it is their standard deviation.
        within_95: 19 of 20 readings are nearer to the truth than this.
        coverage: 0..1, share of the moments with a reading.
        usable: whether such a reading is worth being shown as a number.
        change: `plus_minus` of the change from the person's own rest, in which what is always the same drops out; NaN
            where nobody has measured it.
    """

    bias: float
    plus_minus: float
    within_95: float
    coverage: float
    usable: bool
    change: float = math.nan


_PUBLISHED: Mapping[str, MeasureError] = {"ankle_dorsiflexion": MeasureError(math.nan, 20.0, math.nan, math.nan, False)}
"""Not measured here, for no capture has the heels and toes that pose models see: ankles are 20° off and more (videos
beside motion capture, docs/explanation/trust.md)."""


def measure_error(measure: str, view: View, source: Source) -> MeasureError | None:
    """The error of a measure; None where nobody has measured it, or the view is not known.

    Args:
        measure: an angle of `JointAngles.names`, with or without its side (`left_knee_flexion`, `knee_flexion`), or a
            measure of the exercise files as `Measure.text` writes it (`angle(hip, knee, ankle)`, `alignment(knee)`).
        view: as `view_of_yaw` names it.
        source: where the joints come from.
    """
    name = without_side(measure)
    return _PUBLISHED.get(name) or _table().get((name, seen_from(measure, view), source))


def without_side(measure: str) -> str:
    """The name of an angle without `left_` or `right_`."""
    return measure.strip().removeprefix("left_").removeprefix("right_")


def seen_from(measure: str, view: View) -> str:
    """The view as the table has it: "front", "rear", "oblique", "side", or "far" for the far side of a side view."""
    other = {"left": "right_", "right": "left_"}.get(view)
    return "far" if other and measure.startswith(other) else _SEEN_FROM.get(view, "")


def within_error(value: float, limit: float, error: MeasureError | None) -> bool:
    """Whether `value` is so near to `limit` that the error decides on which side it is: "borderline".

    False where the error is not known.
    """
    return error is not None and math.isfinite(value) and abs(value - limit) <= error.plus_minus


@cache
def _table() -> dict[tuple[str, str, str], MeasureError]:
    """The rows of the table by measure, view and source."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return {
        (row["measure"], row["view"], row["source"]): MeasureError(
            bias=float(row["bias"]),
            plus_minus=float(row["p68"]),
            within_95=float(row["p95"]),
            coverage=float(row["coverage"]),
            usable=row["usable"] == "yes",
            change=float(row.get("change") or "nan"),
        )
        for row in rows
    }
