"""Two clips side by side, then and now or front and side, that run together."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from posespotter.timing import USUAL_FPS
from posespotter.ui.parts.component import component
from posespotter.ui.parts.result.player import file_address

_component = component(Path(__file__).with_name("pair"))


@dataclass(frozen=True)
class Mark:
    """A moment that a clip may be run from.

    Attributes:
        label: what is there.
        time_s: when.
    """

    label: str
    time_s: float


@dataclass(frozen=True)
class PairClip:
    """One of the two.

    Attributes:
        run: its id; overlay.mp4 of it is shown.
        title: below the video.
        fps: frames a second.
        marks: moments to start from, at least one; the first stands chosen.
    """

    run: str
    title: str
    fps: float
    marks: Sequence[Mark]


def pair(first: PairClip, second: PairClip, *, key: str) -> None:
    """Show two clips; `key` is that of the element."""
    data = [
        {
            "src": file_address(clip.run, "overlay.mp4"),
            "title": clip.title,
            "fps": clip.fps or USUAL_FPS,
            "marks": [asdict(mark) for mark in clip.marks],
        }
        for clip in (first, second)
    ]
    _component(key=key, data=data)
