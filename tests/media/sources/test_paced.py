"""A file played at its own speed."""

import time
from collections.abc import Iterator

import numpy as np

from posespotter.media.sources.paced import PacedSource
from posespotter.media.sources.source import Frame, Source, SourceInfo

TIMES_S = (0.0, 0.04, 0.2)


class Recorded(Source):
    """Three frames that are there at once."""

    def __init__(self) -> None:
        self.info = SourceInfo("clip.mp4", "video", 4, 4, 25.0, len(TIMES_S), live=False)
        self.warnings = ["a little damaged"]
        self.closed = False

    def __iter__(self) -> Iterator[Frame]:
        for index, time_s in enumerate(TIMES_S):
            yield Frame(index, time_s, np.zeros((4, 4, 3), np.uint8))

    def close(self) -> None:
        self.closed = True


def test_no_frame_comes_before_its_time():
    start = time.perf_counter()
    came = [(frame.time_s, time.perf_counter() - start) for frame in PacedSource(Recorded())]
    assert [time_s for time_s, _ in came] == list(TIMES_S)
    assert all(came_s >= time_s for time_s, came_s in came)


def test_it_is_live_and_otherwise_what_it_plays():
    recorded = Recorded()
    with PacedSource(recorded) as paced:
        assert paced.info.live
        assert (paced.info.name, paced.info.n_frames) == ("clip.mp4", len(TIMES_S))
        assert paced.warnings == recorded.warnings
        assert not recorded.closed
    assert recorded.closed
