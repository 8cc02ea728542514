"""Write a video that browsers play, with the times of its source."""

from contextlib import ExitStack, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import cv2
import numpy as np
from av.container import OutputContainer
from av.packet import Packet
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream

from posespotter.arrays import Float64, Image, require_image
from posespotter.errors import OutputError, ShapeError
from posespotter.files import whole
from posespotter.media.containers.upright import PAL_HEIGHT, PAL_WIDTH
from posespotter.timing import MAX_FPS, USUAL_FPS

ENCODERS: tuple[tuple[str, dict[str, str]], ...] = (
    # `superfast`, with the look ahead of `veryfast` that halves its files: a third less work than `veryfast`, for a
    # tenth more bytes (benchmarks/encoding.py). PyAV would let several threads share a frame, which waits for each.
    (
        "libx264",
        {"preset": "superfast", "crf": "21", "x264-params": "mbtree=1:rc-lookahead=10", "thread_type": "frame"},
    ),
    ("libopenh264", {"rc_mode": "quality", "b": "4M"}),
    ("libvpx-vp9", {"deadline": "realtime", "cpu-used": "8", "crf": "33", "b": "0", "row-mt": "1"}),
)
"""Tried in this order. Every PyAV wheel has the first; the last is VP9, which browsers play from an MP4 file too."""

_TICKS_A_SECOND = 90_000  # the usual clock of video: whole ticks a frame at 24, 25, 30, 50 and 60 a second
# MP4 keeps how long a frame is shown in 31 bits of ticks: 6.6 h. A picture that stands longer is written again.
_LONGEST_SHOWN = 6 * 3600 * _TICKS_A_SECOND
_LONGEST_GAP_S = 7 * 86400.0  # no camera waits longer: what says so is damaged, and would fill the disk


@dataclass(frozen=True)
class _Colours:
    """A standard for colours in video.

    Attributes:
        number: FFmpeg's for its matrix, primaries and transfer.
        red, blue: their shares in the brightness.
    """

    number: int
    red: float
    blue: float


# What players expect: of HD, and of smaller pictures (NTSC).
_BT709 = _Colours(1, 0.2126, 0.0722)
_BT601 = _Colours(6, 0.299, 0.114)


def _yuv_of_bgr(red: float, blue: float) -> Float64:
    """(3, 4) what makes Y, U, V of limited range (16..235, 16..240) of blue, green, red and 1."""
    y = np.array([blue, 1 - red - blue, red])
    u, v = (np.array([1, 0, 0]) - y) / (1 - blue), (np.array([0, 0, 1]) - y) / (1 - red)
    return np.column_stack([np.stack([219 * y, 112 * u, 112 * v]) / 255, [16, 128, 128]])


