"""Would other clips have chosen the constants of counting? Each varied over a grid, each source left out in turn.

    python benchmarks/counting_choices.py [--constants NAME...] [--rules] [--everyday DIR...] [--json FILE]

A clip is right when all eight exercise files count what is true of it (counting_clips.py). For every constant: how many
clips are right at each value of its grid; and, for each source, the value with the largest mean share of right clips
over all *other* sources (of equal ones the one in use), with which the clips of the source itself are then counted. A
constant that can be switched off without a clip that turns wrong brings nothing. `--rules` leaves out each
`[[require]]` of each exercise file and scales each least change instead. `--everyday` adds poses of people who do no
exercise, one parquet file a clip: how much is counted there is told beside.
"""

import argparse
import importlib
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from counting_clips import Clip, captured, drawn, filmed

from posespotter.exercises import exercise_names, load_exercise
from posespotter.exercises.analyze import _counted
from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.exercises.measures import Moves, Plane
from posespotter.exercises.person import Person, people_of
from posespotter.kinematics.joint_angles import world_source
from posespotter.kinematics.lifting import lifted
from posespotter.poses import PoseSequence

Stage = Literal["people", "measures", "counting"]
"""Where a constant is used first; what comes before is worked out once for all of its values."""

PACKAGES = ("posespotter.exercises", "posespotter.kinematics")
FAR = 1e9


@dataclass(frozen=True)
class Constant:
    """A number of the code, and what else it could be; `off` is the value at which it does nothing."""

    module: str
    name: str
    grid: tuple[float, ...]
    off: float | None = None
    used_in: Stage = "counting"


def _constants() -> Iterator[Constant]:
    for name, off, *grid in (
        ("_SEEN_SHARE", 0.0, 0.4, 0.8), ("_MEASURABLE_SHARE", 0.0, 0.05, 0.3), ("_LEADS_SHARE", 0.0, 0.7, 1.0),
        ("_AGREE", 0.0, 1, 3), ("_OUTLIERS", 0.0, 2, 10), ("_CUT_S", 0.0, 0.15, 0.6), ("_REST_S", 0.0, 0.25, 1.0),
        ("_AROUND_S", 0.0, 0.05, 0.2),
    ):  # fmt: skip
        yield Constant("posespotter.exercises.counting", name, tuple(grid), off)
    for name, off, *grid in (
        ("HYSTERESIS", 0.0, 0.2, 0.3, 0.6, 0.8), ("OWN_SHARE", 0.0, 0.08, 0.22, 0.3),
        ("RETURN_SHARE", 0.0, 0.4, 0.5, 0.8), ("_AT_REST", 0.0, 0.05, 0.2), ("_STAYS", 1.0, 0.15, 0.5),
    ):  # fmt: skip
        yield Constant("posespotter.exercises.phases", name, tuple(grid), off)
    for name, off, *grid in (
        ("_FLAT_FROM", None, 0.7, 0.9), ("_FLAT_FULLY", None, 0.88, 0.99), ("_TURNED", 0.0, 0.3, 0.7),
        ("_BOTH_UNTIL", None, 0.3, 0.7), ("_ONE_FROM", None, 0.51, 0.9), ("_FAR_WEIGHT", 1.0, 0.1, 1e-6),
        ("_YAW_WINDOW_S", 0.0, 0.5, 2.0), ("_FALLS_S", None, 0.1, 0.3), ("_STANDS", 0.0, 0.05, 0.2),
    ):  # fmt: skip
        yield Constant("posespotter.exercises.measures", name, tuple(grid), off, "measures")
    for name, off, *grid in (("JOINT", 0.0, 0.005, 0.02), ("_BACK", 0.0, 0.08, 0.3)):
        yield Constant("posespotter.exercises.geometric_errors", name, tuple(grid), off)
    for module, name, off, *grid in (
        ("stretches", "_FASTEST", FAR, 2.0, 5.0),
        ("stretches", "_LEAST_JUMP", 0.0, 0.06, 0.24),
        ("stretches", "_TURN_DEG", FAR, 40, 90),
        ("stretches", "_TURN_S", None, 0.25, 1.0),
        ("stretches", "_UPRIGHT_TRUNK", -FAR, 0.1, 0.25),
        ("stretches", "_ZOOM", FAR, 1.15, 1.5),
        ("stretches", "_ZOOM_SHARE", None, 0.6, 0.9),
        ("stretches", "_ZOOM_S", None, 0.15, 0.4),
        ("stretches", "_LIMB", 0.0, 0.04, 0.12),
        ("stretches", "_ONE_CUT_S", 0.0, 0.25, 1.0),
        ("stretches", "_STANDS_OUT", FAR, 1.2, 2.5),
        ("stretches", "_SETTLING", 0, 1, 4),
        ("stretches", "MAX_GAP_S", None, 0.5, 2.0),
        ("body", "SEEN_SCORE", 0.0, 0.15, 0.2, 0.4, 0.5),
        ("body", "CUTOFF_HZ", FAR, 2.0, 5.0),
        ("body", "MAX_GAP_S", 0.0, 0.2, 0.8),
        ("body", "_STRETCHED", FAR, 1.15, 1.6),
        ("body", "_LONGEST_FOOT", FAR, 0.2, 0.35),
        ("tilt", "_AGREE_DEG", 0.0, 3.0, 12.0),
        ("tilt", "_MOST_DEG", 0.0, 15.0, 45.0),
        ("tilt", "_STANDS", None, 0.35, 0.47),
        ("tilt", "_STRAIGHT_DEG", None, 10.0, 30.0),
        ("tilt", "_WIDE", None, 0.04, 0.12),
        ("tilt", "_FEWEST_S", None, 0.1, 1.0),
        ("tilt", "_TOE_UP_DEG", 0.0, 2.5, 10.0),
        ("view", "FRONT_WITHIN_DEG", None, 20.0, 40.0),
        ("view", "SIDE_WITHIN_DEG", None, 20.0, 40.0),
    ):  # fmt: skip
        yield Constant(f"posespotter.kinematics.{module}", name, tuple(grid), off, "people")


