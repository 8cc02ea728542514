"""Decoding for video files, cameras and streams: their frames in order, with times that go forward."""

from collections.abc import Iterator

import av

from posespotter.errors import InputError
from posespotter.media.containers.clock import Clock
from posespotter.media.containers.container import Opening
from posespotter.media.containers.reading import Decoded, Reading
from posespotter.media.containers.upright import fit
from posespotter.media.sources.source import Frame, Source, SourceInfo

_INTERLACED = (
    "the video is interlaced: each picture mixes two moments, and what moves fast looks like a comb. "
    "Deinterlace it before, for example with `ffmpeg -i video.mts -vf bwdif video.mp4`."
)


class DecodedSource(Source):
    """A video file, camera or stream.

    Raises:
        InputError: it cannot be opened, or gives no frame.
    """

    def __init__(self, opening: Opening) -> None:
        self.warnings = []
        self._opening = opening
        self._closed = False
        reading = Reading(opening)
        kind = opening.kind if reading.live else "video"
        self.info = SourceInfo(opening.name, kind, *reading.size, reading.fps, reading.n_frames, reading.live)
        self._ready: Reading | None = reading

    def close(self) -> None:
        """Close the container; an iteration under way, in this thread or another, ends at its next frame."""
        self._closed = True
        ready, self._ready = self._ready, None
        if ready is not None:
            ready.close()

    def __iter__(self) -> Iterator[Frame]:
        if self._closed:
            raise InputError(f"{self._opening.label} is closed. Open it again to read it.")
        self.warnings.clear()
        ready, self._ready = self._ready, None
        reading = ready or Reading(self._opening)
        try:
            yield from self._read(reading)
        finally:
            reading.close()

    def _read(self, reading: Reading) -> Iterator[Frame]:
        clock = Clock(reading.fps, live=reading.live)
        width, height = self.info.width, self.info.height
        index, last_s, resized, interlaced = 0, 0.0, False, False
        damaged, last_damaged = 0, False

        def container_s(decoded: Decoded) -> float | None:
            return reading.clock_s(decoded.frame)

        for decoded, time_s in clock.timed(reading.frames(), container_s):
            if self._closed:
                return
            try:
                image = reading.image(decoded.frame)
            except av.FFmpegError:
                reading.left_out += 1
                continue
            if decoded.frame.interlaced_frame and not interlaced:
                interlaced = True
                self.warnings.append(_INTERLACED)
            if image.shape[:2] != (height, width) and not resized:
                resized = True
                self.warnings.append(
                    f"the picture changes from {width}x{height} to {image.shape[1]}x{image.shape[0]} px at frame "
                    f"{index}; pictures of another size are fitted into the first one."
                )
            yield Frame(index, time_s, fit(image, width, height), decoded.damaged)
            index, last_s = index + 1, time_s
            damaged, last_damaged = damaged + last_damaged, decoded.damaged
        if clock.repaired:
            what = "timestamp out of order was" if clock.repaired == 1 else "timestamps out of order were"
            self.warnings.append(f"{clock.repaired} {what} repaired from those around and {reading.fps:.4g} fps.")
        complete = self._report_end(reading, f"after {index} frames ({last_s:.1f} s)")
        damaged += last_damaged and complete  # half of a picture stands at the end of what was cut off
        self._report_losses(reading, index, damaged)

    def _report_end(self, reading: Reading, after: str) -> bool:
        """Say why it ended before its time; returns whether it did not."""
        if reading.trouble:
            what = f"the {self.info.kind} stopped" if reading.live else "truncated"
            self.warnings.append(f"{what} {after}: {reading.trouble}.")
        elif reading.is_cut_off():
            self.warnings.append(f"truncated {after}: the end of the file is missing.")
        else:
            return True
        return False

    def _report_losses(self, reading: Reading, n_frames: int, damaged: int) -> None:
        if damaged:
            self.warnings.append(
                f"{damaged} of {n_frames} pictures show damage, as parts of the data were lost or cannot be read; "
                "nobody new is followed from them."
            )
        if reading.left_out:
            self.warnings.append(f"{reading.left_out} damaged pieces could not be decoded and were left out.")
