"""The progress of a job, from the reports of its process."""

import pytest

from posespotter.jobs.progress_meter import ProgressMeter
from posespotter.jobs.stages import STAGES


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_percent_never_falls_and_ends_below_a_hundred():
    clock, told = Clock(), []
    for stage in STAGES["estimate"]:
        meter = ProgressMeter(STAGES["estimate"], stage, clock)
        for doing in {"estimate": ("fetch rtmpose-m", "estimate"), "render": ("overlay",)}.get(stage, (stage,)):
            for done in range(0, 101, 10):
                clock.now += 0.5
                meter.update(doing, done, 100 if doing != "probe" else None)
                told.append(meter.now())
    percents = [one.percent for one in told]
    assert percents == sorted(percents)
    assert percents[0] == 0
    assert 95 < percents[-1] < 100
    estimating = [one for one in told if one.doing == "estimate"]
    assert estimating[0].rate is estimating[0].time_left_s is None
    assert estimating[-1].rate == pytest.approx(20)
    left_s = [one.time_left_s for one in estimating[3:]]
    assert left_s == sorted(left_s, reverse=True)


def test_a_header_that_claims_too_little_gives_no_time_left():
    clock = Clock()
    meter = ProgressMeter(STAGES["falls"], "estimate", clock)
    for done in (10, 60, 110):
        clock.now += 1
        meter.update("estimate", done, 100)
    assert meter.now().time_left_s is None
    assert meter.now().rate == pytest.approx(50)
