"""The counter in a corner of an exercise's overlay."""

from dataclasses import dataclass
from functools import lru_cache

from PIL import Image as Pictures
from PIL import ImageDraw

from posespotter.arrays import Image
from posespotter.drawing.colours import PALETTE, Rgb
from posespotter.drawing.text import bgra, font, text_width
from posespotter.exercises.words.verdicts import MARKS, VERDICTS

_COLOURS: dict[str, Rgb] = {
    "good": PALETTE.good, "fault": PALETTE.fault_word, "nothing_wrong_seen": PALETTE.open, "cannot_tell": PALETTE.open,
}  # fmt: skip
_PHASES = {"down": "▼ down", "up": "▲ up", "hold": "■ hold", "rest": "● rest", "": ""}
_WIDEST_PHASE = "▼ down"
_COUNT = 2.7  # times the text


@dataclass(frozen=True)
class Panel:
    """The content of the counter at one moment.

    Attributes:
        title: the exercise, and the person.
        count: complete repetitions.
        phase: `rest`, `down`, `hold`, `up` or empty.
        last: number of the last complete repetition; 0 for none.
        verdict: on that repetition.
        faults: what is wrong right now, in words.
    """

    title: str
    count: int
    phase: str
    last: int = 0
    verdict: str = ""
    faults: tuple[str, ...] = ()


def panel_width(titles: list[str], faults: list[str], px: int) -> int:
    """Width that fits everything the panel will have to show."""
    lines = [text_width(title, _small(px), "regular") for title in titles]
    lines += [text_width(f"{MARKS[verdict]} rep 88: {VERDICTS[verdict]}", px) for verdict in _COLOURS]
    lines += [text_width(fault, px) for fault in faults]
    lines.append(text_width("88", round(px * _COUNT)) + px + text_width(_WIDEST_PHASE, px))
    return max(lines) + 2 * _pad(px)


def panel_height(px: int) -> int:
    """Height of a panel without faults."""
    return round(_small(px) * 1.3 + px * _COUNT * 1.05 + px * 1.4) + 2 * _pad(px)


@lru_cache(maxsize=64)
def panel_tile(panel: Panel, px: int, width: int) -> Image:
    """(H, W, 4) BGRA picture of the counter, with letters of `px`; higher by a line for each fault."""
    pad, small, strip = _pad(px), _small(px), round(px * 1.75)
    height = panel_height(px)
    tile = Pictures.new("RGBA", (width, height + strip * len(panel.faults)), (0, 0, 0, 0))
    draw = ImageDraw.Draw(tile)
    radius = round(px * 0.4)
    draw.rounded_rectangle((0, 0, width - 1, tile.height - 1), radius, (*PALETTE.paper, 222))
    y = pad
    draw.text((pad, y), panel.title, PALETTE.soft, font(small, "regular"))
    y += round(small * 1.3)
    large = font(round(px * _COUNT))
    draw.text((pad, y + round(px * _COUNT * 0.9)), str(panel.count), PALETTE.ink, large, anchor="ls")
    draw.text((width - pad, y + round(px * _COUNT * 0.9)), _PHASES[panel.phase], PALETTE.ink, font(px), anchor="rs")
    y += round(px * _COUNT * 1.05)
    if panel.last:
        line = f"{MARKS[panel.verdict]} rep {panel.last}: {VERDICTS[panel.verdict]}"
        draw.text((pad, y + round(px * 0.1)), line, _COLOURS[panel.verdict], font(px))
    for i, fault in enumerate(panel.faults):
        top = height + i * strip
        draw.rounded_rectangle((0, top, width - 1, top + strip - 2), radius, (*PALETTE.fault, 245))
        draw.text((pad, top + strip // 2), fault, PALETTE.ink, font(px), anchor="lm")
    return bgra(tile)


def _pad(px: int) -> int:
    return max(3, round(px * 0.6))


def _small(px: int) -> int:
    return max(8, round(px * 0.82))
