"""`JobRequest`: checked where it is made, and JSON values in the queue."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.errors import InputError, SettingsError
from posespotter.jobs.request import JobRequest

REQUESTS = st.builds(
    JobRequest,
    kind=st.sampled_from(["estimate", "falls"]),
    source=st.one_of(st.just("20261122-190621778-8fm68nwkxn"), st.text("ab/. ", min_size=1).map(Path)),
    name=st.text(max_size=20),
    options=st.fixed_dictionaries({}, optional={"rotate": st.sampled_from([0, 90]), "max_people": st.integers(1, 9)}),
    upload=st.booleans(),
)


@given(request=REQUESTS)
def test_a_request_survives_json(request):
    assert JobRequest.from_json(json.loads(json.dumps(request.to_json()))) == request


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("estimate", {"models": "x"}, "models"),
        ("estimate", {"max_people": 0}, "max_people"),
        ("estimate", {"smoothing": "much"}, "smoothing"),
        ("estimate", {"rotate": 45}, "rotate"),
        ("exercise", {}, "exercise"),
        ("exercise", {"exercise": "squat", "view": "above"}, "view"),
        ("falls", {"zones": [{"name": "bed", "kind": "chair", "polygon": []}]}, "zones.0.kind"),
        ("test", {}, "test"),
        ("test", {"test": "gait", "side": "both"}, "side"),
        ("juggling", {}, "kind"),
    ],
)
def test_what_cannot_be_asked_is_refused(kind, options, said):
    with pytest.raises(SettingsError, match=said):
        JobRequest(kind, Path("clip.mp4"), options=options)


def test_the_pose_model_of_the_kind_of_job_is_the_default():
    assert JobRequest("estimate", Path("a.mp4")).options.estimator_options("thunder").pose == "thunder"
    asked = JobRequest("estimate", Path("a.mp4"), options={"pose": "lightning"})
    assert asked.options.estimator_options("thunder").pose == "lightning"


def test_only_an_id_names_a_run():
    assert JobRequest("falls", Path("20261122-190621778-8fm68nwkxn")).run is None
    assert JobRequest("falls", "20261122-190621778-8fm68nwkxn").run == "20261122-190621778-8fm68nwkxn"
    with pytest.raises(InputError, match="expected the id of a run"):
        _ = JobRequest("falls", "../elsewhere").run
