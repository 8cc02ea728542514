import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from tests import figures

from posespotter.cli.parts.tables import comparison_lines
from posespotter.errors import InputError
from posespotter.exercises import analyze_exercise
from posespotter.exercises.comparison import StoredAnalysis, compare, read_analysis, stored


def made(angles: Sequence[float | None], view: str = "front", faults: Sequence[str] = ()) -> StoredAnalysis:
    """An analysis of repetitions of 2 s with these knee angles, and these faults in each of them."""
    repetitions = [
        {
            "start_s": 3.0 * i,
            "end_s": 3.0 * i + 2,
            "verdict": "fault" if faults else "good",
            "metrics": {"knee_angle_min_deg": angle},
            "faults": [{"name": name, "severity": "fault"} for name in faults],
        }
        for i, angle in enumerate(angles)
    ]
    return StoredAnalysis.model_validate({"exercise": "squat", "view": view, "repetitions": repetitions})


@pytest.mark.parametrize(
    ("first", "second", "change", "finding"),
    [
        ([100, 102, 98], [80, 82, 78], -20, "changed"),
        ([100, 80, 120], [90, 70, 110], -10, "within the spread"),
        ([100, 102, 98], [80], -20, "too few repetitions"),
        ([100, 100], [90, 90], -10, "changed"),
        ([100, 100], [100, 100], 0, "within the spread"),
        ([None, None], [90, 90], None, "too few repetitions"),
        ([], [90, 90], None, "too few repetitions"),
    ],
)
def test_changes(first: list[float | None], second: list[float | None], change: float | None, finding: str) -> None:
    metric = compare(made(first), made(second)).metrics[1]
    assert metric.name == "knee_angle_min_deg"
    assert metric.change == (None if change is None else pytest.approx(change))
    assert metric.finding == finding


def test_margin_is_welchs() -> None:
    one, other = [100.0, 104.0, 97.0, 101.0], [90.0, 99.0, 84.0]
    metric = compare(made(one), made(other)).metrics[1]
    interval = stats.ttest_ind(other, one, equal_var=False).confidence_interval(0.95)
    assert metric.change is not None
    assert metric.margin is not None
    np.testing.assert_allclose([metric.change - metric.margin, metric.change + metric.margin], interval)


def test_faults_and_counts() -> None:
    comparison = compare(made([100, 100], faults=["knees_inward"]), made([90, 90, 90]))
    assert (comparison.repetitions, comparison.good) == ((2, 3), (0, 3))
    assert [(fault.name, fault.first, fault.second) for fault in comparison.faults] == [("knees_inward", 2, 0)]


def test_cautions() -> None:
    assert not compare(made([90]), made([90])).cautions
    assert "nearer to the camera" in compare(made([90], "right"), made([90], "left")).cautions[0]
    assert "seen from the front, the second from the left" in compare(made([90]), made([90], "left")).cautions[0]
    assert compare(made([90]), made([])).cautions == ("The second analysis holds no repetition.",)


def test_other_exercises_are_refused() -> None:
    lunge = StoredAnalysis.model_validate({"exercise": "lunge", "view": "left", "repetitions": []})
    with pytest.raises(InputError, match="squat and lunge"):
        compare(made([90]), lunge)


def test_reads_what_was_written(tmp_path: Path) -> None:
    analysis = analyze_exercise(figures.film(figures.squat()), "squat")
    (tmp_path / "analysis.json").write_text(json.dumps(analysis.to_json()), "utf-8")
    assert read_analysis(tmp_path) == read_analysis(tmp_path / "analysis.json") == stored(analysis)
    same = compare(stored(analysis), stored(analysis))
    assert {metric.change for metric in same.metrics if metric.change is not None} == {0.0}
    json.dumps(same.to_json())
    assert any("hip drop, % of body height" in line for line in comparison_lines(same))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"exercise": "squat"}', '{"exercise": 1, "repetitions": 2}'])
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "analysis.json"
    file.write_text(text, "utf-8")
    with pytest.raises(InputError, match=r"expected an analysis\.json"):
        read_analysis(file)
    with pytest.raises(InputError, match="cannot be read"):
        read_analysis(tmp_path / "missing")
