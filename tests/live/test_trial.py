"""A test in front of the camera: counted and timed while it goes on, and judged at the end as the clip would be."""

from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import pytest
from tests.figures import film
from tests.painted import PaintedDetector, PaintedPose

from posespotter.assessments import assess, load_assessment
from posespotter.errors import InputError
from posespotter.estimation.estimator import PoseEstimator
from posespotter.live.timed_poses import TimedPoses
from posespotter.live.trial import Trial, trial_facts
from posespotter.poses import PoseSequence
from posespotter.synthetic.everyday import sit_to_stand

CLOCK_S = 1000.0  # the page's clock began long before


class AtOnce:
    """An executor that is done when it is asked."""

    def submit(self, work: Any, *args: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(work(*args))
        return done


@pytest.fixture(scope="module")
def estimator() -> PoseEstimator:
    return PoseEstimator(PaintedDetector(), PaintedPose())


def samples(poses: PoseSequence) -> list[TimedPoses]:
    return [TimedPoses(CLOCK_S + i / poses.fps, replace(poses.at(i))) for i in range(poses.n_frames)]


def trial_of(name: str, estimator: PoseEstimator) -> Trial:
    return Trial(load_assessment(name), estimator, AtOnce())  # type: ignore[arg-type]


@pytest.mark.parametrize("by_go", [True, False])
def test_five_stands_are_counted_timed_and_over(estimator: PoseEstimator, by_go: bool) -> None:
    truth = sit_to_stand(5, after_s=4.0)
    poses = film(truth.figure, yaw_deg=90, fps=12, noise=0.003, world=False)
    trial = trial_of("sit-to-stand", estimator)
    go_s = CLOCK_S + truth.times_s["onset"][0] - 0.4
    news, said = [], not by_go
    for sample in samples(poses):
        if not said and sample.time_s >= go_s:
            trial.go(go_s)
            said = True
        told = trial.offer(sample)
        news += told
        if told and told[-1]["over"]:
            break
    counts = [one["count"] for one in news]
    assert counts == sorted(counts)
    assert counts[-1] == 5
    started = go_s if by_go else CLOCK_S + truth.times_s["onset"][0]
    assert news[-1]["started_s"] == pytest.approx(started, abs=0.2)
    assert news[-1]["over"]
    assert sample.time_s - CLOCK_S < truth.times_s["seat"][4] + 2.5  # and not at the end of the clip
    result = trial.end()
    assert result["status"] == "valid"
    expected = truth.times_s["seat"][4] - (started - CLOCK_S)
    assert float(result["summary"].split(": ")[1].split(" s")[0]) == pytest.approx(expected, abs=0.25)
    assert result["started"].startswith("Timed from the moment of Go" if by_go else "Timed from the first movement")


def test_what_is_said_at_the_end_is_what_the_clip_says(estimator: PoseEstimator) -> None:
    poses = film(sit_to_stand(5, hands_at=[4]).figure, yaw_deg=90, fps=15, world=False)
    trial = trial_of("sit-to-stand", estimator)
    for sample in samples(poses):
        trial.offer(sample)
    told = [one["sentence"] for one in trial.end()["findings"]]
    assert told == ["Hands used at stand 4: a hand lay on the thigh or the seat while rising."]
    assert [one.name for one in assess(poses, "sit-to-stand").findings] == ["hands_used"]


def test_nobody_and_no_go(estimator: PoseEstimator) -> None:
    trial = trial_of("elbow-flexion", estimator)
    with pytest.raises(InputError, match="not timed from Go"):
        trial.go(CLOCK_S)
    result = trial.end()
    assert (result["status"], bool(result["summary"])) == ("no_result", True)
    empty = film(sit_to_stand(1).figure, world=False)[:0]
    told = [one for i in range(3) for one in trial.offer(TimedPoses(CLOCK_S + i, empty))]
    assert told == [{"type": "test", "count": 0, "started_s": None, "over": False}]


@pytest.mark.parametrize(
    ("name", "timed", "seconds"), [("chair-stand", True, 30), ("sit-to-stand", True, None), ("gait", False, None)]
)
def test_what_the_page_is_told(name: str, timed: bool, seconds: float | None) -> None:
    facts = trial_facts(load_assessment(name))
    assert (facts["value"], facts["timed"], facts["seconds"]) == (name, timed, seconds)
    assert [label for label, _ in facts["how"]] == ["Camera", "Room", "Person"]
