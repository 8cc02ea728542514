"""Limits of live sessions: of what pages send, of recordings, of models."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LiveLimits:
    """The limits of all live sessions of a process.

    Attributes:
        jpeg_bytes: of a picture; the page sends pictures of 640 px at quality 0.8, which have a tenth of this.
        pixels: of a picture.
        text_bytes: of one wish of a page, a small JSON object.
        page_s: the latest time that a page may give for a picture; one that is open for four months has lost its clock.
        recording_s: a recording ends by itself after so long.
        late_end_s: a recording is shorter by this than videos may be, as a browser ends it up to a second late.
        forgotten_after_s: a recording that waits to be kept is gone so long after its last picture, its end, or a try
            to keep it.
        recordings: how many may wait to be kept, each in memory.
        models: sets of models in memory, the last used.
        people: followed in a picture; a crowd must not take the time of the other clients.
    """

    jpeg_bytes: int = 1_000_000
    pixels: int = 1920 * 1080
    text_bytes: int = 4096
    page_s: float = 1e7
    recording_s: float = 600.0
    late_end_s: float = 2.0
    forgotten_after_s: float = 900.0
    recordings: int = 32
    models: int = 3
    people: int = 6


LIMITS = LiveLimits()
"""Those of the application."""
