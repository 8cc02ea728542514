"""The report of a test: what it says, escaped, for every status."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.figures import film

from posespotter.assessments import assess, assessment_names, load_assessment
from posespotter.assessments.result_words import quantity, summary
from posespotter.reports.assessment_page import AssessmentReport, render_assessment, wanted_frames
from posespotter.synthetic.everyday import overhead_squat, sit_to_stand

AT = datetime(2026, 3, 7, 14, 5, tzinfo=UTC)


def test_names_are_escaped_and_findings_are_told() -> None:
    poses = replace(film(sit_to_stand(5, low_at=[2]).figure, yaw_deg=90, world=False), source="<b>clip</b>")
    page = render_assessment(AssessmentReport(assess(poses, "sit-to-stand"), {"Clip": "<i>"}), AT)
    assert "<b>clip</b>" not in page
    assert "&lt;b&gt;clip" in page
    assert "Not fully upright at stand 2." in page
    assert "does not count by the protocol" in page
    assert "Bohannon 2006" in page


def test_a_checklist_says_what_was_seen_and_what_cannot_be_told() -> None:
    poses = film(overhead_squat({"heels_lift"}).figure, yaw_deg=90)
    result = assess(poses, "overhead-squat")
    assert {item.name for item in result.items if item.seen} == {"heels_up"}
    page = render_assessment(AssessmentReport(result, {}), AT)
    assert "seen in 1 to 5" in page
    assert "cannot tell" in page


@pytest.mark.parametrize("name", assessment_names())
def test_every_test_has_a_page_without_a_result(name: str) -> None:
    poses = film(sit_to_stand(1).figure, yaw_deg=90, world=False)[:0]
    result = assess(poses, name)
    page = render_assessment(AssessmentReport(result, {}), AT)
    assert summary(result) in page
    assert load_assessment(name).camera.split(":")[0] in page


def test_of_many_moments_sitting_down_is_left_out_of_the_pictures() -> None:
    result = assess(film(sit_to_stand(5).figure, yaw_deg=90, world=False), "sit-to-stand")
    frames = {event.frame: event.name for event in result.events}
    assert [frames[frame] for frame in wanted_frames(result)] == ["onset", *["up"] * 5, "seat"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((12.44, "s", 1, 0.2), "12.4 s ± 0.2 s"),
        ((131.2, "°", 0, 4.6), "131° ± 5°"),
        ((-6.4, "°", 0, None), "−6°"),
        ((10.0, "stands", 0, 0.0), "10 stands"),
    ],
)
def test_numbers_with_their_error(arguments: tuple[float, str, int, float | None], words: str) -> None:
    assert quantity(*arguments) == words
