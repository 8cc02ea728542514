"""The socket as pages meet it: joints for pictures, a polite no for everything else, and a server that lives on."""

import json
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ui.webcam_server import MODEL, WebcamServer, pictures, webcam_server
from websockets.exceptions import ConnectionClosed, InvalidStatus

from posespotter.live.messages import ClientFrame, write_frame

FRAMES = 12


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebcamServer]:
    with webcam_server(tmp_path_factory.mktemp("library")) as running:
        yield running


@pytest.fixture
def jpegs(demo_clip: Path) -> tuple[bytes, ...]:
    return pictures(demo_clip, FRAMES)


def test_pictures_give_people_who_keep_their_numbers(server: WebcamServer, jpegs: tuple[bytes, ...]) -> None:
    with server.page() as page:
        ready = page.hear("ready")
        answers = [page.show(jpeg) for jpeg in jpegs]
    assert ready["pose"] == MODEL
    assert {answer["type"] for answer in answers} == {"poses"}
    seen = [{person["id"] for person in answer["people"]} for answer in answers]
    assert set.intersection(*seen)  # somebody is the same person throughout
    assert max(len(ids) for ids in seen) >= 2
    for person in answers[-1]["people"]:
        x0, y0, x1, y1 = person["box"]
        assert 0 <= x0 < x1 <= 480 + 5
        assert 0 <= y0 < y1 <= 270 + 5
        assert len(person["points"]) == len(ready["keypoints"])


def test_two_pages_at_once_do_not_disturb_each_other(server: WebcamServer, jpegs: tuple[bytes, ...]) -> None:
    alone: list[int] = []
    with server.page() as page:
        alone = [len(page.show(jpeg)["people"]) for jpeg in jpegs]
    counts: dict[int, list[int]] = {}

    def watch(which: int) -> None:
        with server.page() as page:
            counts[which] = [len(page.show(jpeg)["people"]) for jpeg in jpegs]

    threads = [threading.Thread(target=watch, args=(which,)) for which in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert counts == {1: alone, 2: alone}


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "http://127.0.0.1:1"])
def test_pages_of_other_sites_are_refused(server: WebcamServer, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        server.page(origin=origin)
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\1\2\3",
        write_frame(ClientFrame(1, 1.0, b"")),
        write_frame(ClientFrame(1, 1.0, b"garbage" * 100)),
        write_frame(ClientFrame(1, 1.0, b"\xff\xd8\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03" + bytes(20) + b"\xff\xd9")),
        write_frame(ClientFrame(1, 1.0, b"\xff\xd8" + bytes(1_000_000))),
        "{",
        '{"type":"options","pose":"movenet-lightning","command":"ls"}',
        "x" * 100_000,
    ],
)
def test_nonsense_is_refused_and_the_page_goes_on(
    server: WebcamServer, jpegs: tuple[bytes, ...], bad: bytes | str
) -> None:
    with server.page() as page:
        page.socket.send(bad)
        assert page.hear("refused")["reason"]
        assert page.show(jpegs[0], 2.0)["type"] == "poses"


def test_who_sends_nothing_but_nonsense_is_sent_away(server: WebcamServer) -> None:
    with server.page() as page:
        for _ in range(100):
            page.socket.send(b"nonsense")
            page.hear("refused")
        page.socket.send(b"nonsense")
        with pytest.raises(ConnectionClosed) as closed:
            page.hear("refused")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1008


def test_a_silent_page_is_let_go_without_a_word(tmp_path: Path) -> None:
    impatient = webcam_server(tmp_path / "library", webcam_silent_s=0.5)
    with impatient as server, server.page() as page, pytest.raises(ConnectionClosed) as closed:
        page.hear("error")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1000


def test_times_go_forward_only(server: WebcamServer, jpegs: tuple[bytes, ...]) -> None:
    with server.page() as page:
        assert page.show(jpegs[0], 5.0)["type"] == "poses"
        assert page.show(jpegs[1], 5.0)["type"] == "refused"
        assert page.show(jpegs[1], 4.0)["type"] == "refused"
        assert page.show(jpegs[2], 5.1)["type"] == "poses"


def test_a_picture_before_the_options_is_refused(server: WebcamServer, jpegs: tuple[bytes, ...]) -> None:
    with server.page(pose="no-such-model") as page:
        assert "no-such-model" in page.hear("error")["reason"]
        assert "options" in page.show(jpegs[0])["reason"]
        page.asks()
        assert page.hear("ready")["pose"] == MODEL
        assert page.show(jpegs[0])["type"] == "poses"


