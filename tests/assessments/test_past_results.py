"""Results over time: what counts, what is compared with what, and what cannot be read."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.figures import film

from posespotter.assessments import assess, load_assessment
from posespotter.assessments.past_results import PastResult, change_over, read_result
from posespotter.errors import InputError
from posespotter.synthetic.everyday import sit_to_stand

FIRST, LATER, LAST = date(2026, 3, 2), date(2026, 4, 6), date(2026, 5, 12)
STANDS = PastResult(FIRST, "a.mp4", "sit-to-stand", "valid", 15.0, 0.2, "left", "", "go", (), "")


@pytest.mark.parametrize(
    ("later", "finding", "reason"),
    [
        ({"value": 12.0}, "changed", ""),  # the minimal detectable change is 2.5 s
        ({"value": 12.6}, "within", ""),
        ({"value": 18.0}, "changed", ""),
        ({"value": 12.0, "started_by": "movement"}, "cannot_tell", "timed from Go"),
        ({"value": 12.0, "view": "oblique"}, "cannot_tell", "seen from left, then from oblique"),
        ({"value": 12.0, "side": "right"}, "cannot_tell", "the other of the right"),
    ],
)
def test_whether_it_changed(later: dict[str, object], finding: str, reason: str) -> None:
    change = change_over([STANDS, replace(STANDS, day=LAST, **later)], load_assessment("sit-to-stand"))  # type: ignore[arg-type]
    assert change is not None
    assert change.finding == finding
    assert reason in change.reason
    assert bool(change.reason) == bool(reason)


def test_what_does_not_count_is_left_out() -> None:
    test = load_assessment("sit-to-stand")
    invalid = replace(STANDS, day=LAST, value=9.0, status="invalid")
    nothing = replace(STANDS, day=LAST, value=None, status="no_result")
    assert change_over([STANDS, invalid, nothing], test) is None
    assert change_over([STANDS, replace(STANDS, value=9.0)], test) is None  # two tries of one day
    change = change_over([STANDS, replace(STANDS, day=LATER, value=14.0), invalid], test)
    assert change is not None
    assert (change.last.day, change.change, change.finding) == (LATER, -1.0, "within")


def test_a_test_without_a_published_change() -> None:
    test = load_assessment("elbow-flexion")
    first = replace(STANDS, test=test.name, side="left")
    change = change_over([first, replace(first, day=LAST, value=150.0)], test)
    assert change is not None
    assert (change.finding, "published" in change.reason) == ("cannot_tell", True)


def test_what_is_stored_is_read_back(tmp_path: Path) -> None:
    result = assess(film(sit_to_stand(5, hands_at=[4]).figure, yaw_deg=90, world=False), "sit-to-stand")
    (tmp_path / "assessment.json").write_text(json.dumps(result.to_json()))
    stored = read_result(tmp_path, LAST, "stands.mp4")
    assert stored.value == pytest.approx(result.value, abs=1e-4)
    assert (stored.status, stored.started_by, stored.side, stored.day) == ("invalid", "movement", "", LAST)
    assert any("stand 4" in finding for finding in stored.findings)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"status": "great"}', '{"test": 1, "status": "valid"}'])
def test_what_is_no_result(tmp_path: Path, content: str) -> None:
    (tmp_path / "assessment.json").write_text(content)
    with pytest.raises(InputError, match="expected the result of a test"):
        read_result(tmp_path, LAST, "a.mp4")
