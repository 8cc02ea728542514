"""Labelled windows: which label a window has, which are left out, and whose they are."""

from pathlib import Path

import numpy as np
import pytest
from tests.falls.movements import FALLS, STANDS, Actor, film

from posespotter.falls.features import N_FEATURES
from posespotter.falls.sampling import points_of
from posespotter.falls.training.augmentation import Trace
from posespotter.falls.training.data import LABELS, FallClip, Segment
from posespotter.falls.training.examples import Examples, examples_of, labels_at, normal_examples

FPS = 25.0


def clip(*segments: Segment, group: str = "room 1", n_frames: int = 400) -> FallClip:
    return FallClip("a", Path("a.mp4"), n_frames, FPS, "source", group, "dev", segments)


FALL = clip(Segment(0, 99, "normal"), Segment(100, 124, "fall"), Segment(125, 399, "lying"))
"""A fall from 4.00 to 4.96 s."""


@pytest.mark.parametrize(
    ("time_s", "expected"),
    [
        (1.0, "normal"),
        (4.1, "normal"),  # a window is named by what was to be seen 0.3 s before its end
        (4.2, "ignore"),  # nobody can mark to the frame where a fall begins
        (4.7, "ignore"),  # the first part may as well become sitting down
        (5.0, "fall"),
        (5.4, "fall"),  # what came before the person lay is still in the window
        (5.5, "ignore"),
        (5.8, "lying"),
        (12.0, "lying"),
    ],
)
def test_labels_around_a_fall(time_s: float, expected: str) -> None:
    assert LABELS[int(labels_at(FALL, np.array([time_s]))[0])] == expected


def test_frames_without_a_label_are_left_out() -> None:
    found = labels_at(clip(Segment(0, 49, "normal")), np.array([1.0, 5.0]))
    assert [LABELS[i] for i in found] == ["normal", "ignore"]


def test_windows_of_a_clip() -> None:
    poses = film(Actor(FALLS))
    found = examples_of([FALL], lambda _: [poses])
    assert found.features.shape == (len(found), N_FEATURES)
    assert found.groups == ("source/room 1",)
    assert {0, 1, 2} >= set(found.label.tolist())
    more = examples_of([FALL], lambda _: [poses], copies=2)
    again = examples_of([FALL], lambda _: [poses], copies=2)
    assert len(more) > len(found)
    np.testing.assert_array_equal(more.features, again.features)


def test_groups_that_are_left_out() -> None:
    poses = film(Actor(STANDS))
    rooms = [clip(Segment(0, 399, "normal"), group=name) for name in ("room 1", "room 2")]
    both = examples_of(rooms, lambda _: [poses])
    assert both.groups == ("source/room 1", "source/room 2")
    one = both.without(["source/room 1"])
    assert 0 < len(one) < len(both)
    assert {one.groups[i] for i in one.group.tolist()} == {"source/room 2"}
    assert len(both.without(["source"])) == 0
    assert len(both.without([])) == len(both)


def test_joined_examples_keep_their_groups() -> None:
    poses = film(Actor(STANDS))
    trace = Trace(poses.time_s, points_of(poses), poses.frame_size)
    parts = [normal_examples([trace], name) for name in ("a", "b", "a")]
    whole = Examples.joined(parts)
    assert whole.groups == ("a", "b")
    assert len(whole) == sum(len(part) for part in parts)
    assert np.bincount(whole.group).tolist() == [2 * len(parts[0]), len(parts[1])]
    assert set(whole.label.tolist()) == {0}


def test_nothing_gives_no_windows() -> None:
    assert len(examples_of([], lambda _: [])) == len(normal_examples([], "a")) == 0
