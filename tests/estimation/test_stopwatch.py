"""Time and model runs of an estimation, counted from where the models stood before."""

from types import SimpleNamespace

import pytest

from posespotter.estimation.stopwatch import Stopwatch


def loaded(*sessions: tuple[float, int]) -> SimpleNamespace:
    """A model whose sessions have worked for these seconds in these calls."""
    return SimpleNamespace(
        model=SimpleNamespace(sessions=[SimpleNamespace(seconds=seconds, calls=calls) for seconds, calls in sessions])
    )


def test_earlier_work_of_the_models_is_not_counted() -> None:
    detector, pose = loaded((5.0, 50)), loaded((2.0, 20), (1.0, 7))
    stopwatch = Stopwatch(SimpleNamespace(detector=detector, pose=pose))
    detector.model.sessions[0].seconds += 0.5
    detector.model.sessions[0].calls += 3
    for session in pose.model.sessions:
        session.seconds += 0.25
        session.calls += 4
    timings = stopwatch.timings()
    assert (timings.detect_s, timings.pose_s) == pytest.approx((0.5, 0.5))
    assert (timings.detector_runs, timings.pose_runs) == (3, 4), "a pose is one run, whatever models it takes"
    assert (timings.decode_s, timings.smooth_s) == (0, 0)
    assert timings.total_s > 0


def test_without_a_detector() -> None:
    timings = Stopwatch(SimpleNamespace(detector=None, pose=loaded((0.0, 0)))).timings()
    assert (timings.detect_s, timings.detector_runs) == (0, 0)


def test_what_was_spent_before_it_was_cut_off_is_added() -> None:
    earlier = {"detect_s": 1.0, "pose_s": 2.0, "detector_runs": 3, "pose_runs": 4, "total_s": 60.0}
    timings = Stopwatch(SimpleNamespace(detector=loaded((9.0, 9)), pose=loaded((9.0, 9))), earlier).timings()
    assert {name: getattr(timings, name) for name in earlier if name != "total_s"} == {
        name: value for name, value in earlier.items() if name != "total_s"
    }
    assert timings.total_s >= 60
