"""One pass over a container: its pictures in order, and the damage found on the way."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.packet import Packet
from av.video.stream import VideoStream

from posespotter.arrays import Image
from posespotter.errors import InputError
from posespotter.media.containers.container import ENDLESS, Opening, is_live, open_container, reason, video_stream
from posespotter.media.containers.cut_off import is_cut_off
from posespotter.media.containers.damage import Damage
from posespotter.media.containers.survey import survey
from posespotter.media.containers.upright import Upright

# AVI knows times of decoding only; FFmpeg guesses those of showing, and is wrong for frames out of order.
_FORMATS_WITHOUT_ORDER = frozenset({"avi"})
_INTERRUPTED = "immediate exit requested"


@dataclass(frozen=True, eq=False)
class Decoded:
    """A frame as it came out of the decoder.

    Attributes:
        frame: as FFmpeg has it.
        damaged: whether it shows what was left of lost or damaged data.
    """

    frame: av.VideoFrame
    damaged: bool


class Reading:
    """One pass over a container, from its start, up to the first picture already.

    Attributes:
        live: whether waiting costs frames.
        fps: usual frames a second.
        n_frames: number of frames; None where it is unknown.
        size: (width, height) of the first picture, px.
        left_out: packets and frames that could not be decoded so far.
        trouble: why reading ended before the end, as part of a sentence; empty where it did not.

    Raises:
        InputError: it cannot be opened, or gives no picture.
    """

    def __init__(self, opening: Opening) -> None:
        self.left_out = 0
        self.trouble = ""
        self._opening = opening
        self._arrived_s = 0.0
        self._shown = False
        self._container = open_container(opening)
        try:
            self.live = is_live(self._container, opening)
            self._stream = video_stream(self._container, opening)
            self.fps, self.n_frames = self._surveyed()
            self._time_base = self._stream.time_base or Fraction(1, av.time_base)
            self._damage = Damage(float(self._time_base))
            self._upright = Upright(self._stream.sample_aspect_ratio)
            self._rest: Iterator[Decoded] = self._decoded()
            self._first = self._first_picture()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the container, and let go of the decoder with its pictures now, not when garbage is collected."""
        self._rest = iter(())
        self._container.close()

    def frames(self) -> Iterator[Decoded]:
        """All frames from the first that can be converted on, once."""
        yield self._first
        yield from self._rest

    def image(self, frame: av.VideoFrame) -> Image:
        """A frame as an upright picture.

        Raises:
            av.FFmpegError: it cannot be converted.
        """
        image = self._upright.image(frame)
        self._shown = True
        return image

    def clock_s(self, frame: av.VideoFrame) -> float | None:
        """The container's time of a frame in seconds, None where it has none."""
        if self._container.format.name in ENDLESS:  # such formats carry no times; FFmpeg makes them up
            return self._arrived_s
        ticks = frame.dts if self._container.format.name in _FORMATS_WITHOUT_ORDER else frame.pts
        # Not `frame.time`: the last frames, which the decoder gives at the end, lack a time base.
        return None if ticks is None else float(ticks * self._time_base)

    def is_cut_off(self) -> bool:
        """Whether the end is missing, as far as that can be known."""
        return self._opening.path is not None and is_cut_off(self._opening.path, self._opening.demuxer or "")

    def _surveyed(self) -> tuple[float, int | None]:
        if self._opening.path is None:
            found = survey(self._stream, None)
        else:
            with open_container(self._opening) as packets:
                found = survey(self._stream, packets)
        return found.fps, None if self.live else found.n_frames

    def _first_picture(self) -> Decoded:
        refused = ""
        for decoded in self._rest:
            try:
                height, width = self.image(decoded.frame).shape[:2]
            except av.FFmpegError as error:
                refused = refused or reason(error)
                self.left_out += 1
                continue
            self.size = (width, height)
            return decoded
        if refused and not self.trouble:
            raise InputError(
                f"{self._opening.label}: expected a video, got one whose pictures cannot be converted ({refused}). "
                "Convert it to H.264."
            )
        why = f" ({self.trouble})" if self.trouble else ""
        raise InputError(
            f"{self._opening.label}: expected a video, got one without a frame that can be decoded{why}. "
            "Copy or record it again."
        )

    def _decoded(self) -> Iterator[Decoded]:
        timeout_s = self._opening.timeout_s or math.inf
        waiting_since_s = time.monotonic()
        for packet in self._packets():
            try:
                frames = self._stream.decode(packet)
            except av.error.EOFError:
                continue
            except av.FFmpegError:
                self.left_out += 1
                self._damage.packet(packet, lost=True)
                frames = []
            else:
                self._damage.packet(packet)
            self._arrived_s = time.monotonic()
            for frame in frames:
                yield Decoded(frame, self._damage.shows(frame))
            if self._shown:  # the time that the taker of the pictures needs is not that of waiting for one
                waiting_since_s, self._shown = time.monotonic(), False
            # What comes and cannot be decoded is no sign of life: a camera that sends nothing else has failed.
            if packet is not None and time.monotonic() - waiting_since_s > timeout_s:
                self.trouble = f"what came for {timeout_s:g} s could not be decoded"
                return

    def _packets(self) -> "Iterator[Packet[VideoStream] | None]":
        """Packets until the end or until trouble; None at last, so that the decoder gives the frames it holds."""
        packets = self._container.demux(self._stream)
        timeout_s = self._opening.timeout_s or math.inf
        while True:
            requested_s = time.monotonic()
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                packet, self.trouble = None, reason(error)
            if packet is None or packet.size == 0:
                # FFmpeg's sign of a timeout differs from protocol to protocol; some make it look like the end.
                if self.trouble == _INTERRUPTED or time.monotonic() - requested_s > 0.9 * timeout_s:
                    self.trouble = f"no picture came for {timeout_s:g} s"
                yield None
                return
            yield packet
