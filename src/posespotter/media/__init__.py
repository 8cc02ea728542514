"""Pictures in and out: open any source, write a video that browsers play."""

from posespotter.media.sources.images import read_image
from posespotter.media.sources.opening import expand_inputs, open_again, open_source
from posespotter.media.sources.paced import PacedSource
from posespotter.media.sources.part import WHOLE, Part
from posespotter.media.sources.source import Frame, Source, SourceInfo
from posespotter.media.sources.stream import redact
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
