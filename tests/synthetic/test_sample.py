"""The samples that the program makes: what was planted is found, and nothing else."""

from posespotter.assessments import assess
from posespotter.exercises import load_exercise
from posespotter.exercises.analyze import analyze_all
from posespotter.falls.classifier import FallClassifier
from posespotter.falls.detect import detect_falls
from posespotter.synthetic.sample import HANDS_AT, PLANTED, sample_fall, sample_squats, sample_stands


def test_the_planted_faults_are_found():
    analysis, *others = analyze_all(sample_squats(), load_exercise("squat"))
    assert not others
    assert analysis.view == "front"
    found = [tuple(fault.name for fault in one.faults) for one in analysis.repetitions]
    assert found == [(fault,) if fault else () for fault in PLANTED]


def test_the_fall_is_found_and_the_squat_before_it_is_none():
    poses = sample_fall()
    (event,) = detect_falls(poses, classifier=FallClassifier.load()).events
    assert event.kind == "fall"
    assert 4.5 < event.onset_s < event.impact_s < 7.0  # the squat is over at 3.8 s, the figure lies from 5.9 s on


def test_the_hands_are_seen_at_one_stand():
    result = assess(sample_stands(), "sit-to-stand")
    assert result.status == "invalid"
    assert [one.name for one in result.findings] == ["hands_used"]
    assert result.findings[0].sentence.startswith(f"hands used at stand {HANDS_AT}:")
    assert len(result.moments("up")) == 5
