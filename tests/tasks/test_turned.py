"""A picture that was to be turned: who says so, and who hears of it."""

from contextlib import ExitStack
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from tests.painted import PaintedSource, always, standing
from tests.poses.test_sequence import row

from posespotter.errors import InputError
from posespotter.estimation.estimator import Estimate, Timings
from posespotter.media import Frame, open_source
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17
from posespotter.tasks.estimate import add_overlay, estimate
from posespotter.tasks.inputs import open_input
from posespotter.tasks.turned import Unseen, estimate_turned, hint_of_pose, turn_with_people

NOBODY, BARELY, SOMEBODY = (
    SimpleNamespace(joints=SimpleNamespace(scores=np.array(scores).reshape(-1, 17)))
    for scores in ([], [0.3] * 17, [0.9] * 17)
)


def sequence(frames=(), n_frames=100, score=0.9):
    rows = [row(k, 1) | {"scores": np.full(17, score)} for k in frames]
    return PoseSequence.from_rows(rows, COCO17, frame_size=(64, 48), fps=30.0, n_frames=n_frames)


class UprightEstimator:
    """Sees a person where the brightest edge of the picture, the head, is at the top."""

    def __init__(self, *, found=(), score=0.9, **changes):
        self.found, self.score, self.changes = found, score, changes
        self.looked_at = 0

    def run(self, source, *, progress=None, sink=None, checkpoints=None):
        frames = list(source)
        for frame in frames:
            sink(frame, SOMEBODY if frame.index in self.found else NOBODY)
        return replace(Estimate(sequence(self.found, len(frames)), Timings()), **self.changes)

    def estimate_image(self, image):
        self.looked_at += 1
        edges = [image[:8].mean(), image[-8:].mean(), image[:, :8].mean(), image[:, -8:].mean()]
        return sequence([0] if np.argmax(edges) == 0 and max(edges) > 100 else [], 1, self.score)


def picture(head):
    """Dark, with the head at one edge."""
    image = np.zeros((48, 64, 3), np.uint8)
    edges = {"top": np.s_[:8], "bottom": np.s_[-8:], "left": np.s_[:, :8], "right": np.s_[:, -8:], "nowhere": np.s_[:0]}
    image[edges[head]] = 255
    return image


@pytest.mark.parametrize(("head", "turn"), [("left", 90), ("bottom", 180), ("right", 270), ("nowhere", 0)])
def test_the_turn_that_shows_people(head, turn):
    assert turn_with_people([picture(head)] * 4, UprightEstimator()) == turn
    assert turn_with_people([picture(head)] * 2 + [picture("nowhere")] * 2, UprightEstimator()) == 0  # too few of them
    assert turn_with_people([picture(head)], UprightEstimator(score=0.3)) == 0  # hardly a person


class Pictures(PaintedSource):
    def __init__(self, head, n=40):
        super().__init__(always(standing(200)), n, 30)
        self._image = picture(head)

    def __iter__(self):
        for index in range(40):
            yield Frame(index, index / 30, self._image.copy())


def test_a_hint_where_nobody_is_found_as_it_is():
    result = estimate_turned(UprightEstimator(), Pictures("bottom"), 0)
    (warning,) = result.warnings
    assert warning.startswith("nobody was found, but people are seen in the picture turned by 180 degrees")
    assert warning.endswith("try --rotate 180.")
    assert "rotate" not in result.poses.settings


def test_a_hint_where_it_was_turned_the_wrong_way():
    result = estimate_turned(UprightEstimator(), Pictures("left"), 270)
    assert result.warnings[0].endswith("leave --rotate out.")
    assert result.poses.settings["rotate"] == 270


@pytest.mark.parametrize(
    "options", [{"found": range(40)}, {"found": range(10, 20)}, {"stopped_early": True}, {"error": "the disk is full"}]
)
def test_no_other_turn_is_looked_at_without_need(options):
    estimator = UprightEstimator(**options)
    assert estimate_turned(estimator, Pictures("bottom"), 0).warnings == []
    assert estimator.looked_at == 0


def test_a_few_pictures_of_any_length():
    unseen = Unseen()
    for second in range(5000):
        image = np.full((48, 64, 3), second // 20, np.uint8)
        unseen.add(Frame(second, float(second), image), SOMEBODY if second > 4000 else NOBODY)
    found = [int(image.mean()) * 20 for image in unseen.images()]
    assert 3 <= len(found) <= 5
    assert found[0] < 1000
    assert found[-1] > 2000


def people(lean_deg, n=60):
    """Somebody whose trunk leans by this much, clockwise from upright."""
    lean = np.radians(np.broadcast_to(lean_deg, n))
    up = np.stack([np.sin(lean), -np.cos(lean)], axis=1)
    rows = []
    for k in range(n):
        joints = np.full((17, 2), 30.0)
        for name in ("left_shoulder", "right_shoulder"):
            joints[COCO17.index(name)] += 20 * up[k]
        rows.append(row(k, 1) | {"keypoints": joints})
    return PoseSequence.from_rows(rows, COCO17, frame_size=(64, 48), fps=30.0, n_frames=n)


@pytest.mark.parametrize(
    ("lean_deg", "what", "turn"),
    [
        (90, "lie", 270),  # the head at the right: turned back by 90, which is 270 clockwise
        (-80, "lie", 90),
        (170, "stand on their heads", 180),
        (-170, "stand on their heads", 180),
    ],
)
def test_people_who_are_found_in_a_turned_picture(lean_deg, what, turn):
    hint = hint_of_pose(people(lean_deg))
    assert hint.startswith(f"people {what} nearly all the time")
    assert hint.endswith(f"use --rotate {turn}.")
    assert bool(hint_of_pose(people(lean_deg), {180})) == (turn == 180)


@pytest.mark.parametrize("lean_deg", [0, 40, -40, np.linspace(0, 90, 60), np.full(60, np.nan)])
def test_people_who_stand_or_fall_give_no_hint(lean_deg):
    assert hint_of_pose(people(lean_deg)) == ""


def test_the_overlay_is_drawn_over_what_was_turned(painted, clip, tmp_path):
    """In the same run, and by who draws it later."""
    result = estimate(str(clip), painted(), tmp_path, rotate=90, overlay=False)
    assert result.poses.frame_size == (270, 480)
    assert result.record.settings["rotate"] == 90
    assert PoseSequence.from_parquet(result.folder / "poses.parquet").settings["rotate"] == 90
    add_overlay(str(clip), result.folder)
    with open_source(result.folder / "overlay.mp4") as overlay:
        assert (overlay.info.width, overlay.info.height) == (270, 480)
    with ExitStack() as stack, pytest.raises(InputError, match="expected a video to turn, got poses"):
        open_input(str(result.folder / "poses.parquet"), tmp_path, stack, rotate=90)