def test_an_unknown_exercise_changes_nothing(
    server: WebcamServer, jpegs: tuple[bytes, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Neither does a file of the server: whether there is one, and what it says, no page gets to know."""
    folder = tmp_path_factory.mktemp("f")
    (folder / "a.toml").write_text("title = 'secret'")
    (folder / "link.toml").symlink_to("/dev/zero")
    os.mkfifo(folder / "fifo.toml")  # who opens it waits for ever
    names = ["../../etc/passwd", "", *(str(folder / f"{name}.toml") for name in ("a", "none", "link", "fifo"))]
    said = set()
    with server.page() as page:
        for name in names:
            page.asks(exercise=name)
            said.add(page.hear("error")["reason"].replace(repr(name), "NAME"))
            assert page.show(jpegs[0], None)["type"] == "poses"
    (words,) = said
    assert "squat" in words
    assert words.endswith("got NAME.")


def test_of_many_pictures_at_once_the_newest_is_looked_at(server: WebcamServer, jpegs: tuple[bytes, ...]) -> None:
    with server.page() as page:
        page.hear("ready")
        for number in range(1, 31):
            page.socket.send(write_frame(ClientFrame(number, number / 30, jpegs[number % FRAMES])))
        answers = {}
        while 30 not in answers:
            answer = page.hear("poses", "dropped")
            answers[answer["frame"]] = answer["type"]
    assert answers[30] == "poses"
    assert sorted(answers) == list(range(1, 31))  # each is answered
    assert list(answers.values()).count("dropped") > 5


def test_another_model_and_another_picture_size_in_mid_stream(
    server: WebcamServer, demo_clip: Path, jpegs: tuple[bytes, ...]
) -> None:
    with server.page(falls=True) as page:
        page.hear("ready")
        for jpeg in jpegs[:4]:
            page.show(jpeg)
        page.asks(pose="movenet-thunder", falls=True, exercise="squat")
        assert page.hear("ready")["pose"] == "movenet-thunder"
        answers = [page.show(jpeg) for jpeg in jpegs[4:8] + pictures(demo_clip, FRAMES, width=320)[8:]]
    assert {answer["type"] for answer in answers} == {"poses"}
    assert max(person["box"][2] for person in answers[-1]["people"]) <= 325


def test_more_cameras_than_there_is_room_for_are_told_so(tmp_path: Path, jpegs: tuple[bytes, ...]) -> None:
    with webcam_server(tmp_path, webcams=1) as server:
        with server.page() as first:
            first.hear("ready")
            with server.page() as second:
                assert "1 cameras" in second.hear("error")["reason"]
                with pytest.raises(ConnectionClosed) as closed:
                    second.socket.recv(timeout=10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
            assert first.show(jpegs[0])["type"] == "poses"
        for _ in range(50):  # the server takes a moment to see that the first one has left
            with server.page() as third:
                if third.hear("ready", "error")["type"] == "ready":
                    return
        pytest.fail("the place of a page that left was not given to another one")


def test_falls_are_watched_where_asked_for(server: WebcamServer, jpegs: tuple[bytes, ...]) -> None:
    with server.page(falls=True) as page:
        watched = [page.show(jpeg) for jpeg in jpegs]
    with server.page() as page:
        unwatched = [page.show(jpeg) for jpeg in jpegs]
    assert {person["state"] for answer in unwatched for person in answer["people"]} == {None}
    assert {person["state"] for person in watched[-1]["people"]} <= {"upright", "falling", "down", "recovered"}


def test_the_pages_files_are_served_and_nothing_beside_them(server: WebcamServer) -> None:
    with urllib.request.urlopen(f"{server.url}/webcam/assets/main.js") as answer:
        assert "class Webcam" in answer.read().decode()
        assert "javascript" in answer.headers["content-type"]
        assert answer.headers["cache-control"] == "no-cache"  # or modules of two versions would meet
    for name in ("../routes/webcam.py", "%2e%2e/theme.py", "none.js"):
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{server.url}/webcam/assets/{name}")


def test_answers_are_small(server: WebcamServer, jpegs: tuple[bytes, ...]) -> None:
    with server.page() as page:
        for jpeg in jpegs:
            answer = page.show(jpeg)
    assert len(json.dumps(answer, separators=(",", ":"))) < 2500 * max(1, len(answer["people"]))
