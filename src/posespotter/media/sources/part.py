"""A part of a video: from one moment to another, as if it had been cut out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from posespotter.errors import InputError, SettingsError
from posespotter.media.sources.source import Frame, Source


@dataclass(frozen=True)
class Part:
    """The part of a video that is processed.

    Attributes:
        from_s: seconds after the first frame; None for the beginning.
        to_s: until when, included; None for the end.

    Raises:
        SettingsError: it has no length, or begins before the video.
    """

    from_s: float | None = None
    to_s: float | None = None

    def __post_init__(self) -> None:
        for name, value in (("from", self.from_s), ("to", self.to_s)):
            if value is not None and not 0 <= value < float("inf"):
                raise SettingsError(f"{name}: expected seconds after the beginning of the video, got {value:g}.")
        if self.to_s is not None and self.to_s <= (self.from_s or 0.0):
            raise SettingsError(f"to: expected a moment after {self.from_s or 0:g} s, got {self.to_s:g} s.")

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.from_s) or self.to_s is not None

    def to_settings(self) -> dict[str, float]:
        """Entries for the settings of poses; none for a whole video."""
        return {name: value for name in ("from_s", "to_s") if (value := getattr(self, name))}


WHOLE = Part()


def part_of(settings: Mapping[str, Any]) -> Part:
    """The part of its video in which poses with these `settings` were found."""
    try:
        return Part(settings.get("from_s"), settings.get("to_s"))
    except (SettingsError, TypeError):  # of another program
        return WHOLE


class PartSource(Source):
    """Gives the frames of a part of another source, numbers and times from 0; closing this closes it too.

    Raises:
        InputError: the other source is no video that has a beginning and an end.
    """

    def __init__(self, source: Source, part: Part) -> None:
        if source.info.kind not in {"video", "frames"} or source.info.live:
            kind = "picture" if source.info.kind == "image" else source.info.kind
            raise InputError(f"{source.info.name}: expected a video to take a part of, got a {kind}.")
        self._source, self._part = source, part
        n_frames = source.info.n_frames
        if n_frames is not None and source.info.fps > 0:
            first = min(n_frames, round((part.from_s or 0.0) * source.info.fps))
            last = n_frames if part.to_s is None else min(n_frames, round(part.to_s * source.info.fps) + 1)
            n_frames = max(1, last - first)
        self.info = replace(source.info, n_frames=n_frames)
        self.warnings = source.warnings

    def __iter__(self) -> Iterator[Frame]:
        first_s, last_s, number = None, 0.0, 0
        for frame in self._source:
            if self._part.to_s is not None and frame.time_s > self._part.to_s:
                break
            last_s = frame.time_s
            if frame.time_s < (self._part.from_s or 0.0):
                continue
            first_s = frame.time_s if first_s is None else first_s
            yield replace(frame, index=number, time_s=frame.time_s - first_s)
            number += 1
        if first_s is None:
            asked_s = self._part.from_s or 0.0
            raise InputError(
                f"{self.info.name}: expected pictures from {asked_s:g} s on, the video ends at {last_s:.1f} s."
            )

    def close(self) -> None:
        """Close the source."""
        self._source.close()
