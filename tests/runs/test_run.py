"""Ids that sort, that fit into paths, and that nobody guesses; runs as JSON."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.errors import InputError
from posespotter.runs.run import KINDS, Run, RunState, checked_id, checked_kind, created_at, new_id

moments = st.datetimes(datetime(2000, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))


@given(first=moments, second=moments)
def test_ids_sort_by_time(first, second):
    apart = abs(first - second) >= timedelta(milliseconds=1)
    if apart:
        assert (new_id(first) < new_id(second)) == (first < second)


@given(moment=moments, hours=st.integers(-12, 12))
def test_an_id_tells_its_time(moment, hours):
    run_id = new_id(moment.astimezone(timezone(timedelta(hours=hours))))
    assert checked_id(run_id) == run_id
    assert timedelta(0) <= moment - created_at(run_id) < timedelta(milliseconds=1)


def test_ids_of_one_moment_differ():
    now = datetime.now(UTC)
    assert len({new_id(now) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "text",
    [
        "", ".", "..", "/", "../x", "20261122-183918540-3v4xfzsft9/..", "20261122-183918540-3v4xfzsft9\n", "x" * 9999,
        "20261122-183918540-3v4xfzsft", "20261122-183918540-3v4xfzsftt9", "20261122-183918540-3V4XFZSFT9",
        "20261122_183918540_3v4xfzsft9", "20261122-183918540-aeiou01l23", "２０２６1122-183918540-3v4xfzsft9",
        " 20261122-183918540-3v4xfzsft9", "\0", "C:\\x", None, 3, b"20261122-183918540-3v4xfzsft9",
    ],
)  # fmt: skip
def test_no_id(text):
    with pytest.raises(InputError, match="expected the id of a run"):
        checked_id(text)


@pytest.mark.parametrize("text", ["20261399-183918540-3v4xfzsft9", "20261122-996060000-3v4xfzsft9"])
def test_an_id_without_a_time(text):
    with pytest.raises(InputError, match="tells no time"):
        created_at(text)


def test_kinds():
    assert [checked_kind(kind) for kind in KINDS] == ["estimate", "exercise", "falls", "recording", "test"]
    for text in ("", "Estimate", "train", "estimate "):
        with pytest.raises(InputError, match="expected a kind of run"):
            checked_kind(text)


def test_states():
    assert [state.value for state in RunState if not state.over] == ["queued", "running"]


RUN = Run(
    id="20261122-183918540-3v4xfzsft9",
    kind="exercise",
    name="walk.mp4",
    state=RunState.DONE,
    created_at=datetime(2026, 11, 22, 18, 39, 18, 540_123, UTC),
    started_at=datetime(2026, 11, 22, 18, 39, 19, tzinfo=UTC),
    finished_at=datetime(2026, 11, 22, 18, 40, tzinfo=UTC),
    seconds=41.0,
    models=("movenet-multipose", "movenet-lightning"),
    settings={"exercise": "squat", "zones": [1, 2]},
    counts={"frames": 90, "repetitions": 3},
    percent=100.0,
    size_bytes=12_345,
)


def test_as_json_and_back():
    assert Run.from_json(RUN.to_json()) == RUN
    queued = replace(RUN, started_at=None, finished_at=None, state=RunState.QUEUED, seconds=None)
    assert Run.from_json(queued.to_json()) == queued


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../../etc"},
        {"id": None},
        {"kind": "other"},
        {"state": "over"},
        {"models": None},
        {"created_at": "yesterday"},
        {"created_at": 5},
        {"surprise": 1},
    ],
)
def test_json_that_is_no_run(change):
    with pytest.raises(InputError, match="expected"):
        Run.from_json(RUN.to_json() | change)


def test_json_without_anything():
    with pytest.raises(InputError, match="expected the metadata of a run"):
        Run.from_json({})


@pytest.mark.parametrize(
    ("started_s_ago", "seconds"), [(12.3456, 12.346), (0, 0), (None, None), (-3600, None)],
    ids=["as usual", "at once", "not begun", "the clock was set back"],
)  # fmt: skip
def test_how_long_the_work_lasted(started_s_ago, seconds):
    now = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    started = None if started_s_ago is None else now - timedelta(seconds=started_s_ago)
    run = Run(new_id(now), "estimate", "walk.mp4", RunState.RUNNING, now, started_at=started)
    assert run.seconds_until(now) == seconds
