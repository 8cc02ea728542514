"""The state machine, told by hand what the classifier says: fifteen samples a second."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posespotter.errors import SettingsError
from posespotter.falls.events import (
    DOWN,
    FALLING,
    LIMITS,
    RECOVERED,
    UPRIGHT,
    Alarms,
    PersonStates,
    Raised,
    Sample,
    limits_of,
)

RATE = 15
STANDS, FALLS, LIES = (0.98, 0.01, 0.01), (0.05, 0.9, 0.05), (0.05, 0.05, 0.9)
UNSURE = (0.3, 0.4, 0.3)
NORMAL = LIMITS["normal"]
HOLD_S, LYING_S = NORMAL.hold_s, NORMAL.lying_s
Part = tuple[float, tuple[float, float, float], float]


def samples(*parts: Part, begins_s: float = 0.0, **every: object) -> list[Sample]:
    """Samples of parts (seconds, probabilities, downward speed of the shoulders)."""
    rows = [part for part in parts for _ in range(round(part[0] * RATE))]
    return [
        replace(Sample(t, t, 1, probabilities, sinking, (100.0, 100.0), 100.0, 150.0, None), **every)
        for t, (_, probabilities, sinking) in zip((begins_s + i / RATE for i in range(len(rows))), rows, strict=True)
    ]


def run(*parts: Part, **every: object) -> tuple[PersonStates, list[int]]:
    states = PersonStates(NORMAL)
    seen = []
    for sample in samples(*parts, **every):
        states.step(sample)
        seen.append(states.state)
    return states, [state for state, _ in itertools.groupby(seen)]


FALL: tuple[Part, ...] = ((3.0, STANDS, 0.0), (1.0, FALLS, 1.5))
DOWN_SLOWLY: tuple[Part, ...] = ((3.0, STANDS, 0.0), (1.0, UNSURE, 0.4), (3.0, LIES, 0.0))


@pytest.mark.parametrize(
    ("parts", "path", "events"),
    [
        ([(5.0, STANDS, 0.0)], [UPRIGHT], []),
        ([*FALL, (5.0, LIES, 0.0)], [UPRIGHT, FALLING, DOWN], [("fall", None)]),
        ([*FALL, (2.0, LIES, 0.0), (6.0, STANDS, 0.0)], [UPRIGHT, FALLING, DOWN, RECOVERED], [("fall", 6.2)]),
        # A single wrong sample is averaged away.
        ([(3.0, STANDS, 0.0), (1 / 15, FALLS, 1.5), (4.0, STANDS, 0.0)], [UPRIGHT], []),
        # Sank slowly and lies.
        (list(DOWN_SLOWLY), [UPRIGHT, DOWN], [("lying", None)]),
        # Bends down for a moment.
        ([(3.0, STANDS, 0.0), (LYING_S / 3, LIES, 0.3), (4.0, STANDS, 0.0)], [UPRIGHT], []),
        # Picks something up, fast: is up again before a fall would be told.
        ([(3.0, STANDS, 0.0), (HOLD_S, FALLS, 1.5), (4.0, STANDS, 0.0)], [UPRIGHT], []),
        # The same, but stays down, of which the classifier says no more than that.
        ([(3.0, STANDS, 0.0), (HOLD_S, FALLS, 1.5), (1.0, UNSURE, 0.0)], [UPRIGHT, FALLING, DOWN], [("fall", None)]),
        # Was on the floor already when the camera began.
        ([(4.0, LIES, 0.0)], [UPRIGHT, DOWN], [("lying", None)]),
        # Falls out of bed: a fall is more than lying.
        ([(4.0, LIES, 0.0), (1.0, FALLS, 1.0), (2.0, LIES, 0.0)], [UPRIGHT, DOWN, FALLING, DOWN],
         [("lying", None), ("fall", None)]),
        # Falls twice.
        ([*FALL, (2.0, LIES, 0.0), (5.0, STANDS, 0.0), (1.0, FALLS, 1.5), (3.0, LIES, 0.0)],
         [UPRIGHT, FALLING, DOWN, RECOVERED, FALLING, DOWN], [("fall", 6.2), ("fall", None)]),
    ],
)  # fmt: skip
def test_states(parts: list[Part], path: list[int], events: list[tuple[str, float | None]]) -> None:
    states, seen = run(*parts)
    assert seen == path
    assert [event.kind for event in states.events] == [kind for kind, _ in events]
    assert [event.end_s for event in states.events] == [end and pytest.approx(end, abs=0.4) for _, end in events]


def test_times_of_a_fall() -> None:
    """Falls from 3.0 s on, is fastest until 3.5 s, and is up again from 7.8 s on."""
    states, _ = run((3.0, STANDS, 0.0), (0.5, FALLS, 1.5), (0.3, FALLS, 0.1), (4.0, LIES, 0.0), (3.0, STANDS, 0.0))
    (event,) = states.events
    assert event.onset_s == pytest.approx(3.0, abs=0.3)
    assert event.impact_s == pytest.approx(3.5, abs=0.1)
    assert event.alert_s == pytest.approx(3.4 + HOLD_S, abs=0.15)
    assert event.end_s == pytest.approx(7.8, abs=0.3)
    assert event.floor_s == pytest.approx(4.3, abs=0.4)
    assert event.state_after == "recovered"
    assert event.peak_probability == pytest.approx(0.9, abs=0.01)


def test_time_on_the_floor_of_who_lies() -> None:
    (event,) = run(*DOWN_SLOWLY)[0].events
    assert event.alert_s - event.onset_s == pytest.approx(LYING_S, abs=0.12)
    assert event.floor_s == pytest.approx(7.0 - event.onset_s, abs=0.1)
    assert (event.state_after, event.end_s) == ("down", None)


@pytest.mark.parametrize(("parts", "kind"), [((*FALL, (2.0, LIES, 0.0)), "fall"), (DOWN_SLOWLY, "lying")])
def test_in_bed_it_is_ignored(parts: tuple[Part, ...], kind: str) -> None:
    (event,) = run(*parts, resting_in="bed")[0].events
    assert (event.kind, event.ignored_in) == (kind, "bed")


def test_who_lies_in_bed_and_then_beside_it() -> None:
    states = PersonStates(NORMAL)
    for sample in (*samples((4.0, LIES, 0.0), resting_in="bed"), *samples((4.0, LIES, 0.0), begins_s=4.0)):
        states.step(sample)
    assert [(event.kind, event.ignored_in) for event in states.events] == [("lying", "bed"), ("lying", None)]


@pytest.mark.parametrize(("share", "events"), [(0.45, []), (0.55, ["fall"])])
def test_who_is_lost_on_the_way_down_has_fallen(share: float, events: list[str]) -> None:
    """Too few samples for the average say so; the alert comes when the person is lost."""
    states = PersonStates(NORMAL)
    for sample in samples((3.0, STANDS, 0.0), (0.14, (1 - share, share, 0.0), 1.5)):
        assert states.step(sample) == []
    raised = states.lost(4.2)
    assert [one.event.kind for one in raised] == [event.kind for event in states.events] == events
    assert [event.alert_s for event in states.events] == [4.2] * len(events)
    assert states.lost(9.0) == []


def test_who_is_lost_at_the_side_of_the_picture_has_walked_out() -> None:
    states = PersonStates(NORMAL)
    for sample in samples((3.0, STANDS, 0.0), (0.14, FALLS, 1.5), beside=60.0):
        states.step(sample)
    assert states.lost(4.2) == []


def test_who_is_lost_before_the_fall_was_told_has_fallen() -> None:
    states, _ = run((3.0, STANDS, 0.0), (0.4, FALLS, 1.5))
    assert states.events == []
    assert [one.event.kind for one in states.lost(4.4)] == ["fall"]
    assert states.events[0].onset_s == pytest.approx(3.0, abs=0.1)


def test_who_was_lost_is_seen_anew() -> None:
    """Of before and after nothing is averaged together, but who was down stays down."""
    states = PersonStates(NORMAL)
    for sample in samples(*FALL, (1.0, LIES, 0.0)):
        states.step(sample)
    assert states.lost(4.8) == []
    states.step(samples((1 / 15, STANDS, 0.0), begins_s=9.0)[0])
    assert states.smoothed == STANDS
    assert (states.state, len(states.events)) == (DOWN, 1)


@pytest.mark.parametrize(
    ("second", "same_person", "admitted"),
    [
        ({}, False, ["fall"]),  # another track of the same fall
        ({}, True, ["fall", "fall"]),  # the same person falls again
        ({"place": (300.0, 100.0)}, False, ["fall", "fall"]),
        ({"alert_s": 15.0}, False, ["fall", "fall"]),
        ({"kind": "lying"}, False, ["fall"]),
    ],
)
def test_one_fall_one_alarm(second: dict, same_person: bool, admitted: list[str]) -> None:
    first, other = (run(*FALL)[0].raised[0] for _ in range(2))
    event = replace(other.event, alert_s=second.get("alert_s", 4.0), kind=second.get("kind", "fall"))
    states = first.states if same_person else other.states
    raised = Raised(event, second.get("place", other.place), 150.0, states)
    alarms = Alarms()
    assert [event.kind for event in alarms.admit([first]) + alarms.admit([raised])] == admitted


def test_a_fall_beside_somebody_who_lies_is_told() -> None:
    lying, fall = run(*DOWN_SLOWLY)[0].raised[0], run(*FALL)[0].raised[0]
    fall.event = replace(fall.event, alert_s=8.0)
    assert [event.kind for event in Alarms().admit([lying, fall])] == ["lying", "fall"]


def test_sensitivities() -> None:
    assert LIMITS["high"].fall < LIMITS["normal"].fall < LIMITS["low"].fall
    assert limits_of("normal") == LIMITS["normal"]
    with pytest.raises(SettingsError, match="expected one of low, normal, high, got 'medium'"):
        limits_of("medium")


PARTS = st.tuples(st.floats(0.1, 2), st.sampled_from([STANDS, FALLS, LIES, UNSURE]), st.floats(0, 2))


@given(st.lists(PARTS, max_size=12))
@settings(max_examples=60)
def test_whatever_is_told_the_events_make_sense(parts: list[Part]) -> None:
    states, _ = run(*parts)
    for event in states.events:
        assert event.onset_s <= event.alert_s + 1e-9
        assert event.onset_s <= event.impact_s
        assert event.floor_s >= 0
        assert 0 <= event.peak_probability <= 1
        assert (event.state_after == "recovered") == (event.end_s is not None)
        assert event.end_s is None or event.end_s >= event.onset_s
