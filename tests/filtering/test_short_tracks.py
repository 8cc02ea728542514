"""People who were seen for a moment only, and the numbers of the others."""

from dataclasses import replace

import numpy as np
import pytest

from posespotter.filtering.short_tracks import without_short_tracks
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17


def seen(frames_by_id, fps=30.0, n_frames=300):
    rows = [
        {
            "frame": frame,
            "time_s": frame / fps if fps else 0.0,
            "track_id": i,
            "bbox": [i, 0, i + 1, 1],  # remembers who it was
            "bbox_score": 1.0,
            "keypoints": np.zeros((17, 2)),
            "scores": np.ones(17),
        }
        for i, frames in frames_by_id.items()
        for frame in frames
    ]
    return PoseSequence.from_rows(rows, COCO17, frame_size=(9, 9), fps=fps, n_frames=n_frames)


def who_is(poses):
    """{new id: old id}"""
    return {int(i): int(old) for i, old in zip(poses.track_id, poses.bbox[:, 0], strict=True)}


@pytest.mark.parametrize(
    ("fps", "frames", "believed"),
    [
        (30, range(8), True),  # 8 / 30 s = 0.267 s
        (30, range(7), False),  # 0.233 s
        (60, range(14), False),
        (60, range(15), True),  # 0.25 s
        (5, range(2), False),  # 0.4 s, but two frames only
        (5, range(3), True),
        (1, range(3), True),
        (30, (10, 11, 12, 13, 200), False),  # for five frames within 6 s
        (30, (10, 11, 12, 13, 200, 201, 202, 203), True),
        (30, (10,), False),
    ],
)
def test_who_is_believed(fps, frames, believed):
    assert len(without_short_tracks(seen({1: frames}, fps))) == (len(frames) if believed else 0)


@pytest.mark.parametrize(("frames", "believed"), [(range(0, 9, 3), True), (range(0, 6, 3), False)])
def test_frames_that_were_dropped_count_as_seen(frames, believed):
    """Of a camera with 30 frames a second every third one was looked at."""
    everybody = {1: range(30, 300, 3), 2: frames}
    assert (1 if believed else 0) == len(without_short_tracks(seen(everybody)).track_ids) - 1


def test_a_pause_makes_nobody_be_seen_for_longer():
    """At 25 fps with a pause of a minute the average is one frame a second."""
    poses = seen({1: range(300), 2: range(100, 105)}, fps=25)
    paused = replace(poses, time_s=poses.time_s + 60.0 * (poses.frame >= 103), fps=1.0)
    assert without_short_tracks(paused).track_ids == (1,)


def test_ids_are_numbered_anew_in_the_order_of_appearance():
    people = {1: range(5, 8), 7: range(40, 80), 3: range(60, 90), 9: range(30), 4: range(20, 22)}
    poses = without_short_tracks(seen(people))
    assert who_is(poses) == {1: 9, 2: 7, 3: 3}
    assert poses.track_ids == (1, 2, 3)
    assert poses.track_id.dtype == np.int32
    assert (np.diff(poses.frame) >= 0).all()


def test_everything_else_stays_as_it_is():
    poses = seen({2: range(10, 40), 5: range(20, 50), 6: range(3)})
    kept = without_short_tracks(poses)
    assert kept.n_frames == poses.n_frames
    assert kept.frame.tolist() == poses.frame[poses.track_id != 6].tolist()
    assert kept.keypoints.shape == (60, 17, 2)
    assert without_short_tracks(kept).track_id.tolist() == kept.track_id.tolist()  # twice is once


@pytest.mark.parametrize(("fps", "n_frames"), [(30, 1), (30, 5), (30, 14), (60, 29), (0, 1), (5, 2), (1000, 100)])
def test_in_a_clip_too_short_to_see_anybody_for_long_everybody_stays(fps, n_frames):
    poses = seen({4: range(1)}, fps, n_frames)
    assert who_is(without_short_tracks(poses)) == {4: 4}


def test_nobody():
    assert len(without_short_tracks(seen({}))) == 0


def test_rows_within_a_frame_stay_ordered_by_id():
    """Whoever appears first gets the lower number, and rows of one frame are ordered by it."""
    kept = without_short_tracks(seen({1: range(20, 60), 2: range(60)}))
    assert who_is(kept) == {1: 2, 2: 1}
    for frame in (20, 59):
        assert kept.at(frame).track_id.tolist() == [1, 2]
