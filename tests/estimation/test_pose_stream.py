"""Live pictures: the newest frame, honest counts, and sources that stop, stall or change under way."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from posespotter import PoseEstimator, PoseStream
from posespotter.media import Frame, PacedSource, Source, SourceInfo, open_source
from posespotter.tasks.estimate import estimate


@pytest.fixture(scope="module")
def estimator() -> PoseEstimator:
    return PoseEstimator(pose="movenet-lightning")


class Scripted(Source):
    """A live source of noise, or of given pictures, that does what the script says."""

    def __init__(self, n: int, fps: float = 30.0, *, then: str = "", fails: Exception | None = None) -> None:
        self._n, self._fps, self._then, self._fails = n, fps, then, fails
        self.info = SourceInfo("scripted", "stream", 64, 48, fps, None, live=True)
        self.warnings: list[str] = []
        self.closed = False

    def __iter__(self) -> Iterator[Frame]:
        for i in range(self._n):
            time.sleep(1 / self._fps)
            yield Frame(i, i / self._fps, np.full((48, 64, 3), i % 255, np.uint8))
        if self._then:
            self.warnings.append(self._then)
        if self._fails is not None:
            raise self._fails

    def close(self) -> None:
        self.closed = True


def test_every_frame_is_looked_at_or_counted(estimator: PoseEstimator) -> None:
    seen = 0
    with PoseStream(Scripted(60, fps=200), estimator) as stream:
        for live in stream:
            seen += 1
            assert 0 <= live.latency_s < 60
            time.sleep(0.02)  # a consumer that is too slow for 200 frames a second
    assert seen + stream.dropped == 60
    assert stream.dropped > 0


def test_a_stream_that_stops_ends_with_its_sentence(estimator: PoseEstimator) -> None:
    with PoseStream(Scripted(5, then="the stream ended after 5 frames"), estimator) as stream:
        frames = [live.frame.index for live in stream]
    assert frames
    assert stream.warnings == ["the stream ended after 5 frames"]


def test_an_error_of_the_source_reaches_the_caller_and_ends_the_threads(estimator: PoseEstimator) -> None:
    before = threading.active_count()
    with (
        pytest.raises(OSError, match="unplugged"),
        PoseStream(Scripted(5, fails=OSError("the camera was unplugged")), estimator) as stream,
    ):
        list(stream)
    deadline = time.monotonic() + 60
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_leaving_early_ends_the_reader(estimator: PoseEstimator) -> None:
    source = Scripted(10_000)
    start = time.monotonic()
    with PoseStream(source, estimator) as stream:
        next(iter(stream))
    assert time.monotonic() - start < 100  # of the 333 s that the source goes on
    assert not source.closed  # it was opened by the caller


def test_a_paced_file_shows_people_at_the_speed_of_a_camera(estimator: PoseEstimator, demo_clip: Path) -> None:
    with open_source(demo_clip) as clip, PoseStream(PacedSource(clip), estimator) as stream:
        start = time.perf_counter()
        lives = list(stream)
        wall_s = time.perf_counter() - start
    assert wall_s >= lives[-1].frame.time_s
    assert {i for live in lives for i in live.poses.track_ids}
    assert all(live.poses.n_frames == live.frame.index + 1 for live in lives)


def test_a_live_estimate_keeps_what_came_before_the_end(
    estimator: PoseEstimator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Scripted(12, then="the stream ended after 12 frames")
    monkeypatch.setattr("posespotter.tasks.estimate.open_source", lambda _spec, **_: source)
    result = estimate("rtsp://nobody/stream", estimator, tmp_path)
    assert (result.folder / "overlay.mp4").stat().st_size > 0
    assert result.record.warnings == ["the stream ended after 12 frames"]
    assert result.record.source.kind == "stream"
