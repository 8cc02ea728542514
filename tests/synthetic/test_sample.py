"""The sample that the program makes: the faults that were planted are found, in their repetitions and no others."""

from posespotter.exercises import load_exercise
from posespotter.exercises.analyze import analyze_all
from posespotter.synthetic.sample import PLANTED, sample_squats


def test_the_planted_faults_are_found():
    analysis, *others = analyze_all(sample_squats(), load_exercise("squat"))
    assert not others
    assert analysis.view == "front"
    found = [tuple(fault.name for fault in one.faults) for one in analysis.repetitions]
    assert found == [(fault,) if fault else () for fault in PLANTED]
