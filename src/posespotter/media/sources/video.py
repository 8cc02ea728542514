"""Video files."""

from pathlib import Path

from posespotter.errors import InputError
from posespotter.media.containers.container import Opening
from posespotter.media.containers.decoding import DecodedSource
from posespotter.media.inspection.sniff import PICTURES, sniff

VIDEO_SUFFIXES = frozenset(
    {
        ".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2",
        ".lrv",  # the small copies that action cameras keep
        ".avi", ".mkv", ".webm", ".gif", ".ts", ".mts", ".m2ts",
    }
)  # fmt: skip
"""The usual names of videos; what a file is, its content decides."""


class VideoSource(DecodedSource):
    """A video file: MP4, MOV, AVI, MKV, WebM, GIF or MPEG-TS, by its content, not its name.

    Sound is ignored. Of a file that is cut off or damaged, what can be decoded comes, and `warnings` name the rest.
    Nothing but this one file is opened, whatever the file says.

    Raises:
        InputError: the file is missing, empty, no such video, of a codec that is not accepted, or gives no frame.
    """

    def __init__(self, path: str | Path) -> None:
        super().__init__(file_opening(Path(path)))


def file_opening(path: Path) -> Opening:
    """Instructions to open a video file: with the one demuxer of its content, and without any other file.

    Raises:
        InputError: the file is missing, empty or no such video.
    """
    demuxer = sniff(path)
    if demuxer in PICTURES:
        raise InputError(f"{path}: expected a video, got a picture ({demuxer.upper()}).")
    # An absolute path cannot be taken for an address of one of FFmpeg's protocols.
    url = str(path.absolute())
    options = {"protocol_whitelist": "file", "format_whitelist": demuxer}
    return Opening(path.name, str(path), "video", url, demuxer, options, path=path)
