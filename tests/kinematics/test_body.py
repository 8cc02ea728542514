from dataclasses import replace

import numpy as np

from posespotter.exercises import analyze_exercise
from posespotter.kinematics.body import body_of
from posespotter.skeletons import COCO17, HALPE26
from posespotter.synthetic.sample import sample_squats

FEET = [HALPE26.index(name) for name in ("left_heel", "right_heel", "left_big_toe", "right_big_toe")]


def test_points_of_feet_that_are_elsewhere_say_nothing() -> None:
    squats = replace(sample_squats(), world=None)
    without = squats.to_skeleton(COCO17)
    halpe = without.to_skeleton(HALPE26)
    places, scores = halpe.keypoints.copy(), halpe.scores.copy()
    places[:, FEET], scores[:, FEET] = places[:, [0]], 0.9  # at the nose
    astray = replace(halpe, keypoints=places, scores=scores)
    assert (body_of(astray).score("toe") == 0).all()
    found, expected = analyze_exercise(astray, "squat"), analyze_exercise(without, "squat")
    assert [one.verdict for one in found.repetitions] == [one.verdict for one in expected.repetitions]
    assert (found.view, found.count) == (expected.view, expected.count)


def test_points_of_feet_at_the_ankles_count() -> None:
    body = body_of(sample_squats())
    assert np.median(body.score("toe")) > 0.3
