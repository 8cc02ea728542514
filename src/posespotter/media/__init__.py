"""Pictures in and out: open any source, write a video that browsers play."""

from posespotter.media.images import read_image
from posespotter.media.paced import PacedSource
from posespotter.media.part import WHOLE, Part
from posespotter.media.source import Frame, Source, SourceInfo
from posespotter.media.sources import expand_inputs, open_again, open_source
from posespotter.media.stream import redact
from posespotter.media.writer import VideoWriter

__all__ = [
    "WHOLE",
    "Frame",
    "PacedSource",
    "Part",
    "Source",
    "SourceInfo",
    "VideoWriter",
    "expand_inputs",
    "open_again",
    "open_source",
    "read_image",
    "redact",
]