@contextmanager
def set_to(constant: Constant, value: float) -> Iterator[None]:
    """The constant with another value, wherever it was imported."""
    home = importlib.import_module(constant.module)
    now = getattr(home, constant.name)
    holders = [home]
    if not constant.name.startswith("_"):
        holders += [
            one
            for name, one in sys.modules.items()
            if name.startswith(PACKAGES) and one is not home and getattr(one, constant.name, None) is now
        ]
    for one in holders:
        setattr(one, constant.name, type(now)(value) if value in (FAR, -FAR) or isinstance(now, float) else value)
    try:
        yield
    finally:
        for one in holders:
            setattr(one, constant.name, now)


@dataclass(eq=False)
class Counter:
    """Counts all clips by all exercise files; what does not depend on a constant is worked out once."""

    clips: list[Clip]
    people: dict[int, list[Person]] = field(default_factory=dict)
    moves: dict[tuple[int, str], list[list[Moves]]] = field(default_factory=dict)

    def of(
        self, poses: PoseSequence, definitions: list[ExerciseDefinition], stage: Stage = "counting"
    ) -> dict[str, int]:
        """The count of each exercise file, worked out anew from `stage` on."""
        people = self._people(poses) if stage != "people" else people_of(poses, None)
        found = {}
        for one in definitions:
            anew = stage != "counting"
            moves = _moves(poses, people, one.plane) if anew else self._moves(poses, people, one.plane)
            found[one.name] = max((sum(len(_counted(m, one).repetitions) for m in parts) for parts in moves), default=0)
        return found

    def _people(self, poses: PoseSequence) -> list[Person]:
        if id(poses) not in self.people:
            self.people[id(poses)] = people_of(poses, None)
        return self.people[id(poses)]

    def _moves(self, poses: PoseSequence, people: list[Person], plane: Plane) -> list[list[Moves]]:
        if (id(poses), plane) not in self.moves:
            self.moves[id(poses), plane] = _moves(poses, people, plane)
        return self.moves[id(poses), plane]

    def right(self, stage: Stage = "counting", definitions: list[ExerciseDefinition] | None = None) -> list[bool]:
        """Of each clip whether every exercise file counts what is true."""
        files = definitions or shipped()
        return [
            not any(clip.wrong(name, n) for name, n in self.of(clip.poses, files, stage).items()) for clip in self.clips
        ]


def _moves(poses: PoseSequence, people: list[Person], plane: Plane) -> list[list[Moves]]:
    source = world_source(poses)
    return [[Moves(body, plane, None, source) for body in person.bodies] for person in people]


@cache
def _shipped() -> tuple[ExerciseDefinition, ...]:
    return tuple(load_exercise(name) for name in exercise_names())


def shipped() -> list[ExerciseDefinition]:
    return list(_shipped())


