"""Files over HTTP: in ranges, of the right type, out of the library's folders only."""

import io
import zipfile
from importlib.util import find_spec
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from tests.ui.asking import Answer, ask
from tests.ui.conftest import Shelf

from posespotter.formats import FORMATS, read_poses
from posespotter.ui.routes.files import RunFiles


def get(shelf: Shelf, address: str, **headers: str) -> Answer:
    app = Starlette(routes=RunFiles(lambda: shelf.library).routes())
    return ask(app, address, **headers)


def test_a_video_comes_in_ranges(shelf):
    whole = get(shelf, f"/files/{shelf.poses}/overlay.mp4")
    assert whole.status == 200
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    part = get(shelf, f"/files/{shelf.poses}/overlay.mp4", range="bytes=100-199")
    assert part.status == 206
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.body)}"
    assert part.body == whole.body[100:200]
    assert get(shelf, f"/files/{shelf.poses}/overlay.mp4", range="bytes=999999-").status == 416


def test_a_download_carries_the_runs_name(shelf):
    answer = get(shelf, f"/files/{shelf.poses}/overlay.mp4?download")
    assert unquote(answer.headers["content-disposition"]) == "attachment; filename*=utf-8''My -best- squat_overlay.mp4"
    assert "attachment" in get(shelf, f"/files/{shelf.poses}/poses.parquet").headers["content-disposition"]


def test_a_report_runs_apart_from_the_application(shelf):
    answer = get(shelf, f"/files/{shelf.poses}/report.html")
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox")
    assert "allow-same-origin" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/files/{id}/none.mp4",
        "/files/{id}/../../index.sqlite",
        "/files/{id}/..%2F..%2Findex.sqlite",
        "/files/{id}/%2e%2e/%2e%2e/index.sqlite",
        "/files/{id}//etc/passwd",
        "/files/{id}/library.json%00.mp4",
        "/files/../overlay.mp4",
        "/files/20260512-140000000-b36nh2smbs/overlay.mp4",
        "/thumbnails/nobody",
        "/exports/nobody/csv",
        "/archives?run=nobody",
    ],
)
def test_what_is_not_there(shelf, path):
    assert get(shelf, path.format(id=shelf.poses)).status == 404


OPTIONAL = {"c3d": "ezc3d", "rerun": "rerun"}


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_joints_in_every_format(shelf, name, tmp_path):
    answer = get(shelf, f"/exports/{shelf.poses}/{name}")
    if (library := OPTIONAL.get(name)) and find_spec(library) is None:
        assert answer.status == 422
        assert b"pip install" in answer.body
        return
    assert answer.status == 200
    assert ("poses." if name in {"csv", "parquet"} else name) in answer.headers["content-disposition"]
    if name == "csv":
        (tmp_path / "poses.csv").write_bytes(answer.body)
        found = read_poses(tmp_path / "poses.csv")
        assert found.n_frames == 38
    if name == "openpose":
        with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
            assert len(archive.namelist()) >= 38


def test_what_no_format_can_hold_is_said(shelf):
    assert get(shelf, f"/exports/{shelf.poses}/floppy").status == 422
    assert get(shelf, f"/exports/{shelf.recording}/csv").status == 404


def test_runs_as_a_zip(shelf):
    answer = get(shelf, f"/archives?run={shelf.poses}&run={shelf.recording}")
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        names = [name.rpartition("/")[2] for name in archive.namelist()]
    assert names.count("overlay.mp4") == 2
    assert "poses.parquet" in names


def test_nothing_temporary_is_left(shelf, tmp_path, monkeypatch):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    get(shelf, f"/exports/{shelf.poses}/csv")
    get(shelf, f"/archives?run={shelf.poses}")
    get(shelf, f"/exports/{shelf.recording}/csv")
    assert list(scratch.iterdir()) == []
