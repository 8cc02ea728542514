"""Clips with known counts, by where they come from: people's videos, motion capture seen by cameras, drawn figures.

Every source is left out in turn when constants of counting are chosen (counting_choices.py), and every clip is changed
in ways that leave its count as it is (counting_changes.py).
"""

import csv
import sys
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from common import ROOT, shared_folder
from exercise_counts import FILE_OF, poses_of
from mocap_clips import Episode, episodes, held, joined, seen_by_model

from posespotter.estimation.options import DEFAULT_POSE
from posespotter.exercises import exercise_names
from posespotter.exercises.analyze import analyze_all
from posespotter.kinematics.lifting import lifted
from posespotter.poses import PoseSequence
from posespotter.synthetic.camera import film
from posespotter.synthetic.figure import squat

sys.path.insert(0, str(ROOT))
from tests.exercises import movements

NEAR_MISSES = {
    "sit_to_stand": frozenset({"squat"}),
    "side_lunge": frozenset({"squat", "lunge"}),
    "stoop": frozenset({"deadlift"}),
}
"""Movements that hold so much of an exercise that any count is right; so it is of wrong ones, which may fall short."""

UP = 0.9
"""Of the greatest height of the hips: who is lower has begun already."""

CAPTURED = {
    "deep_squat": "squat",
    "inline_lunge": "lunge",
    "hurdle_step": "",
    "side_lunge": "",
    "sit_to_stand": "",
    "straight_leg_raise": "",
}
YAWS = (0.0, 45.0, 90.0, -135.0, -90.0, 180.0, -45.0, 135.0)
EACH = 4
"""Repetitions in a row."""


@dataclass(frozen=True, eq=False)
class Clip:
    """One clip.

    Attributes:
        source: who filmed it, `mocap` or `figures`.
        name: of the file, or movement, person and view.
        poses: with joints in metres, as the command line analyses them.
        truth: complete repetitions by exercise; 0 for all that are not named.
        either: exercises of which any count is right.
    """

    source: str
    name: str
    poses: PoseSequence
    truth: dict[str, int]
    either: frozenset[str] = frozenset()

    def wrong(self, name: str, count: int) -> int:
        """By how many a count is off."""
        return 0 if name in self.either else abs(count - self.truth.get(name, 0))


def filmed(pose: str = DEFAULT_POSE) -> list[Clip]:
    """The clips of ../shared/data/exercise and exercise_more."""
    clips = []
    for folder in ("exercise", "exercise_more"):
        place = shared_folder() / "data" / folder
        for row in csv.DictReader((place / "clips.csv").read_text("utf-8").splitlines()):
            own = FILE_OF.get(row["exercise"], row["exercise"].replace(" ", "-"))
            truth = {own: int(row["repetitions"])} if own else {}
            poses = lifted(poses_of(place / row["file"], pose))
            clips.append(Clip(row["source"].split("/")[0], Path(row["file"]).stem, poses, truth))
    return clips


def captured(views: int = 2) -> list[Clip]:
    """Each movement of each of ten people, repeated in a row, right or wrong, from `views` of eight sides."""
    folder, clips, number = shared_folder() / "data" / "mocap", [], 0
    for movement, own in CAPTURED.items():
        known = [one for one in episodes(folder / f"uiprmd_{movement}.npz") if begins_and_ends_up(one)]
        for (subject, correct), some in groupby(known, lambda one: (one.subject, one.correct)):
            row = list(some)[:EACH]
            either = NEAR_MISSES.get(movement, frozenset()) | (frozenset() if correct else {own})
            for _ in range(views):
                yaw = YAWS[5 * number % len(YAWS)]  # people, movements and views do not go in step
                poses = lifted(seen_by_model(held(joined(row, between_s=0.6)), yaw, seed=number))
                name = f"{movement} {subject} {'right' if correct else 'wrong'} {yaw:g}"
                clips.append(Clip("mocap", name, poses, {own: len(row)} if own else {}, either))
                number += 1
    return clips


def drawn() -> list[Clip]:
    """Figures of the tests that do each exercise or none, with 1 % of chance on every joint, from several sides."""
    exercises = {
        "biceps-curl": movements.curl(), "deadlift": movements.deadlift(), "lateral-raise": movements.lateral_raise(),
        "lunge": movements.lunge(), "push-up": movements.push_up(), "shoulder-press": movements.press(),
        "sit-up": movements.sit_up(), "squat": squat(),
    }  # fmt: skip
    frontal = {"lateral-raise", "shoulder-press"}
    shown = [(name, figure, (0.0, 180.0) if name in frontal else (90.0, -90.0)) for name, figure in exercises.items()]
    shown += [("", figure, (0.0, 45.0, 90.0)) for figure in movements.others()]
    return [
        Clip(
            "figures",
            f"{figure.name} {yaw:g}",
            lifted(replace(film(figure, yaw_deg=yaw, noise=0.01, seed=number), world=None)),
            {name: figure.repetitions} if name else {},
            NEAR_MISSES.get(figure.name, frozenset()),
        )
        for number, (name, figure, yaws) in enumerate(shown)
        for yaw in yaws
    ]


def begins_and_ends_up(episode: Episode) -> bool:
    """Whether the hips are up at both ends; some recordings begin in the movement."""
    up = (episode.joints["left_hip"] + episode.joints["right_hip"])[:, 2] / 2
    return bool(min(up[0], up[-1]) >= UP * up.max())


def counts(poses: PoseSequence) -> dict[str, int]:
    """What every exercise file counts."""
    return {name: max(one.count for one in analyze_all(poses, name)) for name in exercise_names()}
