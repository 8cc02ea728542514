"""Each source left out in turn: what is grown on what, and which limit is chosen."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from posespotter.errors import InputError
from posespotter.falls.training import protocol as module
from posespotter.falls.training.data import FallClip
from posespotter.falls.training.evaluation import CaughtFall, ClipResult, Evaluation
from posespotter.falls.training.examples import Examples
from posespotter.falls.training.forest import ForestSettings
from posespotter.falls.training.protocol import GRID, chosen_limit, left_out
from posespotter.falls.training.scores import Confusion
from posespotter.poses import PoseSequence

TINY = ForestSettings(trees=3, leaves=20)


def evaluation(caught: int, falls: int, false: int, others: int) -> Evaluation:
    nothing = Confusion.of(*[__import__("numpy").zeros(0, "int32")] * 2)

    def clip(n_falls: int, caught: bool, false: bool) -> ClipResult:
        found = (CaughtFall(1.0, 2.0, 2.5, 0.5),) if caught else ()
        return ClipResult("a", "room", 10.0, n_falls, False, (), found, (5.0,) if false else (), nothing, 1.0)

    clips = [clip(1, i < caught, False) for i in range(falls)] + [clip(0, False, i < false) for i in range(others)]
    return Evaluation("forest", "", tuple(clips))


def curve(*figures: tuple[int, int]) -> dict[float, Evaluation]:
    """Of ten falls and ten other clips, those caught and those with false alarms, limit by limit; then as the last."""
    rows = [*figures, *[figures[-1]] * (len(GRID) - len(figures))]
    return {limit: evaluation(caught, 10, false, 10) for limit, (caught, false) in zip(GRID, rows, strict=True)}


@pytest.mark.parametrize(
    ("miss_cost", "place"),
    [
        (8.0, 0),  # a miss is worth eight false alarms: all are caught
        (2.0, 1),
        (0.1, 3),
    ],
)
def test_the_limit_follows_what_a_miss_costs(miss_cost: float, place: int) -> None:
    one = curve((10, 9), (9, 5), (8, 4), (2, 0), (0, 1))
    assert chosen_limit([one], miss_cost) == GRID[place]


def test_of_several_limits_that_are_as_good_the_middle_one_counts() -> None:
    assert chosen_limit([curve((10, 0))], 2.0) == GRID[len(GRID) // 2]


@pytest.fixture
def three(filmed: dict[str, tuple[FallClip, PoseSequence]], examples: Examples) -> tuple[list[FallClip], Examples]:
    """The clips of two rooms as those of two sources, and of the first room once more as a third."""
    first = [clip for clip, _ in filmed.values() if clip.group == "room 1"]
    second = [clip for clip, _ in filmed.values() if clip.group == "room 2"]
    names = dict(zip(examples.groups, ("a/room", "b/room"), strict=True))
    parts = replace(examples, groups=tuple(names[name] for name in examples.groups))
    again = replace(parts.without(["b"]), groups=("c/room", "b/room"))
    clips = [replace(clip, source=source, group="room") for source, ones in (("a", first), ("b", second), ("c", first))
             for clip in ones]  # fmt: skip
    return clips, Examples.joined([parts, again])


def test_nothing_is_judged_by_who_saw_it(
    three: tuple[list[FallClip], Examples],
    filmed: dict[str, tuple[FallClip, PoseSequence]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clips, examples = three
    grown_on: list[set[str]] = []
    judged: list[tuple[set[str], set[str]]] = []
    grow, curves = module.grown, module.curve_of

    def noted(some: Examples, settings: ForestSettings) -> object:
        grown_on.append({some.groups[i][0] for i in set(some.group.tolist())})
        return grow(some, settings)

    def noted_curve(some: Iterable[FallClip], *rest: object) -> object:
        judged.append((grown_on[-1], {clip.source for clip in some}))
        return curves(some, *rest)

    monkeypatch.setattr(module, "grown", noted)
    monkeypatch.setattr(module, "curve_of", noted_curve)
    done: list[tuple[int, int]] = []
    rounds = left_out(
        clips, lambda clip: filmed[clip.clip_id][1], examples, TINY, progress=lambda *told: done.append(told)
    )
    assert [one.source for one in rounds] == ["a", "b", "c"]
    assert all(not saw & asked for saw, asked in judged)
    assert sorted(map(len, grown_on)) == [1, 1, 1, 2, 2, 2]
    assert done == [(i, 6) for i in range(6)]
    for one in rounds:
        assert one.limit in GRID
        assert {clip.clip_id for clip in one.evaluation.clips} == {c.clip_id for c in clips if c.source == one.source}


def test_one_source_cannot_be_left_out(examples: Examples) -> None:
    clip = FallClip("a", Path("a.mp4"), 10, 25.0, "a", "room", "", ())
    with pytest.raises(InputError, match="at least two sources, people or rooms"):
        left_out([clip], lambda _: None, examples, TINY)