class VideoWriter:
    """Writes an MP4 file that appears whole when the block ends well, and not at all after an error.

    H.264, yuv420p, index in front. Every frame is shown from its own time to that of the next one, the last for one
    usual period; one that is shown for longer than six hours is written again every six hours, and a gap of more than a
    week becomes a week. A picture with an odd side gets its last row or column twice, as yuv420p needs even sides.

    Args:
        path: the file to write, ending in .mp4; one that exists is replaced at the end.
        size: (width, height) of the pictures, px.
        fps: usual frames a second; 0 or less stands for 30.

    Attributes:
        codec: name of the encoder in use, once the block has begun; libvpx-vp9 (VP9 in MP4) where none for H.264 is.

    Raises:
        OutputError: the file cannot be written, no frame came, or this FFmpeg has none of `ENCODERS`.
    """

    def __init__(self, path: str | Path, size: tuple[int, int], fps: float) -> None:
        self.path = Path(path)
        if self.path.suffix.lower() != ".mp4":
            raise OutputError(f"{self.path}: expected a name ending in .mp4.")
        if min(size) < 2:
            raise ShapeError(f"size: expected at least 2x2 px, got {size[0]}x{size[1]}.")
        self.codec = ""
        self._size = size
        self._fps = min(fps, MAX_FPS) if fps > 0 else USUAL_FPS
        self._stack = ExitStack()
        self._to_yuv = _yuv_of_bgr(self._colours().red, self._colours().blue)
        # Kept from frame to frame: fresh memory costs as much as the work on it.
        width, height = (side + side % 2 for side in size)
        self._yuv = np.empty((height, width, 3), np.uint8)
        self._half = np.empty((height // 2, width // 2, 3), np.uint8)
        self._start_s: float | None = None
        self._last_tick = -1
        self._held: Packet[VideoStream] | None = None
        self._shown: av.VideoFrame | None = None
        self._shown_tick = 0

    def __enter__(self) -> Self:
        try:
            temporary = self._stack.enter_context(whole(self.path))
            self._container: OutputContainer = av.open(
                str(temporary.absolute()), "w", format="mp4", options={"movflags": "+faststart"}
            )
            self._stack.callback(self._abandon)
            self._stream = self._add_stream()
        except BaseException as error:
            self._stack.__exit__(type(error), error, error.__traceback__)
            if isinstance(error, av.FFmpegError | OSError):
                raise OutputError(f"{self.path} could not be written: {error.strerror}.") from error
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            try:
                self._finish()
            except BaseException as failure:
                self._stack.__exit__(type(failure), failure, failure.__traceback__)
                raise
        self._stack.__exit__(kind, error, trace)

    def write(self, image: Image, time_s: float) -> None:
        """Add a frame: `prepare`, then `encode`, which see."""
        self.encode(self.prepare(image, time_s))

    def prepare(self, image: Image, time_s: float) -> av.VideoFrame:
        """A frame in the colours of the encoder, with its time. One thread may prepare while another encodes.

        Args:
            image: (H, W, 3) uint8 BGR of the writer's size; not kept.
            time_s: when it is shown; the first frame of the file is shown at 0. A time that does not go forward is
                moved to just after the frame before.

        Raises:
            ShapeError: the picture is of another size or type.
        """
        require_image(image)
        if image.shape[1::-1] != self._size:
            width, height = self._size
            raise ShapeError(f"image: expected {width}x{height} px, got {image.shape[1]}x{image.shape[0]}.")
        if self._start_s is None:
            self._start_s = time_s
        gap_s = time_s - self._start_s - self._last_tick / _TICKS_A_SECOND
        self._start_s += max(0.0, gap_s - _LONGEST_GAP_S)
        tick = max(round((time_s - self._start_s) * _TICKS_A_SECOND), self._last_tick + 1)
        frame = self._frame(image)
        frame.pts, frame.time_base = tick, Fraction(1, _TICKS_A_SECOND)
        self._last_tick = tick
        return frame

    def encode(self, frame: av.VideoFrame) -> None:
        """Add a prepared frame, in the order in which they were prepared.

        Raises:
            OutputError: the disk is full or the encoder failed.
        """
        tick = frame.pts or 0
        while self._shown is not None and tick - self._shown_tick > _LONGEST_SHOWN:
            self._shown_tick += _LONGEST_SHOWN
            self._shown.pts = self._shown_tick
            self._mux(self._shown)
        self._mux(frame)
        self._shown, self._shown_tick = frame, tick

    def _frame(self, image: Image) -> av.VideoFrame:
        odd_rows, odd_columns = image.shape[0] % 2, image.shape[1] % 2
        if odd_rows or odd_columns:
            image = cv2.copyMakeBorder(image, 0, odd_rows, 0, odd_columns, cv2.BORDER_REPLICATE)
        # FFmpeg's own conversion takes half as long again, and rounds twice.
        cv2.transform(image, self._to_yuv, dst=self._yuv)
        cv2.resize(self._yuv, self._half.shape[1::-1], dst=self._half, interpolation=cv2.INTER_AREA)
        frame = av.VideoFrame(self._yuv.shape[1], self._yuv.shape[0], "yuv420p")
        for channel, (plane, picture) in enumerate(zip(frame.planes, (self._yuv, self._half, self._half), strict=True)):
            rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)  # type: ignore[call-overload]
            cv2.extractChannel(picture, channel, dst=rows[:, : plane.width])
        number = self._colours().number
        frame.colorspace, frame.color_primaries, frame.color_trc = number, number, number
        frame.color_range = ColorRange.MPEG
        return frame

    def _colours(self) -> _Colours:
        return _BT709 if self._size[0] > PAL_WIDTH or self._size[1] > PAL_HEIGHT else _BT601

    def _add_stream(self) -> VideoStream:
        for name, options in ENCODERS:
            try:
                stream = self._container.add_stream(
                    name, rate=Fraction(self._fps).limit_denominator(1001), options=dict(options)
                )
            except (av.FFmpegError, ValueError):  # this FFmpeg was built without it
                continue
            assert isinstance(stream, VideoStream)  # noqa: S101 - each of ENCODERS is one of video
            context = stream.codec_context
            stream.width, stream.height = (side + side % 2 for side in self._size)
            stream.pix_fmt = "yuv420p"
            # Without B-frames packets leave in the order of their times, so that every duration is exact.
            context.max_b_frames = 0
            context.gop_size = max(1, round(self._fps * 2.0))  # players seek to key frames: one every 2 s
            context.time_base = stream.time_base = Fraction(1, _TICKS_A_SECOND)
            number = self._colours().number
            context.colorspace, context.color_primaries, context.color_trc = number, number, number
            context.color_range = ColorRange.MPEG
            self.codec = name
            return stream
        raise OutputError(
            f"{self.path} could not be written: this FFmpeg has none of the encoders "
            f"{', '.join(name for name, _ in ENCODERS)}. Install PyAV from its wheel."
        )

    def _mux(self, frame: av.VideoFrame | None) -> None:
        """Encode `frame` (None: the end). A packet waits for its successor, as the last one gets its duration."""
        try:
            for packet in self._stream.encode(frame):
                if self._held is not None:
                    self._container.mux(self._held)
                self._held = packet
        except (av.FFmpegError, OSError) as error:
            raise OutputError(f"{self.path} could not be written: {error.strerror or error}.") from error

    def _finish(self) -> None:
        if self._start_s is None:
            raise OutputError(f"{self.path} was not written: expected at least one frame, got none.")
        self._mux(None)
        try:
            if self._held is not None:
                self._held.duration = round(_TICKS_A_SECOND / self._fps)
                self._container.mux(self._held)
            self._container.close()
        except (av.FFmpegError, OSError) as error:
            raise OutputError(f"{self.path} could not be written: {error.strerror or error}.") from error

    def _abandon(self) -> None:
        """Close the container, a second time after success; what it says about its end no longer matters."""
        with suppress(av.FFmpegError, OSError, ValueError):
            self._container.close()
