"""Video containers, opened under guard: few formats and codecs, bounded sizes, no waiting without end."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from posespotter.errors import InputError
from posespotter.media.sources.images import check_size
from posespotter.media.sources.source import Kind
from posespotter.settings import settings

CODECS: tuple[str, ...] = (
    "h264", "hevc", "vp8", "vp9", "av1", "mjpeg", "mpeg4", "gif",
    "mpeg2video",  # MPEG-TS of older camcorders and capture cards
    "prores",  # phones and cameras in their professional mode
    "rawvideo",  # webcams, and laboratory cameras writing AVI
)  # fmt: skip
"""The video codecs that are decoded; every other is refused, as each is a way in for hostile files."""

_DECODERS = ",".join((*CODECS, "libdav1d", "libvpx", "libvpx-vp9"))
ENDLESS = frozenset({"mpjpeg"})
"""JPEG pictures over HTTP, one after the other without times."""


@dataclass(frozen=True)
class Opening:
    """Instructions for FFmpeg to open something, and its name in messages.

    Attributes:
        name: to show in `SourceInfo`.
        label: to start a message with: the path as the user gave it, an address without credentials.
        kind: what it is.
        url: what FFmpeg opens.
        demuxer: the demuxer to force; None lets FFmpeg look among those that `options` allow.
        options: options of the demuxer and the protocol.
        timeout_s: give up waiting after this; None for files.
        path: the file, if it is one of this machine.
    """

    name: str
    label: str
    kind: Kind
    url: str
    demuxer: str | None
    options: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float | None = None
    path: Path | None = None


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
        here = opening.path is not None
        advice = "It is damaged or cut off: copy it again." if here else "Check that it is switched on and free."
        raise InputError(f"{opening.label} could not be opened as a {opening.kind}: {why}. {advice}") from None


def is_live(container: InputContainer, opening: Opening) -> bool:
    """Whether waiting costs frames.

    What an address gives is a recorded file where its server or its header says how long it is; such a file can be
    read at any speed, and again. An endless sequence of JPEG pictures is none, whatever its server says.
    """
    if opening.kind != "stream" or not opening.url.lower().startswith("http"):
        return opening.path is None
    formats = container.format.name.split(",")
    if not ENDLESS.isdisjoint(formats):
        return True
    # The size of an HLS playlist is that of the list.
    sized = container.size > 0 and "hls" not in formats
    return not sized and not container.duration


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
    stream.thread_type = "SLICE" if is_live(container, opening) else "AUTO"
    stream.codec_context.options = {"max_pixels": str(int(settings().max_image_megapixels * 1e6))}
    return stream
