import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from tests.sequences import made_sequence, with_world

from posespotter.errors import InputError, OutputError, SettingsError
from posespotter.formats import FORMATS, export, format_named, read_poses
from posespotter.skeletons import COCO17


@pytest.mark.parametrize("name", ["coco-dataset", "csv", "mmpose", "openpose", "openpose18", "parquet"])
@pytest.mark.parametrize("rows", [0, 20])
def test_every_format_is_told_by_its_content(tmp_path: Path, name: str, rows: int) -> None:
    export(made_sequence(rows=rows), name, tmp_path / "poses.data")
    back = read_poses(tmp_path / "poses.data", fps=25)
    assert len(back) == len(made_sequence(rows=rows))
    assert back.track_ids == made_sequence(rows=rows).track_ids


OF_LIBRARIES = {"c3d": "ezc3d", "rerun": "rerun"}
plain = pytest.mark.parametrize("name", [name for name in FORMATS if name not in OF_LIBRARIES])


@plain
def test_nothing_is_left_where_nothing_can_be_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match="could not be written: File name too long"):
        export(with_world(made_sequence()), name, tmp_path / ("x" * 300))
    assert list(tmp_path.iterdir()) == []


@plain
def test_a_folder_with_something_in_it_is_never_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(OutputError):
        export(with_world(made_sequence()), name, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(("name", "module"), OF_LIBRARIES.items())
def test_a_library_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    words = f"Expected {module} to be installed, it is not: pip install {module}"
    with pytest.raises(SettingsError, match=words):
        export(with_world(made_sequence()), name, tmp_path / "out")
    with pytest.raises(SettingsError, match=words):  # before hours of work, too
        format_named(name).require(COCO17)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["trc", "c3d"])
def test_without_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setitem(sys.modules, "ezc3d", ModuleType("ezc3d"))
    with pytest.raises(SettingsError, match="no scale: expected positions in metres, got px only"):
        export(made_sequence(), name, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["trc", "trc-px", "mot", "netcdf"])
def test_nobody(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="Nobody was found in these poses"):
        export(with_world(made_sequence(rows=0)), name, tmp_path / "out")


@pytest.mark.parametrize("name", ["trc-px", "netcdf", "deeplabcut"])
def test_more_frames_than_fit(tmp_path: Path, name: str) -> None:
    poses = made_sequence(n_frames=2**30)
    poses = replace(poses, frame=np.where(poses.frame == poses.frame[-1], 2**29, poses.frame).astype(np.int32))
    with pytest.raises(SettingsError, match=r"4 people over \d+ frames; take some of them .*, or write parquet or csv"):
        export(poses, name, tmp_path / "out")


@pytest.mark.parametrize(("name", "hint"), [("mmpse", "Did you mean mmpose?"), ("bvh", "csv, mmpose, coco")])
def test_unknown_format(name: str, hint: str) -> None:
    with pytest.raises(SettingsError, match=hint):
        format_named(name)


@pytest.mark.parametrize("content", [b"", b"   ", b"\xff\xd8\xff\xe0 a photo", b"some,other,table\n1,2,3\n"])
def test_something_else(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(InputError, match="it is none of them"):
        read_poses(tmp_path / "x")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_pipes_are_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "clip_000000000000_keypoints.json")
    for path in (tmp_path, tmp_path / "clip_000000000000_keypoints.json"):
        with pytest.raises(InputError, match="it is a pipe or a device"):
            read_poses(path)


@pytest.mark.parametrize("fps", ["30", float("nan"), 0])
def test_frame_rates_of_other_types(tmp_path: Path, fps: float) -> None:
    with pytest.raises(SettingsError, match="fps: expected more than 0"):
        read_poses(tmp_path, fps=fps)


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_poses(tmp_path / "x")


def test_importing_costs_nothing_heavy() -> None:
    code = "import sys, posespotter.formats; print([m for m in ('pyarrow', 'numpy', 'cv2') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