def left_out(clips: list[Clip], right: dict[float, list[bool]], used: float) -> tuple[int, dict[str, float]]:
    """Right clips when each source is counted with the value that the others choose, and those values."""
    by_source: dict[str, list[int]] = defaultdict(list)
    for i, clip in enumerate(clips):
        by_source[clip.source].append(i)
    share = {
        value: {source: sum(found[i] for i in rows) / len(rows) for source, rows in by_source.items()}
        for value, found in right.items()
    }
    total, picks = 0, {}
    for source, rows in by_source.items():
        others = [one for one in by_source if one != source]
        best = max(right, key=lambda value: (round(sum(share[value][one] for one in others), 9), value == used))
        picks[source] = best
        total += sum(right[best][i] for i in rows)
    return total, picks


def constants(counter: Counter, wanted: list[str], told: Callable[[dict[str, Any]], None]) -> None:
    """One row a constant."""
    usual = counter.right()
    for constant in _constants():
        if wanted and constant.name not in wanted:
            continue
        used = float(getattr(importlib.import_module(constant.module), constant.name))
        grid = [*constant.grid, *([] if constant.off is None else [float(constant.off)])]
        right = {used: usual}
        for value in grid:
            with set_to(constant, value):
                right[float(value)] = counter.right(constant.used_in)
        total, picks = left_out(counter.clips, right, used)
        told(
            {
                "constant": f"{constant.module.split('.')[-1]}.{constant.name}",
                "used": used,
                "off": constant.off,
                "right": {value: sum(found) for value, found in sorted(right.items())},
                "left out": total,
                "chosen otherwise": {source: value for source, value in picks.items() if value != used},
                "lost when off": []
                if constant.off is None
                else [
                    clip.name
                    for clip, a, b in zip(counter.clips, usual, right[float(constant.off)], strict=True)
                    if a and not b
                ],
            }
        )


def rules(counter: Counter, everyday: list[PoseSequence], told: Callable[[dict[str, Any]], None]) -> None:
    """One row a rule left out, or a least change that is scaled."""
    usual = counter.right()
    files = shipped()

    def row(number: int, what: str, changed: ExerciseDefinition) -> None:
        now = [changed if i == number else one for i, one in enumerate(files)]
        found = counter.right(definitions=now)
        elsewhere = [sum(counter.of(poses, [one])[one.name] for poses in everyday) for one in (files[number], changed)]
        told(
            {
                "file": changed.name,
                "rule": what,
                "right": [sum(usual), sum(found)],
                "lost": [c.name for c, a, b in zip(counter.clips, usual, found, strict=True) if a and not b],
                "won": [c.name for c, a, b in zip(counter.clips, usual, found, strict=True) if b and not a],
                "everyday": elsewhere,
            }
        )

    for number, one in enumerate(files):
        for i, rule in enumerate(one.require):
            rest = (*one.require[:i], *one.require[i + 1 :])
            row(number, f"without {rule.measure} at {rule.at}", one.model_copy(update={"require": rest}))
        for i, signal in enumerate(one.signal):
            for factor in (0.7, 1.4):
                changed = signal.model_copy(update={"change": signal.change * factor})
                now = (*one.signal[:i], changed, *one.signal[i + 1 :])
                row(number, f"{signal.measure} x {factor}", one.model_copy(update={"signal": now}))
            if len(one.signal) > 1:
                now = (*one.signal[:i], *one.signal[i + 1 :])
                row(number, f"without signal {signal.measure}", one.model_copy(update={"signal": now}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--constants", nargs="*", default=[])
    parser.add_argument("--rules", action="store_true")
    parser.add_argument("--everyday", type=Path, nargs="*", default=[])
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    clips = filmed() + captured(1) + drawn()
    counter = Counter(clips)
    rows: list[dict[str, Any]] = []

    def told(row: dict[str, Any]) -> None:
        rows.append(row)
        print(json.dumps(row), flush=True)
        if asked.json:
            asked.json.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")

    usual = counter.right()
    print(f"{sum(usual)} of {len(usual)} clips right, {len({clip.source for clip in clips})} sources")
    print("wrong:", [clip.name for clip, fine in zip(clips, usual, strict=True) if not fine], flush=True)
    if asked.rules:
        files = sorted(file for folder in asked.everyday for file in folder.glob("*.parquet"))
        everyday = [lifted(PoseSequence.from_parquet(file)) for file in files]
        rules(counter, everyday, told)
    else:
        constants(counter, asked.constants, told)


if __name__ == "__main__":
    main()
