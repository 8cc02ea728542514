"""Cameras of this machine, and streams over the network."""

import re
import sys

import av
from av.device import enumerate_input_devices

from posespotter.errors import InputError
from posespotter.media.containers.container import Opening
from posespotter.media.containers.decoding import DecodedSource
from posespotter.settings import settings

_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://")
# rtsp://host/user=admin&password=secret&channel=1, or with _ between, as recorders of Xiongmai want it. A value ends
# before the next name: a password may hold & and _ itself.
_SECRET_IN_PATH = re.compile(r"(?i)(?<![a-z])(user(?:name)?|pass(?:word|wd)?|pwd)([=_]).*?(?=[&_][a-z]+=|[?#]|$)")

# What FFmpeg may open and understand for each kind of address; never a local file. HLS is what many cameras on the
# web offer; DASH is left out (CVE-2023-6605).
_HTTP = {
    "protocol_whitelist": "http,https,tcp,tls,crypto",
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,mpegts,mpjpeg,mjpeg,avi,gif,flv,hls,h264,hevc",
}
_RTSP = {
    "protocol_whitelist": "rtsp,rtsps,rtp,tcp,tls",
    "format_whitelist": "rtsp,rtp,sdp,mpegts",
    "rtsp_transport": "tcp",  # UDP loses packets, and grey smear looks like movement
}
_SCHEMES = {"http": _HTTP, "https": _HTTP, "rtsp": _RTSP, "rtsps": _RTSP}
_LIVE = {"analyzeduration": "2000000"}  # microseconds to probe what the stream is


def is_address(spec: str) -> bool:
    """Whether `spec` is an address such as rtsp://..., of whatever scheme."""
    return _ADDRESS.match(spec) is not None


def redact(address: str) -> str:
    """`address` fit for names, logs and messages: user name, password and the query, which may hold a key, are hidden.

    Whatever stands before the last @ is taken for credentials, as passwords with / or @ in them are often not encoded.
    In the path, the values of `user`, `password` and the like are hidden.
    """
    scheme = _ADDRESS.match(address)
    if scheme is None:
        return address
    host, slash, path = address[scheme.end() :].partition("/")
    path = _SECRET_IN_PATH.sub(r"\1\2***", path)
    _, at, public = f"{host}{slash}{path}".rpartition("@")
    public = re.sub(r"([?#]).*", r"\1***", public, flags=re.DOTALL)
    return f"{scheme[0]}{'***@' if at else ''}{public}"


class StreamSource(DecodedSource):
    """A live picture over RTSP (on TCP) or HTTP: MPEG-TS, MP4, Matroska, MJPEG, HLS.

    A stream that breaks off, or gives no picture for `settings().stream_timeout_s`, ends; `warnings` say why. A
    recorded file at an HTTP address is a video like any other: every frame comes, and it can be read again.

    Raises:
        InputError: the address is of another scheme, does not answer, or gives no picture.
    """

    def __init__(self, address: str) -> None:
        shown = redact(address)
        match = _ADDRESS.match(address)
        options = _SCHEMES.get(match["scheme"].lower()) if match else None
        if options is None:
            raise InputError(f"{shown}: expected an address that starts with {', '.join(f'{s}://' for s in _SCHEMES)}.")
        timeout_s = settings().stream_timeout_s
        super().__init__(Opening(shown, shown, "stream", address, None, {**_LIVE, **options}, timeout_s))


class CameraSource(DecodedSource):
    """A camera of this machine, by number from 0.

    Raises:
        InputError: there is no such camera, or another program uses it.
    """

    def __init__(self, number: int) -> None:
        if number < 0:
            raise InputError(f"camera {number}: expected a number from 0.")
        name = f"camera {number}"
        device, demuxer, options = camera_device(number)
        super().__init__(Opening(name, name, "camera", device, demuxer, options, settings().stream_timeout_s))


def camera_device(number: int) -> tuple[str, str, dict[str, str]]:
    """FFmpeg's names for a camera: device, demuxer, options."""
    if sys.platform == "darwin":
        return f"{number}:none", "avfoundation", {"framerate": "30", "video_size": "1280x720"}
    if sys.platform == "win32":
        try:
            names = [d.name for d in enumerate_input_devices("dshow") if "video" in d.media_types]
        except (av.FFmpegError, ValueError):
            names = []
        if number >= len(names):
            raise InputError(f"camera {number}: expected one of {len(names)} cameras (numbers from 0).")
        return f"video={names[number]}", "dshow", {"rtbufsize": "64M"}
    # v4l2 takes the nearest size the camera has. MJPEG, where offered, is what USB can carry at 30 fps.
    return f"/dev/video{number}", "v4l2", {"framerate": "30", "video_size": "1280x720"}
