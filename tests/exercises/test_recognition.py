"""Which exercise it is: of each figure its own is recognised, and none in somebody who stands."""

import pytest
from tests.exercises.movements import curl, deadlift, lateral_raise, lunge, press, push_up, sit_up

from posespotter.exercises import exercise_names, load_exercise
from posespotter.exercises.recognition import recognise
from posespotter.synthetic.camera import film
from posespotter.synthetic.figure import squat

ALL = [load_exercise(name) for name in exercise_names()]


@pytest.mark.parametrize(
    ("figure", "name", "yaw_deg"),
    [
        (squat(), "squat", 0), (deadlift(), "deadlift", 90), (lunge(), "lunge", 90), (curl(), "biceps-curl", 0),
        (press(), "shoulder-press", 0), (lateral_raise(), "lateral-raise", 0), (push_up(), "push-up", 90),
        (sit_up(), "sit-up", 90),
    ],
)  # fmt: skip
def test_each_figure_does_its_own_exercise(figure, name, yaw_deg):
    first, *_ = recognise(film(figure, yaw_deg=yaw_deg, fps=15), ALL)
    assert (first.exercise.name, first.count) == (name, figure.repetitions)


def test_nobody_does_nothing():
    poses = film(squat(), fps=15)
    assert recognise(poses.where(poses.frame < 0), ALL) == []
