"""Would other clips have chosen the constants of counting? Each halved and doubled, each source left out in turn.

    python benchmarks/counting_choices.py [--constants NAME...] [--rules] [--everyday DIR...] [--json FILE]

A clip is right when all eight exercise files count what is true of it (counting_clips.py). For every constant: how many
clips are right at half of it, twice as much, and without it, and which sources lose one; and, for each source, the
value with the largest mean share of right clips over all *other* sources (of equal ones the one in use), with which the
clips of the source itself are then counted. A constant that can be switched off without a clip that turns wrong brings
nothing. `--rules` leaves out each `[[require]]` of each exercise file and scales each least change instead.
`--everyday` adds poses of people who do no exercise, one parquet file a clip: how much is counted there is told beside.
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
from typing import Any, Literal, cast

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
    """A number of the code; `off` is the value at which it does nothing, and `stage` where it is used first."""

    module: str
    name: str
    off: float | None = None
    stage: Stage = "counting"

    @property
    def used(self) -> float:
        """The value in use."""
        return float(getattr(importlib.import_module(self.module), self.name))

    @property
    def others(self) -> list[float]:
        """Half of it, twice as much (of shares at most all), and the value at which it does nothing."""
        double = min(2 * self.used, 1.0) if self.used < 1 else 2 * self.used
        return [one for one in (self.used / 2, double, self.off) if one is not None]


def _constants() -> Iterator[Constant]:
    for module, stage, names in (
        ("exercises.counting", "counting", {
            "_SEEN_SHARE": 0.0, "_LEADS_SHARE": 0.0, "_AGREE": 0.0, "_OUTLIERS": 0.0,
            "_REST_S": 0.0, "_AROUND_S": 0.0,
        }),
        ("exercises.phases", "counting", {
            "HYSTERESIS": 0.0, "OWN_SHARE": 0.0, "RETURN_SHARE": 0.0, "_AT_REST": 0.0, "_STAYS": 1.0,
        }),
        ("exercises.geometric_errors", "counting", {"_JOINT": 0.0, "_BACK": 0.0}),
        ("exercises.measures", "measures", {
            "_TURNED": 0.0, "_BOTH_UNTIL": None, "_ONE_FROM": None, "_FAR_WEIGHT": 1.0, "_YAW_WINDOW_S": 0.0,
            "_FALLS_S": None, "_STANDS": 0.0, "_OUTLIERS": 0.0,
        }),
        ("kinematics.stretches", "people", {
            "_FASTEST": FAR, "_LEAST_JUMP": 0.0, "_TURN_DEG": FAR, "_TURN_S": None, "_UPRIGHT_TRUNK": -FAR,
            "_ZOOM": FAR, "_ZOOM_SHARE": None, "_ZOOM_S": None, "_LIMB": 0.0, "_ONE_CUT_S": 0.0, "_STANDS_OUT": FAR,
            "_SETTLING": 0.0, "MAX_GAP_S": None,
        }),
        ("kinematics.body", "people", {
            "CUTOFF_HZ": FAR, "MAX_GAP_S": 0.0, "_STRETCHED": FAR, "_LONGEST_FOOT": FAR,
        }),
        ("skeletons", "people", {"SEEN_SCORE": 0.0}),
        ("kinematics.tilt", "people", {
            "_AGREE_DEG": 0.0, "_MOST_DEG": 0.0, "_STANDS": None, "_STRAIGHT_DEG": None, "_WIDE": None,
            "_FEWEST_S": None, "_TOE_UP_DEG": 0.0,
        }),
        ("kinematics.view", "people", {"FRONT_WITHIN_DEG": None, "SIDE_WITHIN_DEG": None}),
    ):  # fmt: skip
        for name, off in names.items():
            yield Constant(f"posespotter.{module}", name, off, cast("Stage", stage))


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
        setattr(one, constant.name, round(value) if isinstance(now, int) and value not in (FAR, -FAR) else value)
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
        if wanted and not {constant.name, constant.stage} & set(wanted):
            continue
        used = constant.used
        right = {used: usual}
        for value in constant.others:
            with set_to(constant, value):
                right[value] = counter.right(constant.stage)
        total, picks = left_out(counter.clips, right, used)
        told(
            {
                "constant": f"{constant.module.split('.')[-1]}.{constant.name}",
                "used": used,
                "off": constant.off,
                "right": {value: sum(found) for value, found in sorted(right.items())},
                "left out": total,
                "lost": {
                    value: sorted(
                        {c.source for c, a, b in zip(counter.clips, usual, found, strict=True) if a and not b}
                    )
                    for value, found in right.items()
                    if value != used
                },
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


def _lost(clips: list[Clip], usual: list[bool], found: list[bool]) -> list[str]:
    """The sources of clips that turn wrong."""
    return sorted({clip.source for clip, a, b in zip(clips, usual, found, strict=True) if a and not b})


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
    parser.add_argument("--constants", nargs="*", default=[], help="names, or stages: people, measures, counting")
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
