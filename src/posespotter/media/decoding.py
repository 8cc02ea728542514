"""What video files, cameras and streams have in common: one container, decoded frame by frame under guard."""

import math
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import av
from av.container import InputContainer
from av.packet import Packet
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from posespotter.arrays import Image
from posespotter.errors import InputError
from posespotter.media.clock import Clock
from posespotter.media.images import check_size
from posespotter.media.source import Frame, Kind, Source, SourceInfo
from posespotter.media.upright import Upright, fit
from posespotter.settings import settings

CODECS: tuple[str, ...] = (
    "h264", "hevc", "vp8", "vp9", "av1", "mjpeg", "mpeg4", "gif",
    "mpeg2video",  # MPEG-TS of older camcorders and capture cards
    "prores",  # phones and cameras in their professional mode
    "rawvideo",  # webcams, and laboratory cameras writing AVI
)  # fmt: skip
"""The video codecs that are decoded; every other is refused, as each is a way in for hostile files."""

_DECODERS = ",".join((*CODECS, "libdav1d", "libvpx", "libvpx-vp9"))
_MAX_FPS = 1000.0
_FALLBACK_FPS = 30.0
# A header may round; less than this missing at the end is no sign of truncation.
_ROUNDING_S = 0.5
_ROUNDING_SHARE = 0.02
# The length of an AVI file is FFmpeg's guess from its size; its header counts frames.
_FORMATS_COUNTING_FRAMES = frozenset({"avi"})
# AVI knows times of decoding only; FFmpeg guesses those of showing, and is wrong for frames out of order.
_FORMATS_WITHOUT_ORDER = frozenset({"avi"})
# Matroska tells the length of each stream in a tag.
_MATROSKA_LENGTH = re.compile(r"(\d+):(\d+):(\d+(?:\.\d+)?)")
_INTERRUPTED = "immediate exit requested"
_INTERLACED = (
    "the video is interlaced: each picture mixes two moments, and what moves fast looks like a comb. "
    "Deinterlace it before, for example with `ffmpeg -i video.mts -vf bwdif video.mp4`."
)
# MJPEG over HTTP carries no times; FFmpeg makes them up.
_FORMATS_WITHOUT_TIMES = frozenset({"mpjpeg"})


@dataclass(frozen=True)
class Opening:
    """How FFmpeg is to open something, and how it is called in messages.

    Attributes:
        name: to show in `SourceInfo`.
        label: to start a message with: the path as the user gave it, an address without credentials.
        kind: what it is.
        url: what FFmpeg opens.
        demuxer: the demuxer to force; None lets FFmpeg look among those that `options` allow.
        options: options of the demuxer and the protocol.
        timeout_s: give up waiting after this; None for files.
    """

    name: str
    label: str
    kind: Kind
    url: str
    demuxer: str | None
    options: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float | None = None

    @property
    def live(self) -> bool:
        """Whether it is a camera or stream."""
        return self.kind in {"camera", "stream"}


