"""The table of errors: what it says, and what is done where it says nothing."""

from dataclasses import replace

import numpy as np
import pytest

from posespotter.kinematics import measurement_errors as module
from posespotter.kinematics.joint_angles import ANGLE_NAMES
from posespotter.kinematics.measurement_errors import MeasureError, measure_error, within_error


def test_a_table_is_read(tmp_path, monkeypatch) -> None:
    table = tmp_path / "errors.csv"
    head = "measure,view,source,bias,rmse,p68,p95,change,coverage,n,usable\n"
    knees = "knee_flexion,side,picture,1.5,6,5,9.5,,0.9,100,yes\n"
    rows = f'{knees}"angle(hip, knee, ankle)",side,picture,0,25,20,40,7,1,9,no\n'
    table.write_text("# made by hand\n" + head + rows)
    monkeypatch.setattr(module, "TABLE", table)
    module._table.cache_clear()
    try:
        near = measure_error("left_knee_flexion", "left", "picture")
        assert replace(near, change=0.0) == MeasureError(1.5, 5.0, 9.5, 0.9, True, 0.0)
        assert np.isnan(near.change)  # nobody has measured that
        assert measure_error("knee_flexion", "right", "picture") is near
        assert measure_error("right_knee_flexion", "left", "picture") is None  # the far side has no row
        assert measure_error("angle(hip, knee, ankle)", "left", "picture") == MeasureError(
            0.0, 20.0, 40.0, 1.0, False, 7.0
        )
        assert measure_error("knee_flexion", "front", "picture") is None
        assert measure_error("knee_flexion", "unknown", "picture") is None
        assert measure_error("knee_flexion", "left", "lifted") is None
    finally:
        module._table.cache_clear()


@pytest.mark.parametrize(
    ("value", "limit", "plus_minus", "expected"),
    [
        (92, 90, 5, True),
        (85, 90, 5, True),
        (95.1, 90, 5, False),
        (np.nan, 90, 5, False),
        (90, 90, None, False),  # nobody knows the error
    ],
)
def test_within_error(value, limit, plus_minus, expected) -> None:
    error = None if plus_minus is None else MeasureError(0.0, plus_minus, 2.0 * plus_minus, 1.0, True)
    assert within_error(value, limit, error) is expected


def test_the_table_of_the_package_is_whole() -> None:
    rows = module._table()
    for error in rows.values():
        assert 0 < error.plus_minus <= error.within_95
        assert 0 < error.coverage <= 1
    for name in (name for names in ANGLE_NAMES.values() for name in names):
        assert measure_error(name, "front", "lifted") is not None, name
    assert not any(error.usable for (_, view, _), error in rows.items() if view == "far")
    assert not any(measure_error("left_ankle_dorsiflexion", view, "picture").usable for view in ("left", "front"))
