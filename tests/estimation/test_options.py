"""The options of an estimator: one set of defaults, checked where it is made."""

import inspect
from dataclasses import fields

import pytest

from posespotter import PoseEstimator, PoseSpotterError
from posespotter.estimation.options import DEFAULT_POSE, EstimatorOptions
from posespotter.jobs.request import CommonOptions

FIELDS = {field.name: field.default for field in fields(EstimatorOptions)}


def test_the_estimator_has_the_same_options_and_defaults():
    parameters = inspect.signature(PoseEstimator).parameters
    defaults = {name: parameter.default for name, parameter in parameters.items() if name != "progress"}
    assert defaults == FIELDS | {"pose": DEFAULT_POSE}


def test_a_job_that_asks_for_nothing_has_the_same_defaults():
    assert CommonOptions().estimator_options("thunder") == EstimatorOptions(pose="thunder")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"detect_every": 0}, "detect-every: expected auto or a number of frames of 1 or more, got 0."),
        ({"max_people": 0}, "max-people: expected a number of 1 or more, got 0."),
        ({"smoothing": "much"}, "smooth: expected one of off, light, strong, got 'much'."),
    ],
)
def test_what_makes_no_sense_is_refused(wrong, said):
    with pytest.raises(PoseSpotterError) as refused:
        EstimatorOptions(**wrong)
    assert str(refused.value) == said
