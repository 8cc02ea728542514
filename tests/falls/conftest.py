"""A small forest trained on people made of sticks: real files, real classes, seconds to train."""

from pathlib import Path

import pytest
from tests.falls.movements import (
    BENDS,
    FALL_S,
    FALLS,
    FALLS_AND_RISES,
    IMPACT_S,
    LIES_DOWN,
    SITS_DOWN,
    STANDS,
    Actor,
    Key,
    film,
    mirrored,
)

from posespotter.falls.classifier import FallClassifier
from posespotter.falls.training.data import FallClip, Segment
from posespotter.falls.training.examples import Examples, examples_of
from posespotter.falls.training.forest import ForestSettings, Grown, grown, write_forest
from posespotter.poses import PoseSequence

FPS, SECONDS = 25.0, 16.0
SMALL = ForestSettings(trees=15, leaves=40)


def clip_of(name: str, keys: tuple[Key, ...], group: str) -> FallClip:
    """What is true of a film of `keys`."""
    last = round(SECONDS * FPS) - 1
    fall, impact = round(FALL_S * FPS), round(IMPACT_S * FPS)
    if keys in (FALLS, FALLS_AND_RISES):
        up = last if keys is FALLS else round(13.5 * FPS)
        parts = [Segment(0, fall - 1, "normal"), Segment(fall, impact, "fall"), Segment(impact + 1, up, "lying")]
        if up < last:
            parts.append(Segment(up + 1, last, "normal"))
    elif keys is LIES_DOWN:
        down = round(11.0 * FPS)
        parts = [Segment(0, down - 1, "normal"), Segment(down, last, "lying")]
    else:
        parts = [Segment(0, last, "normal")]
    return FallClip(name, Path(f"{name}.mp4"), last + 1, FPS, "sticks", group, "train", tuple(parts))


def clips() -> dict[FallClip, PoseSequence]:
    """Every movement in two rooms, from near and far, to both sides."""
    made = {}
    for room, (height, floor) in {"room 1": (260.0, 420.0), "room 2": (150.0, 330.0)}.items():
        for i, keys in enumerate((STANDS, FALLS, FALLS_AND_RISES, SITS_DOWN, BENDS, LIES_DOWN)):
            for walks in (0.0, 15.0):
                clip = clip_of(f"{room[-1]}_{i}_{walks:.0f}", keys, room)
                poses = film(
                    Actor(keys, floor_px=floor, height_px=height, walks_px_s=walks),
                    seconds=SECONDS,
                    seed=i,
                    noise=0.008,
                )
                made[clip] = mirrored(poses) if walks else poses
    return made


@pytest.fixture(scope="session")
def filmed() -> dict[str, tuple[FallClip, PoseSequence]]:
    return {clip.clip_id: (clip, poses) for clip, poses in clips().items()}


@pytest.fixture(scope="session")
def examples(filmed: dict[str, tuple[FallClip, PoseSequence]]) -> Examples:
    return examples_of([clip for clip, _ in filmed.values()], lambda clip: [filmed[clip.clip_id][1]], copies=1)


@pytest.fixture(scope="session")
def forest(examples: Examples) -> Grown:
    return Grown(grown(examples, SMALL), "sticks")


@pytest.fixture(scope="session")
def forest_file(forest: Grown, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("forest") / "sticks.onnx"
    write_forest(forest.forest, "sticks", path)
    return path


@pytest.fixture(scope="session")
def classifier(forest_file: Path) -> FallClassifier:
    return FallClassifier.load(forest_file)