class Reading:
    """One pass over a container, from its start, with the first frame decoded.

    Attributes:
        stream: the video stream.
        fps: nominal frames a second.
        first: the first frame.
        damaged: packets and frames that could not be decoded so far.
        trouble: why reading ended before the end, as part of a sentence; empty where it did not.

    Raises:
        InputError: it cannot be opened, or gives no frame.
    """

    def __init__(self, opening: Opening) -> None:
        self.damaged = 0
        self.trouble = ""
        self._arrived_s = 0.0
        self._opening = opening
        self._container = open_container(opening)
        try:
            self.stream = video_stream(self._container, opening)
            self.fps = _nominal_fps(self.stream)
            self._time_base = self.stream.time_base or Fraction(1, av.time_base)
            self._upright = Upright(self.stream.sample_aspect_ratio)
            self._rest: Iterator[av.VideoFrame] = self._decoded()
            first = next(self._rest, None)
            if first is None:
                why = f" ({self.trouble})" if self.trouble else ""
                raise InputError(
                    f"{opening.label}: expected a video, got one without a frame that can be decoded{why}. "
                    "Copy or record it again."
                )
            self.first = first
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the container, and let go of the decoder with its pictures now, not when garbage is collected."""
        self._rest = iter(())
        self._container.close()

    def frames(self) -> Iterator[av.VideoFrame]:
        """All frames, once."""
        yield self.first
        yield from self._rest

    def image(self, frame: av.VideoFrame) -> Image:
        """A frame as an upright picture.

        Raises:
            av.FFmpegError: it cannot be converted.
        """
        return self._upright.image(frame)

    def clock_s(self, frame: av.VideoFrame) -> float | None:
        """The container's time of a frame in seconds, None where it has none."""
        if self._container.format.name in _FORMATS_WITHOUT_TIMES:
            return self._arrived_s
        ticks = frame.dts if self._container.format.name in _FORMATS_WITHOUT_ORDER else frame.pts
        # Not `frame.time`: the last frames, which the decoder gives at the end, lack a time base.
        return None if ticks is None else float(ticks * self._time_base)

    def n_frames(self) -> int | None:
        """How many frames the header claims, None where it claims nothing."""
        length_s = self._length_s()
        return self.stream.frames or (round(length_s * self.fps) if length_s else None)

    def missing_s(self, n_frames: int, end_s: float) -> float:
        """Seconds that the header promises and that did not come; 0 where it was about right.

        Args:
            n_frames: the frames that came.
            end_s: when the last of them ends.
        """
        if self._container.format.name in _FORMATS_COUNTING_FRAMES:
            missing_s = (self.stream.frames - n_frames) / self.fps
        else:
            missing_s = (self._length_s() or 0.0) - end_s
        return missing_s if missing_s > max(_ROUNDING_S, _ROUNDING_SHARE * end_s) else 0.0

    def _length_s(self) -> float | None:
        if self.stream.duration and self.stream.time_base:
            return float(self.stream.duration * self.stream.time_base)
        if tag := _MATROSKA_LENGTH.match(self.stream.metadata.get("DURATION", "")):
            return int(tag[1]) * 3600 + int(tag[2]) * 60 + float(tag[3])
        if len(self._container.streams) > 1 or not self._container.duration:  # it may be the length of the sound
            return None
        return self._container.duration / av.time_base

    def _decoded(self) -> Iterator[av.VideoFrame]:
        for packet in self._packets():
            try:
                frames = self.stream.decode(packet)
            except av.error.EOFError:
                continue
            except av.FFmpegError:
                self.damaged += 1
                continue
            self._arrived_s = time.monotonic()
            yield from frames

    def _packets(self) -> "Iterator[Packet[VideoStream] | None]":
        """Packets until the end or until trouble; None at last, so that the decoder gives the frames it holds."""
        packets = self._container.demux(self.stream)
        timeout_s = self._opening.timeout_s or math.inf
        while True:
            asked_s = time.monotonic()
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                packet, self.trouble = None, reason(error)
            if packet is None or packet.size == 0:
                # FFmpeg's sign of a timeout differs from protocol to protocol; some make it look like the end.
                if self.trouble == _INTERRUPTED or time.monotonic() - asked_s > 0.9 * timeout_s:
                    self.trouble = f"no picture came for {timeout_s:g} s"
                yield None
                return
            yield packet


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
        try:
            height, width = reading.image(reading.first).shape[:2]
        except av.FFmpegError as error:
            reading.close()
            raise InputError(
                f"{opening.label}: expected a video, got one whose pictures cannot be converted ({reason(error)}). "
                "Convert it to H.264."
            ) from None
        n_frames = None if opening.live else reading.n_frames()
        self.info = SourceInfo(opening.name, opening.kind, width, height, reading.fps, n_frames, opening.live)
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
        clock = Clock(reading.fps)
        width, height = self.info.width, self.info.height
        index, time_s, resized, interlaced = 0, 0.0, False, False
        for decoded in reading.frames():
            if self._closed:
                return
            time_s = clock.time_s(reading.clock_s(decoded))
            try:
                image = reading.image(decoded)
            except av.FFmpegError:
                reading.damaged += 1
                continue
            if decoded.interlaced_frame and not interlaced:
                interlaced = True
                self.warnings.append(_INTERLACED)
            if image.shape[:2] != (height, width) and not resized:
                resized = True
                self.warnings.append(
                    f"the picture changes from {width}x{height} to {image.shape[1]}x{image.shape[0]} px at frame "
                    f"{index}; pictures of another size are fitted into the first one."
                )
            yield Frame(index, time_s, fit(image, width, height))
            index += 1
        if clock.repaired:
            self.warnings.append(f"{clock.repaired} times that jumped back were repaired from {reading.fps:g} fps.")
        self._tell_losses(reading, index, time_s)

    def _tell_losses(self, reading: Reading, n_frames: int, last_s: float) -> None:
        after = f"after {n_frames} frames ({last_s:.1f} s)"
        missing_s = 0.0 if self._opening.live else reading.missing_s(n_frames, last_s + 1 / reading.fps)
        if self._opening.live and reading.trouble:
            self.warnings.append(f"the {self._opening.kind} stopped {after}: {reading.trouble}.")
        elif reading.trouble:
            self.warnings.append(f"truncated {after}: {reading.trouble}.")
        elif missing_s:
            self.warnings.append(f"truncated {after}: its header promises {missing_s:.1f} s more.")
        if reading.damaged:
            self.warnings.append(f"{reading.damaged} damaged pieces could not be decoded and were left out.")


