"""Angles over HTTP, for the cursor on the picture."""

import json

import pytest
from starlette.applications import Starlette
from tests.ui.asking import ask

from posespotter.ui.routes.angles import AngleReadings


def get(shelf, address):
    return ask(Starlette(routes=AngleReadings(lambda: shelf.library).routes()), address)


def test_angles_of_one_person_come_as_whole_numbers(shelf):
    answer = get(shelf, f"/angles/{shelf.poses}?track=1")
    found = json.loads(answer.body)
    assert (answer.status, len(found["frame"]), found["size"]) == (200, 38, [1280, 960])
    assert {"name": "left knee flexion", "joint": found["joints"].index("left_knee")} in found["angles"]
    assert all(len(row) == len(found["angles"]) for row in found["degrees"] + found["plus_minus"])
    assert all(len(row) == 2 * len(found["joints"]) for row in found["places"])
    assert {type(one) for row in found["degrees"] for one in row} <= {int, type(None)}


@pytest.mark.parametrize("query", ["", "?track=9", "?track=x"])
def test_nobody_has_no_angles(shelf, query):
    assert json.loads(get(shelf, f"/angles/{shelf.poses}{query}").body)["frame"] == []


@pytest.mark.parametrize("address", ["/angles/nobody?track=1", "/angles/{recording}?track=1"])
def test_runs_without_joints_have_none(shelf, address):
    assert get(shelf, address.format(recording=shelf.recording)).status == 404
