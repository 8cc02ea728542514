"""Recordings become runs of the library, or leave nothing."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.clips import cut
from tests.ui.webcam_server import WebcamServer, pictures, webcam_server

from posespotter.live.messages import ClientFrame, write_frame
from posespotter.live.recordings import Recordings
from posespotter.media import open_source
from posespotter.poses import PoseSequence
from posespotter.settings import settings


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WebcamServer]:
    with webcam_server(tmp_path / "library") as running:
        yield running


@pytest.fixture
def skeletons_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("POSESPOTTER_SKELETONS_ONLY", "1")
    settings.cache_clear()
    yield
    settings.cache_clear()


def ask(
    server: WebcamServer, address: str, body: bytes | None = None, method: str = "POST", **headers: str
) -> tuple[int, dict[str, Any]]:
    """Status and JSON of the answer."""
    given = {"Origin": server.url} | headers
    request = urllib.request.Request(f"{server.url}/webcam/{address}", data=body, method=method, headers=given)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            content = answer.read()
            return answer.status, json.loads(content) if content else {}
    except urllib.error.HTTPError as error:
        content = error.read()
        return error.code, json.loads(content) if content.startswith(b"{") else {}


def runs(server: WebcamServer) -> list[str]:
    return [run.kind for run in server.library.runs()]


def test_a_part_of_a_video_becomes_a_recording_and_a_job(server: WebcamServer, demo_clip: Path) -> None:
    status, kept = ask(server, "recordings?start_s=0.5&end_s=1.5&name=Garden%20../x", demo_clip.read_bytes())
    assert status == 201
    run = server.library.run(kept["run"])
    assert (run.kind, run.name, str(run.state)) == ("recording", "Garden ../x", "done")
    video = server.library.source(run.id)
    assert video is not None
    with open_source(video) as source:
        frames = [frame.time_s for frame in source]
    assert 0.9 < frames[-1] - frames[0] <= 1.0
    assert run.counts["frames"] == len(frames)
    assert kept["reason"] == ""
    job = server.library.run(kept["estimate"])
    assert (job.kind, job.parent, job.name) == ("estimate", run.id, "Garden ../x")


@pytest.mark.parametrize(
    ("query", "body", "says"),
    [
        ("start_s=0&end_s=1", b"", "got nothing"),
        ("start_s=0&end_s=1", b"no video at all", "text file"),
        ("start_s=0&end_s=1", b"\x1a\x45\xdf\xa3" + bytes(9000), "recording"),
        ("start_s=2&end_s=1", b"x", "end after 2 s"),
        ("start_s=-1&end_s=1", b"x", "greater than or equal to 0"),
        ("start_s=0", b"x", "required"),
        ("start_s=0&end_s=nan", b"x", "less than or equal"),
        ("start_s=0&end_s=1&folder=/etc", b"x", "not permitted"),
        (f"start_s=0&end_s=1&name={'a' * 500}", b"x", "at most 200"),
    ],
)
def test_what_cannot_be_kept_leaves_nothing(server: WebcamServer, query: str, body: bytes, says: str) -> None:
    status, answer = ask(server, f"recordings?{query}", body)
    assert status == 422
    assert says in answer["reason"]
    assert runs(server) == []


def test_a_time_without_pictures_leaves_nothing(server: WebcamServer, demo_clip: Path) -> None:
    status, answer = ask(server, "recordings?start_s=100&end_s=101", demo_clip.read_bytes())
    assert (status, runs(server)) == (422, [])
    assert "no picture" in answer["reason"]


def test_too_large_a_recording_is_refused(server: WebcamServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSESPOTTER_MAX_UPLOAD_MB", "1")
    settings.cache_clear()
    status, answer = ask(server, "recordings?start_s=0&end_s=1", bytes(1_000_001))
    assert (status, runs(server)) == (422, [])
    assert "at most 1 MB" in answer["reason"]
    assert "in another tab" in answer["reason"]
    settings.cache_clear()


def test_other_sites_keep_nothing_here(server: WebcamServer, demo_clip: Path, tmp_path: Path) -> None:
    # So small that all of it is sent before the server, which reads nothing of it, closes the connection.
    body = cut(demo_clip, tmp_path / "small.mp4", 30, size=(160, 90)).read_bytes()
    assert ask(server, "recordings?start_s=0&end_s=1", body, Origin="https://elsewhere.example")[0] == 403
    assert ask(server, "skeletons/abc", None, "DELETE", Origin="https://elsewhere.example")[0] == 403
    assert runs(server) == []


@pytest.mark.usefixtures("skeletons_only")
def test_where_only_skeletons_may_be_kept_no_picture_is(server: WebcamServer, demo_clip: Path) -> None:
    status, answer = ask(server, "recordings?start_s=0&end_s=1", demo_clip.read_bytes())
    assert (status, runs(server)) == (422, [])
    assert "skeletons only" in answer["reason"]


@pytest.mark.usefixtures("skeletons_only")
def test_skeletons_become_a_recording(server: WebcamServer, demo_clip: Path) -> None:
    with server.page() as page:
        page.tell({"type": "record", "on": True, "time_s": 10.0})
        started = page.hear("recording")
        for number, jpeg in enumerate(pictures(demo_clip, 12)):
            page.socket.send(write_frame(ClientFrame(number, 10 + number / 10, jpeg)))
            page.hear("poses")
        page.tell({"type": "record", "on": False})
        assert page.hear("recording") == {"type": "recording", "on": False, "id": started["id"]}
    address = f"skeletons/{started['id']}"
    status, kept = ask(server, f"{address}?start_s=0.15&end_s=0.95&name=Only%20bones")
    assert status == 201
    run = server.library.run(kept["run"])
    assert (run.kind, run.name, kept["estimate"]) == ("recording", "Only bones", None)
    assert run.models == ("movenet-multipose", "movenet-lightning")
    assert server.library.source(run.id) is None
    poses = PoseSequence.from_parquet(server.library.artefact(run.id, "poses.parquet"))
    assert (poses.n_frames, poses.fps) == (8, pytest.approx(10.0))
    assert poses.time_s[0] == pytest.approx(poses.frame[0] / 10)
    with open_source(server.library.artefact(run.id, "overlay.mp4")) as overlay:
        images = [frame.image for frame in overlay]
    assert len(images) == 8
    corner = images[0][:20, :20].astype(int)
    assert abs(corner - 46).max() < 6  # the canvas, not the garden
    assert ask(server, f"{address}?start_s=0&end_s=1")[0] == 422  # it is kept once


def test_what_is_discarded_cannot_be_kept(server: WebcamServer, demo_clip: Path) -> None:
    with server.page() as page:
        page.tell({"type": "record", "on": True, "time_s": 0.0})
        recording = page.hear("recording")["id"]
        page.show(pictures(demo_clip, 1)[0])
    assert ask(server, f"skeletons/{recording}", None, "DELETE")[0] == 204
    assert len(server.webcam.recordings) == 0
    status, answer = ask(server, f"skeletons/{recording}?start_s=0&end_s=1")
    assert (status, runs(server)) == (422, [])
    assert "not there any more" in answer["reason"]


def test_an_option_changed_while_recording_leaves_everybody_their_number(server: WebcamServer, demo_clip: Path) -> None:
    with server.page() as page:
        page.tell({"type": "record", "on": True, "time_s": 0.0})
        recording = page.hear("recording")["id"]
        jpegs = pictures(demo_clip, 12)
        seen = [person["id"] for jpeg in jpegs[:6] for person in page.show(jpeg)["people"]]
        page.asks(falls=True)
        page.tell({"type": "record", "on": True, "time_s": 0.0, "id": recording})
        assert page.hear("recording")["id"] == recording
        seen += [person["id"] for jpeg in jpegs[6:] for person in page.show(jpeg)["people"]]
    assert seen
    kept = server.webcam.recordings.get(recording).between(0.0, 2.0)
    assert [int(track_id) for sample in kept for track_id in sample.poses.track_id] == seen


def test_a_recording_that_nobody_asks_for_any_more_is_forgotten(server: WebcamServer) -> None:
    server.webcam.recordings = recordings = Recordings(forgotten_after_s=0.2)
    with server.page() as page:
        page.tell({"type": "record", "on": True, "time_s": 0.0})
        page.hear("recording")
    assert len(recordings) == 1  # the page was closed and told nothing
    until = time.monotonic() + 60
    while len(recordings) and time.monotonic() < until:
        time.sleep(0.1)
    assert len(recordings) == 0
