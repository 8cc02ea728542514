"""Families of models: each name of the zoo has one, and each file of the package is recognised as its own."""

from typing import get_args

import numpy as np
import pytest
from tests.models.tiny import constant_model

from posespotter.errors import ModelError
from posespotter.models.cache import path_of
from posespotter.models.families.blazepose import BlazePose
from posespotter.models.families.movenet import MoveNet, MultiPose
from posespotter.models.registry import FAMILIES, recognise
from posespotter.models.session import Session
from posespotter.models.zoo import Family, Task, find_model, load_zoo

EVERY_TASK = get_args(Task)


def test_every_model_of_the_zoo_has_a_family_and_every_family_a_name():
    assert {(entry.family, entry.task) for entry in load_zoo()} <= set(FAMILIES)
    assert {family for family, _ in FAMILIES} == set(get_args(Family))
    assert {task for _, task in FAMILIES} == set(EVERY_TASK)


@pytest.mark.parametrize(
    ("name", "family"),
    [("movenet-lightning", MoveNet), ("movenet-multipose", MultiPose), ("blazepose-full", BlazePose)],
)
def test_an_embedded_file_is_recognised_without_its_name(name, family):
    assert type(recognise(Session(path_of(find_model(name))), EVERY_TASK)) is family


@pytest.mark.parametrize("tasks", [("detector",), ("pose", "one-stage"), EVERY_TASK])
def test_a_file_of_no_family_is_told_what_each_family_expects(tmp_path, tasks):
    session = Session(constant_model(tmp_path / "other.onnx", {"x": np.zeros((2, 3), np.float32)}))
    with pytest.raises(ModelError) as refused:
        recognise(session, tasks)
    for (_, task), family in FAMILIES.items():
        assert (family.expected in str(refused.value)) == (task in tasks)
    assert "outputs x (2, 3)" in str(refused.value)
