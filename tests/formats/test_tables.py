from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sequences import made_sequence, sequences, with_world

from posespotter.errors import InputError
from posespotter.formats.tables import read_csv, write_csv
from posespotter.poses import PoseSequence
from posespotter.skeletons import BODY25, COCO17, skeleton_for
from posespotter.texts import storable

HEADER = "source,frame,time_s,track_id,keypoint,x_px,y_px,score\n"


def table(**changes: str) -> str:
    """A table of one point of one person, with other words in some cells."""
    cells = {"source": "a.mp4", "frame": "3", "time_s": "0.5", "track_id": "2", "keypoint": "point_0",
             "x_px": "10.5", "y_px": "20", "score": "0.9"} | changes  # fmt: skip
    return HEADER + ",".join(cells.values()) + "\n"


def stored(folder: Path, text: str) -> Path:
    path = folder / "poses.csv"
    path.write_text(text)
    return path


def test_what_a_reader_sees(tmp_path: Path) -> None:
    poses = made_sequence(skeleton=skeleton_for(2), rows=1, source='say "cheese".mp4')
    poses = replace(poses, keypoints=np.array([[[1.23456, 2], [np.nan, np.nan]]], np.float32),
                    scores=np.array([[0.98761, 0]], np.float32), time_s=np.array([0.52]))  # fmt: skip
    write_csv(poses, tmp_path / "out.csv")
    frame, person = poses.frame[0], poses.track_id[0]
    assert (tmp_path / "out.csv").read_text().splitlines() == [
        '"source","frame","time_s","track_id","keypoint","x_px","y_px","score"',
        f'"say ""cheese"".mp4",{frame},0.52,{person},"point_0",1.235,2,0.9876',
        f'"say ""cheese"".mp4",{frame},0.52,{person},"point_1",,,0',
    ]


def test_values(tmp_path: Path) -> None:
    poses = read_csv(stored(tmp_path, table()))
    assert (poses.frame.tolist(), poses.track_id.tolist(), poses.time_s.tolist()) == ([3], [2], [0.5])
    assert poses.keypoints.tolist() == [[[10.5, 20]]]
    assert poses.bbox.tolist() == [[10.5, 20, 10.5, 20]]
    assert (poses.n_frames, poses.source, poses.fps, poses.world) == (4, "a.mp4", 0, None)


@settings(max_examples=40)
@given(sequences(), st.booleans(), st.randoms(use_true_random=False))
def test_round_trip_in_any_order(tmp_path_factory: Any, poses: PoseSequence, world: bool, random: Any) -> None:
    path = tmp_path_factory.mktemp("csv") / "poses.csv"
    poses = with_world(poses) if world else poses
    write_csv(poses, path)
    header, *rows = path.read_text().splitlines()
    random.shuffle(rows)
    path.write_text("\n".join([header, *rows]) + "\n")
    back = read_csv(path)
    np.testing.assert_array_equal(back.frame, poses.frame)
    np.testing.assert_array_equal(back.track_id, poses.track_id)
    np.testing.assert_array_equal(back.time_s, poses.time_s)
    if not len(poses):
        assert back.skeleton is COCO17
        return
    assert back.skeleton == poses.skeleton
    assert back.source == poses.source
    np.testing.assert_allclose(back.keypoints, poses.keypoints, atol=0.001)
    np.testing.assert_allclose(back.scores, poses.scores, atol=1e-4)
    assert (back.world is None) == (not world)
    if world:
        np.testing.assert_allclose(back.world, poses.world, atol=1e-4)


