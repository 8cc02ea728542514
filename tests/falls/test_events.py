"""The state machine, told by hand what the classifier says: fifteen moments a second."""

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
    LOST_S,
    RECOVERED,
    UPRIGHT,
    Alarms,
    Limits,
    Moment,
    PersonStates,
    limits_of,
)

RATE = 15
STANDS, FALLS, LIES = (0.98, 0.01, 0.01), (0.05, 0.9, 0.05), (0.05, 0.05, 0.9)
UNSURE = (0.8, 0.1, 0.1)
LIMIT = Limits(
    fall=0.3, low=0.5, lying=0.3, wait_s=1.0, sure=0.95, lost_fall=0.3, lost_low=0.4, lost_sinking=1.0, fastest=0.6
)  # fmt: skip
Part = tuple[float, tuple[float, float, float], float]


def told(*parts: Part, **every: object) -> list[Moment]:
    """Moments of parts (seconds, probabilities, downward speed of the head)."""
    rows = [part for part in parts for _ in range(round(part[0] * RATE))]
    found = []
    for i, (_, probabilities, sinking) in enumerate(rows):
        fastest = max(row[2] for row in rows[max(0, i - 45) : i + 1])
        flags = (False, False, False)
        moment = Moment(i / RATE, i / RATE, 1, probabilities, sinking, fastest, 1.0, (100.0, 100.0), 150.0, *flags)
        found.append(replace(moment, **every))
    return found


def run(*parts: Part, **every: object) -> tuple[PersonStates, list[int]]:
    states = PersonStates(LIMIT)
    seen = []
    for moment in told(*parts, **every):
        states.step(moment)
        seen.append(states.state)
    return states, [state for state, _ in itertools.groupby(seen)]


FALL: tuple[Part, ...] = ((3.0, STANDS, 0.0), (0.8, FALLS, 1.5))


@pytest.mark.parametrize(
    ("parts", "path", "ends"),
    [
        ([(5.0, STANDS, 0.0)], [UPRIGHT], []),
        ([*FALL, (5.0, LIES, 0.0)], [UPRIGHT, FALLING, DOWN], [None]),
        ([*FALL, (2.0, LIES, 0.0), (6.0, STANDS, 0.0)], [UPRIGHT, FALLING, DOWN, RECOVERED, UPRIGHT], [5.9]),
        # Stumbles: looks like falling for a moment, and stands.
        ([(3.0, STANDS, 0.0), (0.3, FALLS, 1.5), (4.0, STANDS, 0.0)], [UPRIGHT, FALLING, UPRIGHT], []),
        # A single wrong moment is averaged away.
        ([(3.0, STANDS, 0.0), (1 / 15, FALLS, 1.5), (4.0, STANDS, 0.0)], [UPRIGHT], []),
        # Lies down on purpose: never fell.
        ([(3.0, STANDS, 0.0), (2.0, (0.5, 0.1, 0.4), 0.3), (5.0, LIES, 0.0)], [UPRIGHT], []),
        # Looks like falling, but so slowly that it is on purpose.
        ([(3.0, STANDS, 0.0), (0.8, FALLS, 0.4), (5.0, LIES, 0.0)], [UPRIGHT, FALLING, UPRIGHT], []),
        # Keeps falling without ever lying: after a second that is enough.
        ([(3.0, STANDS, 0.0), (2.5, FALLS, 1.5)], [UPRIGHT, FALLING, DOWN], [None]),
        # Falls twice.
        (
            [*FALL, (2.0, LIES, 0.0), (5.0, STANDS, 0.0), (0.8, FALLS, 1.5), (3.0, LIES, 0.0)],
            [UPRIGHT, FALLING, DOWN, RECOVERED, UPRIGHT, FALLING, DOWN],
            [5.9, None],
        ),
    ],
)
def test_states(parts: list[Part], path: list[int], ends: list[float | None]) -> None:
    states, seen = run(*parts)
    assert seen == path
    assert [event.end_s for event in states.events] == [end and pytest.approx(end, abs=0.35) for end in ends]


@pytest.mark.parametrize(("height", "state_after"), [(1.0, "recovered"), (0.7, "recovered"), (0.5, "down")])
def test_who_does_not_raise_the_head_is_not_up(height: float, state_after: str) -> None:
    """Whoever lies along the line of sight may look like standing further away."""
    states, _ = run(*FALL, (2.0, LIES, 0.0), (6.0, STANDS, 0.0), height=height)
    assert [event.state_after for event in states.events] == [state_after]


