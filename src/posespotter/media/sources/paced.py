"""A file played at its own speed, as if a camera gave the pictures."""

import time
from collections.abc import Iterator
from dataclasses import replace

from posespotter.media.sources.source import Frame, Source


class PacedSource(Source):
    """Gives each frame of a video no earlier than its time, and calls itself live: for rehearsals without a camera."""

    def __init__(self, source: Source) -> None:
        """Pace `source`; closing this closes it too."""
        self._source = source
        self.info = replace(source.info, live=True)
        self.warnings = source.warnings

    def __iter__(self) -> Iterator[Frame]:
        start = time.perf_counter()
        for frame in self._source:
            time.sleep(max(0.0, start + frame.time_s - time.perf_counter()))
            yield frame

    def close(self) -> None:
        """Close the file."""
        self._source.close()