def reason(error: av.FFmpegError) -> str:
    """FFmpeg's own words for an error, without the name of the file or address."""
    return (error.strerror or type(error).__name__).lower()


def open_container(opening: Opening) -> InputContainer:
    """The container, with nothing decoded yet.

    Raises:
        InputError: it cannot be opened.
    """
    began_s = time.monotonic()
    options = {"codec_whitelist": _DECODERS, **opening.options}
    try:
        return av.open(
            opening.url,
            "r",
            format=opening.demuxer,
            options=options,
            metadata_errors="replace",
            timeout=opening.timeout_s,
        )
    except (av.FFmpegError, ValueError, OSError) as error:
        why = reason(error) if isinstance(error, av.FFmpegError) else "it is not understood"
        if opening.timeout_s is not None and time.monotonic() - began_s > 0.9 * opening.timeout_s:
            why = f"no answer within {opening.timeout_s:g} s"
        advice = (
            "Check that it is switched on and free." if opening.live else "It is damaged or cut off: copy it again."
        )
        raise InputError(f"{opening.label} could not be opened as a {opening.kind}: {why}. {advice}") from None


def video_stream(container: InputContainer, opening: Opening) -> VideoStream:
    """The stream to read, every other switched off.

    Raises:
        InputError: there is none, or of a codec or size that is not accepted.
    """
    stream = container.streams.best("video")
    if not isinstance(stream, VideoStream) or stream.disposition & Disposition.attached_pic:
        raise InputError(f"{opening.label}: expected a video, got a file without moving pictures (sound only?).")
    codec = stream.codec_context.codec.canonical_name if stream.codec_context else "an unknown codec"
    if codec not in CODECS:
        raise InputError(
            f"{opening.label}: expected video coded as {', '.join(CODECS[:8])}, got {codec}. Convert it to H.264."
        )
    if stream.width and stream.height:
        check_size(opening.label, stream.width, stream.height)
    for other in container.streams:
        if other.index != stream.index:
            other.discard = Discard.all
    # Threads over frames are the fastest, and delay a live picture by as many frames as there are threads.
    stream.thread_type = "SLICE" if opening.live else "AUTO"
    stream.codec_context.options = {"max_pixels": str(int(settings().max_image_megapixels * 1e6))}
    return stream


def _nominal_fps(stream: VideoStream) -> float:
    for rate in (stream.average_rate, stream.guessed_rate):
        if rate is not None and 0 < rate <= _MAX_FPS:
            return float(rate)
    return _FALLBACK_FPS