@pytest.mark.parametrize("source", ["=1+1", "+x", "-x", "@x", "\tx", "'", "'x", 'ünï, "quoted"\n.mp4', ""])
def test_no_source_is_a_formula_and_each_comes_back(tmp_path: Path, source: str) -> None:
    write_csv(made_sequence(source=source), tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").read_text().split("\n", 1)[1].startswith(('"=', '"+', '"-', '"@', '"\t'))
    assert read_csv(tmp_path / "out.csv").source == storable(source)


def test_other_joints_keep_their_names_and_their_order(tmp_path: Path) -> None:
    first = [table(keypoint=name).splitlines()[1] for name in ("tail", "left_hip", "snout")]
    second = [table(keypoint=name, frame="4").splitlines()[1] for name in ("snout", "tail", "left_hip")]
    poses = read_csv(stored(tmp_path, HEADER + "\n".join([*first, *second]) + "\n"))
    assert poses.skeleton.keypoints == ("tail", "left_hip", "snout")
    assert len(poses) == 2


def test_known_joints_in_other_words(tmp_path: Path) -> None:
    poses = made_sequence(skeleton=BODY25)
    write_csv(poses, tmp_path / "poses.csv")
    text = (tmp_path / "poses.csv").read_text().replace("left_knee", "LKnee").replace('"hip"', '"MidHip"')
    back = read_csv(stored(tmp_path, text))
    assert back.skeleton is BODY25
    np.testing.assert_allclose(back.keypoints, poses.keypoints, atol=0.001)


def test_frame_rate_is_that_of_the_times(tmp_path: Path) -> None:
    rows = [table(frame=str(f), time_s=str(f * 0.04 + (f > 4))).splitlines()[1] for f in (0, 1, 2, 4, 5, 6, 7)]
    assert read_csv(stored(tmp_path, HEADER + "\n".join(rows) + "\n")).fps == 25


def test_many_people_are_written_in_parts(tmp_path: Path) -> None:
    poses = made_sequence(rows=20)
    write_csv(poses, tmp_path / "out.csv", people_at_once=3)
    assert (tmp_path / "out.csv").read_text().count("\n") == 17 * len(poses) + 1


@pytest.mark.parametrize(("text", "message"), [
    ("", "cannot be read as one"),
    ("\x00\x01", "cannot be read as one"),
    ("source,frame\na,1\n", "expected the columns .* check time_s"),
    (HEADER.replace("score", "x_px"), "check x_px, score"),
    (HEADER.strip() + ",x_m\n", "check y_m, z_m"),
    (table() + "a.mp4,3\n", "cannot be read as one"),
    (table(frame="three"), "cannot be read as one"),
    (table(frame="1.5"), "cannot be read as one"),
    (table(frame="99999999999"), "cannot be read as one"),
    (table(frame=""), "number in every row of frame"),
    (table(frame="-1"), "numbers from 0 to"),
    (table(frame="2147483647"), "numbers from 0 to"),
    (table(track_id=""), "number in every row of track_id"),
    (table(time_s=""), "a time in every row"),
    (table(time_s="inf"), "finite numbers as time_s"),
    (table() + table(frame="4", time_s="0.4").splitlines()[1] + "\n", "times that never descend"),
    (table() + table(track_id="4", time_s="0.6").splitlines()[1] + "\n", "one time for all people of a frame"),
    (table(x_px="1e6", y_px="1e6"), "at most 65535 px a side and 250 megapixels"),
    (table(x_px="left"), "cannot be read as one"),
    (table(x_px="nan"), "finite numbers as x_px"),
    (table(x_px="inf"), "finite numbers as x_px"),
    (table(y_px="1e39"), "finite numbers as y_px"),
    (table(keypoint=""), "short printable text as the name of a keypoint"),
    (table() + table().splitlines()[1] + "\n", "each of the 1 keypoints once"),
    (table() + table(source="b.mp4", frame="4").splitlines()[1] + "\n", "table of one source, got 2"),
])  # fmt: skip
def test_malformed_tables(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_csv(stored(tmp_path, text))


def test_a_table_cut_short(tmp_path: Path) -> None:
    write_csv(made_sequence(), tmp_path / "out.csv")
    lines = (tmp_path / "out.csv").read_text().splitlines()
    with pytest.raises(InputError, match="each of the 17 keypoints once"):
        read_csv(stored(tmp_path, "\n".join(lines[:-1]) + "\n"))
