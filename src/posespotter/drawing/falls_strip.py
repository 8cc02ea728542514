"""The strip below a picture: how likely a fall was at each moment, the falls in red, and where one is now."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw

from posespotter.arrays import Bool, Float64, Image
from posespotter.drawing.colours import PALETTE, Rgb
from posespotter.drawing.text import font, text_width
from posespotter.exercises.words.phrases import clock, counted
from posespotter.falls.detect import FallAnalysis
from posespotter.falls.events import FallEvent


@dataclass(frozen=True)
class StripLayout:
    """The layout of the strip.

    Attributes:
        page_s: a longer clip is shown a minute at a time: of an hour, a fall would be a hair's breadth.
        stale_s: after so long the last known state of a person is no longer shown as theirs: the line has a gap.
        band_share: how much of a colour is laid over the ground.
        steps_s: between numbers of the axis; the first that leaves them room is taken.
    """

    page_s: float = 60.0
    stale_s: float = 0.5
    band_share: float = 0.2
    steps_s: tuple[int, ...] = (1, 2, 5, 10, 15)


STRIP = StripLayout()


class FallStrip:
    """Draws the strip of one analysis; what stays the same from frame to frame is drawn once a page.

    Attributes:
        height: px.
    """

    def __init__(self, analysis: FallAnalysis, duration_s: float, width: int, px: int) -> None:
        """Prepare the strip.

        Args:
            analysis: what was found.
            duration_s: of the clip.
            width: px.
            px: height of its letters.
        """
        self._events = [event for event in analysis.events if event.kind == "fall"]
        self._lying_events = [event for event in analysis.events if event.kind == "lying"]
        self._time_s, self._fall, self._lying = _highest(analysis)
        self._duration_s = max(duration_s, 1.0)
        self._page_s = min(self._duration_s, STRIP.page_s)
        self._width, self._px = width, px
        self._header, self._plot = round(1.9 * px), round(3.35 * px)
        self.height = self._header + self._plot + round(1.25 * px)
        self._page = lru_cache(maxsize=2)(self._drawn_page)

    def at(self, time_s: float) -> Image:
        """(height, width, 3) BGR of one moment."""
        number = int(min(max(time_s, 0.0), self._duration_s - 1e-6) // self._page_s)
        image = self._page(number).copy()
        half = max(1, self._px // 10)
        x = int(np.clip(self._x(time_s, number), half, self._width - 1 - half))
        image[self._header :, x - half : x + half + 1] = PALETTE.ink
        text, alarm = self._words(time_s)
        image[: self._header] = _header(text, clock(time_s), (self._width, self._header, self._px), alarm)
        return np.ascontiguousarray(image[:, :, ::-1])

    def _x(self, time_s: float, number: int) -> float:
        """The column of a moment on a page."""
        return (time_s - number * self._page_s) / self._page_s * (self._width - 1)

    def _words(self, time_s: float) -> tuple[str, bool]:
        """Words of the header, and whether they are an alarm."""
        raised = [event for event in self._events if event.alert_s <= time_s]
        active = active_events(self._events, time_s)
        down = [event for event in active if event in raised]
        if down:
            others = f" and {len(down) - 1} more" if len(down) > 1 else ""
            lasts_s = max(0.0, time_s - down[0].impact_s)  # the alarm may come before the impact
            return f"FALL at {clock(down[0].impact_s)} · #{down[0].track_id}{others} for {lasts_s:.0f} s", True
        if active:
            return f"#{active[0].track_id} falling", False
        lying = [event for event in active_events(self._lying_events, time_s) if event.alert_s <= time_s]
        if lying:
            return f"#{lying[0].track_id} lies for {time_s - lying[0].onset_s:.0f} s, not seen to fall", False
        return (f"{counted(len(raised), 'fall')}, up again" if raised else "no fall"), False

    def _drawn_page(self, number: int) -> Image:
        start_s, n = number * self._page_s, self._plot - 1
        time_s = start_s + np.arange(self._width) / (self._width - 1) * self._page_s
        fall, lying = (n * (1 - _at(self._time_s, values, time_s)) for values in (self._fall, self._lying))
        falling = self._during(time_s, [(event.onset_s, event.alert_s) for event in self._events])
        down = self._during(time_s, [(event.onset_s, event.end_s or self._duration_s) for event in self._events])

        image = np.full((self.height, self._width, 3), PALETTE.paper, np.uint8)
        plot = image[self._header : self._header + self._plot]
        lies = self._during(time_s, [(one.onset_s, one.end_s or self._duration_s) for one in self._lying_events])
        _shade(plot, np.broadcast_to(lies, plot.shape[:2]), PALETTE.lying, STRIP.band_share)
        _shade(plot, np.broadcast_to(down, plot.shape[:2]), PALETTE.fault, STRIP.band_share)
        plot[[0, n // 2, n]] = (58, 66, 76)
        with np.errstate(invalid="ignore"):
            under = np.arange(self._plot)[:, None] >= fall
        _shade(plot, under & ~falling, PALETTE.fall, 0.35)
        _shade(plot, under & falling, PALETTE.fault, 0.7)
        drawn = Pictures.fromarray(image)
        draw = ImageDraw.Draw(drawn)
        thick = max(1, self._px // 8)
        _line(draw, lying + self._header, PALETTE.lying, 1)
        _line(draw, fall + self._header, PALETTE.fall, thick)
        _line(draw, np.where(falling, fall, np.nan) + self._header, PALETTE.alarm, thick + 1)
        self._draw_axis(draw, number)
        return np.array(drawn)

    def _during(self, time_s: Float64, spans: Sequence[tuple[float, float]]) -> Bool:
        """Mask of the columns that lie within any of the spans."""
        inside = np.zeros(len(time_s), np.bool_)
        for first_s, last_s in spans:
            inside |= (time_s >= first_s) & (time_s <= last_s)
        return inside

    def _draw_axis(self, draw: ImageDraw.ImageDraw, number: int) -> None:
        """Times, and a red triangle at each impact."""
        top, small, half = self._header + self._plot, max(8, round(self._px * 0.75)), round(self._px * 0.5)
        impacts = [self._x(event.impact_s, number) for event in self._events]
        for x in impacts:
            draw.polygon([(x - half, top + 2 * half), (x + half, top + 2 * half), (x, top)], PALETTE.alarm)
        step = next((s for s in STRIP.steps_s if self._page_s / s * small * 5 <= self._width), STRIP.steps_s[-1])
        first = int(np.ceil(number * self._page_s / step)) * step
        for moment in range(first, int((number + 1) * self._page_s) + 1, step):
            text = f"{moment // 60}:{moment % 60:02d}"
            wide = text_width(text, small, "regular")
            x = float(np.clip(self._x(moment, number) - wide / 2, 2, self._width - wide - 2))
            if not any(x - self._px < other < x + wide + self._px for other in impacts):
                draw.text((x, top + round(0.2 * self._px)), text, PALETTE.soft, font(small, "regular"))


def active_events(events: Sequence[FallEvent], time_s: float) -> list[FallEvent]:
    """The falls that have begun by then and whose person was not seen upright again."""
    return [one for one in events if one.onset_s <= time_s and (one.end_s is None or time_s < one.end_s)]


def _highest(analysis: FallAnalysis) -> tuple[Float64, Float64, Float64]:
    """(T,) moments, and the highest smoothed probabilities of fall and of lying that anybody had at each."""
    windows = analysis.windows
    time_s, place = np.unique(windows.time_s, return_inverse=True)
    fall, lying = np.zeros(len(time_s)), np.zeros(len(time_s))
    np.maximum.at(fall, place, windows.smoothed[:, 1])
    np.maximum.at(lying, place, windows.smoothed[:, 2])
    return time_s, fall, lying


def _at(time_s: Float64, values: Float64, moments_s: Float64) -> Float64:
    """The values at other moments; NaN where nothing was known shortly before."""
    if not len(time_s):
        return np.full(len(moments_s), np.nan)
    last = np.searchsorted(time_s, moments_s, side="right") - 1
    known = (last >= 0) & (moments_s - time_s[np.maximum(last, 0)] <= STRIP.stale_s)
    return np.where(known, np.interp(moments_s, time_s, values), np.nan)


def _shade(area: Image, where: Bool, colour: Rgb, share: float) -> None:
    area[where] = (area[where] * (1 - share) + np.array(colour) * share).astype(np.uint8)


def _line(draw: ImageDraw.ImageDraw, y: Float64, colour: Rgb, width: int) -> None:
    """A line of one point a column, with gaps where a value is missing."""
    known = np.isfinite(y)
    for part in np.split(np.arange(len(y)), np.flatnonzero(np.diff(known)) + 1):
        if known[part[0]] and len(part) > 1:
            draw.line(list(zip(part.tolist(), y[part].tolist(), strict=True)), colour, width, joint="curve")


@lru_cache(maxsize=64)
def _header(text: str, now: str, size: tuple[int, int, int], alarm: bool) -> Image:
    """Draw the words, the legend of the curves, and the time; red for an alarm."""
    width, height, px = size
    tile = Pictures.new("RGB", (width, height), PALETTE.fault if alarm else PALETTE.paper)
    draw = ImageDraw.Draw(tile)
    pad, small, y = round(0.6 * px), round(0.8 * px), height / 2
    draw.text((pad, y), text, PALETTE.ink if alarm else PALETTE.soft, font(px), anchor="lm")
    draw.text((width - pad, y), now, PALETTE.ink, font(px), anchor="rm")
    x = width - 2 * pad - text_width("00:00.0", px)
    for word, colour, thick in (("lying", PALETTE.lying, 1), ("fall", PALETTE.fall, max(1, px // 6))):
        ink = PALETTE.ink if alarm else colour
        draw.text((x, y), word, ink, font(small, "regular"), anchor="rm")
        x -= text_width(word, small, "regular") + px // 3
        draw.line((x - px, y, x, y), ink, thick)
        x -= px + pad
    return np.array(tile)