def test_times_of_a_fall() -> None:
    (event,) = run(*FALL, (5.0, LIES, 0.0))[0].events
    assert event.onset_s == pytest.approx(3.1, abs=0.15)
    assert event.impact_s == pytest.approx(3.8, abs=0.1)
    assert event.onset_s < event.alert_s < 4.3
    assert event.peak_probability == pytest.approx(0.9, abs=0.02)
    assert (event.kind, event.state_after) == ("fall", "down")


@pytest.mark.parametrize(
    ("parts", "every", "falls"),
    [
        ([(3.0, STANDS, 0.0), (0.3, FALLS, 1.5)], {}, 1),
        ([(3.0, STANDS, 0.0), (0.3, FALLS, 0.8)], {}, 1),
        ([(3.0, STANDS, 0.0), (0.3, FALLS, 0.8)], {"leaving": True}, 0),
        ([(3.0, STANDS, 0.0), (0.3, FALLS, 1.5)], {"leaving": True}, 1),  # nobody leaves sinking like that
        ([(3.0, STANDS, 0.0), (0.3, FALLS, 1.5)], {"leaving": True, "left": True}, 0),
        ([(3.0, STANDS, 0.0), (0.3, FALLS, 1.5)], {"resting": True}, 0),
        ([(3.0, STANDS, 0.0), (0.3, FALLS, 0.3)], {}, 0),  # not fast
        ([(3.0, STANDS, 0.0)], {}, 0),
        ([(3.0, STANDS, 0.0), (0.3, LIES, 0.8)], {}, 0),  # nothing of a fall was seen
        ([(3.0, STANDS, 0.0), (0.2, UNSURE, 1.5)], {}, 1),  # too fast for the probabilities
        ([(3.0, STANDS, 0.0), (0.2, UNSURE, 0.8)], {}, 0),
        ([(3.0, STANDS, 0.0), (0.2, UNSURE, 1.5)], {"leaving": True}, 0),
        ([(3.0, STANDS, 0.0), (0.07, UNSURE, 0.5), (0.07, UNSURE, 1.0)], {}, 1),  # speeding up as people who fall do
        ([(3.0, STANDS, 0.0), (0.07, UNSURE, 0.8), (0.07, UNSURE, 1.5)], {}, 0),  # faster than a stone falls
        ([(3.0, STANDS, 0.0), (0.2, STANDS, 1.5)], {}, 0),  # joints that jump
    ],
)
def test_who_vanishes(parts: list[Part], every: dict[str, bool], falls: int) -> None:
    states, _ = run(*parts, **every)
    last_s = sum(part[0] for part in parts)
    raised = states.lost(last_s + LOST_S)
    assert len(raised) == len(states.events) == falls
    if falls:
        assert states.state == DOWN
        assert states.events[0].alert_s == pytest.approx(last_s + LOST_S)


def test_a_bed_keeps_the_alarm_quiet_as_long_as_the_person_is_in_it() -> None:
    assert run(*FALL, (5.0, LIES, 0.0), resting=True)[0].events == []


@pytest.mark.parametrize(
    ("place", "seconds_later", "alarms"),
    [((120.0, 100.0), 1.0, 1), ((400.0, 100.0), 1.0, 2), ((120.0, 100.0), 30.0, 2)],
)
def test_one_fall_one_alarm(place: tuple[float, float], seconds_later: float, alarms: int) -> None:
    one, _ = run(*FALL, (2.0, LIES, 0.0))
    other = PersonStates(LIMIT)
    for moment in told(*FALL, (2.0, LIES, 0.0)):
        shift = moment.time_s + seconds_later
        other.step(replace(moment, time_s=shift, told_s=shift, place=place, track_id=2))
    assert len(Alarms().admit([*one.falls, *other.falls])) == alarms
    assert len(other.events) == alarms - 1


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 3)), min_size=1, max_size=120))
@settings(max_examples=100)
def test_laws(steps: list[tuple[float, float, float]]) -> None:
    parts: list[Part] = [(1 / RATE, (1 - max(f, y), f / 2, max(f, y) - f / 2), s) for f, y, s in steps]
    states, _ = run(*parts)
    for event in states.events:
        assert event.onset_s <= event.impact_s
        assert event.onset_s <= event.alert_s
        assert event.end_s is None or event.end_s >= event.alert_s - 1
        assert (event.end_s is None) == (event.state_after == "down")
        assert 0 <= event.peak_probability <= 1


def test_sensitivities_are_ordered() -> None:
    low, normal, high = (LIMITS[name] for name in ("low", "normal", "high"))
    for name in ("fall", "low", "lying", "sure", "lost_fall", "lost_low", "lost_sinking", "fastest"):
        assert getattr(low, name) >= getattr(normal, name) >= getattr(high, name)
    with pytest.raises(SettingsError, match="expected one of low, normal, high, got 'medium'"):
        limits_of("medium")
