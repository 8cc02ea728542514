"""Files for other programs, opened by these programs: values within the format's precision, ids and gaps kept.

They live in an environment of their own, which `make test` sets up (requirements/readers.txt).
"""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests import figures
from tests.sequences import made_sequence, with_world

from posespotter.formats import export
from posespotter.kinematics.joint_angles import joint_angles
from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33, WHOLEBODY133

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / "build" / "readers" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
PX, METRES, SCORE = 0.0006, 0.000001, 0.00006


@pytest.fixture(autouse=True)
def _readers() -> None:
    if not PYTHON.is_file():
        if os.environ.get("CI") == "true":
            pytest.fail("the readers are not installed: make build/readers/.ready")
        pytest.skip("the readers are not installed: make build/readers/.ready")


def examples() -> list[PoseSequence]:
    """One person with gaps; four people with gaps, times that are not even, and joints that were not seen."""
    many = with_world(made_sequence(skeleton=BLAZEPOSE33))
    many = replace(many, world=np.where(np.isnan(many.keypoints[..., :1]), np.nan, many.world))
    return [many.person(2), many]


def opened(reader: str, files: Sequence[Path], folder: Path) -> list[Any]:
    """What a program finds in files."""
    script = Path(__file__).parent / "readers" / "read.py"
    command = [str(PYTHON), str(script), reader, str(folder / "answer.json"), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr[-3000:]
    answers: list[Any] = json.loads((folder / "answer.json").read_text("utf-8"))
    return answers


def exported(name: str, suffix: str, sequences: Sequence[PoseSequence], folder: Path) -> list[Path]:
    files = [folder / f"{name}{i}{suffix}" for i in range(len(sequences))]
    for poses, file in zip(sequences, files, strict=True):
        export(poses, name, file)
    return files


def with_the_library(code: str, sequences: Sequence[PoseSequence], folder: Path) -> None:
    """Run PoseSpotter's own `code` where the optional library is, for each sequence, as `poses`, and its number `i`."""
    for i, poses in enumerate(sequences):
        poses.to_parquet(folder / f"{i}.parquet")
    program = (
        f"from posespotter import PoseSequence, export\nimport numpy as np\nfor i in range({len(sequences)}):\n"
        f"    poses = PoseSequence.from_parquet(f'{{i}}.parquet')\n    {code}"
    )
    done = subprocess.run(
        [str(PYTHON), "-c", program], cwd=folder, capture_output=True, text=True, check=False, timeout=100,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]


def grid(poses: PoseSequence, array: Any) -> Any:
    """(frames, people, ...) from the first to the last frame with people, by the plainest of loops."""
    first, ids = int(poses.frame[0]), poses.track_ids
    out = np.full((int(poses.frame[-1]) - first + 1, len(ids), *array.shape[1:]), np.nan)
    for row in range(len(poses)):
        out[int(poses.frame[row]) - first, ids.index(int(poses.track_id[row]))] = array[row]
    return out


def require_times(told: Any, poses: PoseSequence) -> None:
    times = dict(zip(poses.frame.tolist(), poses.time_s.tolist(), strict=True))
    first = int(poses.frame[0])
    assert (np.diff(told) > 0).all()
    for frame, time_s in times.items():
        assert told[frame - first] == pytest.approx(time_s, abs=1e-6)


def labels(poses: PoseSequence) -> list[str]:
    if len(poses.track_ids) < 2:
        return list(poses.skeleton.keypoints)
    return [f"person{i}:{name}" for i in poses.track_ids for name in poses.skeleton.keypoints]


@pytest.mark.parametrize(("name", "unit", "error"), [("trc", "m", METRES), ("trc-px", "px", PX)])
def test_opensim_reads_markers(tmp_path: Path, name: str, unit: str, error: float) -> None:
    sequences = examples()
    found = opened("opensim_markers", exported(name, ".trc", sequences, tmp_path), tmp_path)
    for markers, poses in zip(found, sequences, strict=True):
        assert (markers["units"], markers["rate"], markers["labels"]) == (unit, 25.0, labels(poses))
        require_times(markers["time_s"], poses)
        x, y = poses.keypoints[..., 0], poses.frame_size[1] - poses.keypoints[..., 1]
        wanted = np.stack([x, y, x * 0], -1) if name == "trc-px" else poses.world * [1, -1, -1]
        values = np.array(markers["values"], float).reshape(-1, len(poses.track_ids), 33, 3)
        np.testing.assert_allclose(values, grid(poses, wanted), atol=error)


def test_opensim_reads_motion(tmp_path: Path) -> None:
    one = figures.film(figures.squat(repetitions=1), fps=25, yaw_deg=90.0)
    two = replace(one, track_id=one.track_id + 4).where(one.frame % 9 != 4)
    sequences = [one, two, PoseSequence.concat([one, two])]
    found = opened("opensim_motion", exported("mot", ".mot", sequences, tmp_path), tmp_path)
    for motion, poses in zip(found, sequences, strict=True):
        people = [joint_angles(poses.person(i)) for i in poses.track_ids]
        assert motion["in_degrees"] == "yes"
        require_times(motion["time_s"], poses)
        several = len(people) > 1
        assert motion["labels"] == [
            f"person{i}:{name}" if several else name for i in poses.track_ids for name in people[0].names
        ]
        values = np.array(motion["values"], float).reshape(len(motion["values"]), len(people), -1)
        for place, angles in enumerate(people):
            wanted = grid(poses.person(poses.track_ids[place]), angles.degrees)[:, 0]
            first = int(angles.frame[0] - poses.frame[0])
            np.testing.assert_allclose(values[first : first + len(wanted), place], wanted, atol=1e-5)
    near = joint_angles(one)  # the far leg of a side view gives no number
    assert max(np.nanmax(np.nan_to_num(near[f"{side}_knee_flexion"])) for side in ("left", "right")) > 60


def test_ezc3d_reads_points(tmp_path: Path) -> None:
    sequences = [*examples(), with_world(made_sequence(skeleton=WHOLEBODY133, rows=40))]
    with_the_library("export(poses, 'c3d', f'{i}.c3d')", sequences, tmp_path)
    found = opened("ezc3d", [tmp_path / f"{i}.c3d" for i in range(len(sequences))], tmp_path)
    for points, poses in zip(found, sequences, strict=True):
        assert (points["units"], points["rate"], points["labels"]) == (["mm"], 25.0, labels(poses))
        values = np.array(points["values"], float).reshape(-1, len(poses.track_ids), len(poses.skeleton), 3)
        wanted = grid(poses, poses.world * [1000, -1000, -1000])
        np.testing.assert_allclose(values, wanted, rtol=1e-6)
        residuals = np.array(points["residuals"]).reshape(values.shape[:3])
        np.testing.assert_array_equal(residuals < 0, np.isnan(wanted[..., 0]))


def test_movement_reads_netcdf(tmp_path: Path) -> None:
    sequences = examples()
    found = opened("movement", exported("netcdf", ".nc", sequences, tmp_path), tmp_path)
    for data, poses in zip(found, sequences, strict=True):
        require_times(data["time"], poses)
        assert data["frame"] == list(range(poses.frame[0], poses.frame[-1] + 1))
        assert data["keypoint"] == list(poses.skeleton.keypoints)
        assert data["individual"] == [f"id_{i}" for i in poses.track_ids]
        assert data["attributes"] == {
            "ds_type": "poses", "fps": 25.0, "time_unit": "seconds", "source_software": "PoseSpotter",
            "source_file": "clip.mp4",
        }  # fmt: skip
        # (time, space, keypoint, individual) as (time, individual, keypoint, space), bit for bit
        values = np.array(data["position"], np.float32).transpose(0, 3, 2, 1)
        np.testing.assert_array_equal(values, grid(poses, poses.keypoints).astype(np.float32))
        metres = np.array(data["position_m"], np.float32).transpose(0, 3, 2, 1)
        np.testing.assert_array_equal(metres, grid(poses, poses.world).astype(np.float32))
        scores = np.array(data["confidence"], np.float32).transpose(0, 2, 1)
        np.testing.assert_array_equal(scores, grid(poses, poses.scores).astype(np.float32))
        assert data["velocity"] == list(np.shape(data["position"]))


def test_sleap_io_reads_a_table(tmp_path: Path) -> None:
    sequences = examples()
    found = opened("sleap_io", exported("sleap", ".csv", sequences, tmp_path), tmp_path)
    for table, poses in zip(found, sequences, strict=True):
        order = [table["nodes"].index(joint) for joint in poses.skeleton.keypoints]
        assert [frame["frame"] for frame in table["frames"]] == sorted(set(poses.frame.tolist()))
        for frame in table["frames"]:
            here = poses.at(frame["frame"])
            assert set(frame["people"]) == {f"person_{i}" for i in here.track_ids}
            for one in here:
                name = f"person_{one.track_id}"
                values = np.array(frame["people"][name], float)[order]
                np.testing.assert_allclose(values, one.keypoints, atol=PX)
                scores = np.array(frame["scores"][name], float)[order]
                seen = ~np.isnan(one.keypoints[:, 0])
                np.testing.assert_allclose(scores[seen], one.scores[seen], atol=SCORE)


def test_movement_reads_the_table_of_deeplabcut(tmp_path: Path) -> None:
    sequences = examples()
    found = opened("movement_of_deeplabcut", exported("deeplabcut", ".csv", sequences, tmp_path), tmp_path)
    for data, poses in zip(found, sequences, strict=True):
        assert data["individual"] == [f"person_{i}" for i in poses.track_ids]
        assert data["keypoint"] == list(poses.skeleton.keypoints)
        values = np.array(data["position"]).transpose(0, 3, 2, 1)  # -1 where nothing was seen
        np.testing.assert_allclose(values, np.nan_to_num(grid(poses, poses.keypoints), nan=-1), atol=PX)
        unseen = np.isnan(poses.keypoints[..., 0])
        scores = np.array(data["confidence"]).transpose(0, 2, 1)
        wanted = np.nan_to_num(grid(poses, np.where(unseen, np.nan, poses.scores)), nan=-1)
        np.testing.assert_allclose(scores, wanted, atol=SCORE)


def test_rerun_reads_a_recording(tmp_path: Path) -> None:
    poses = examples()[-1]
    with_the_library("export(poses, 'rerun', 'poses.rrd')", [poses], tmp_path)
    (entities,) = opened("rerun", [tmp_path / "poses.rrd"], tmp_path)
    names = entities["/"]["AnnotationContext:context"][0][0][0]["class_description"]["keypoint_annotations"]
    assert [one["label"] for one in names] == [*poses.skeleton.keypoints]
    for track_id in poses.track_ids:
        person = poses.person(track_id)
        joints = entities[f"/picture/person_{track_id}/joints"]
        body = entities[f"/body/person_{track_id}"]
        boxes = entities[f"/picture/person_{track_id}/box"]
        assert joints["frame"] == list(range(poses.frame[0], poses.frame[-1] + 1))
        require_times(joints["time"], poses)
        rows = dict(zip(person.frame.tolist(), person, strict=True))
        for i, frame in enumerate(joints["frame"]):
            if frame not in rows:
                assert joints["Points2D:positions"][i] == body["Points3D:positions"][i] == []
                assert boxes["Boxes2D:centers"][i] == []
                continue
            seen = ~np.isnan(rows[frame].keypoints[:, 0])
            assert joints["Points2D:keypoint_ids"][i] == np.flatnonzero(seen).tolist()
            np.testing.assert_array_equal(joints["Points2D:positions"][i], rows[frame].keypoints[seen])
            np.testing.assert_array_equal(body["Points3D:positions"][i], rows[frame].world[seen])
            corner = np.subtract(boxes["Boxes2D:centers"][i], boxes["Boxes2D:half_sizes"][i])
            np.testing.assert_allclose(corner[0], rows[frame].bbox[:2], atol=1e-3)


def test_supervision_takes_the_people_of_a_frame(tmp_path: Path) -> None:
    poses = next(people for people in made_sequence().by_frame() if people.track_ids[:2] == (1, 2))
    code = (
        "p = poses.to_supervision(); np.savez('points.npz', xy=p.xy, visible=p.visible, class_id=p.class_id, **p.data)"
    )
    with_the_library(code, [poses], tmp_path)
    (points,) = opened("supervision", [tmp_path / "points.npz"], tmp_path)
    assert points["drawn"]
    assert all(points["drawn"])
    np.testing.assert_array_equal(points["second"], np.nan_to_num(poses.person(2).keypoints))
    assert len(points["boxes"]) == len(poses)
