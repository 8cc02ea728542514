"""Falls over their video: joints, each person's state and probability, and below them the strip of probabilities."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pictures
from PIL import ImageDraw

from posespotter.arrays import Bool, Float32, Float64, Image, Int32
from posespotter.drawing.colours import PALETTE, bgr
from posespotter.drawing.event_clips import Clip, Clips
from posespotter.drawing.falls_strip import STRIP, FallStrip, active_events
from posespotter.drawing.overlay import draw_people
from posespotter.drawing.overlay_video import OverlayWriter
from posespotter.drawing.text import LINES_A_PICTURE, bgra, font, lay, text_width
from posespotter.falls.classifier import CLASSES
from posespotter.falls.detect import FallAnalysis
from posespotter.falls.events import STATES
from posespotter.falls.zones import Zone
from posespotter.media import Source
from posespotter.media.threads import FrameReader
from posespotter.poses import PoseSequence
from posespotter.progress import Progress

Rectangle = tuple[int, int, int, int]

SMALLEST_PX = 480
"""A picture whose shorter side is less is enlarged: on the 320x240 of a room camera no letter is legible."""

_LYING = 0.5  # a probability: likelier than not
_WORDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "upright": ("no fall", ("fall",)),
    "falling": ("falling", ("fall",)),
    "down": ("down", ("fall", "lying")),
    "recovered": ("up again", ("fall",)),
    "lying": ("no fall", ("lying",)),
}
"""A state in words, and the classes of which the likeliest stands beside it."""

_ZONE_COLOURS = {"bed": PALETTE.furniture, "sofa": PALETTE.furniture, "ignore": PALETTE.ignored}


@dataclass(frozen=True, eq=False)
class _Track:
    """The state and probabilities of one track id over time."""

    time_s: Float64
    smoothed: Float64
    state: Int32


class FallDrawing:
    """Draws one analysis over the frames that it was made of.

    Attributes:
        size: (width, height) px of the pictures that come out: enlarged where they are small, with the strip below.
    """

    def __init__(
        self, poses: PoseSequence, analysis: FallAnalysis, zones: Sequence[Zone] = (), duration_s: float | None = None
    ) -> None:
        """Prepare everything that stays the same from frame to frame.

        Args:
            poses: everyone in the clip.
            analysis: what was found in them.
            zones: that it was made with.
            duration_s: of the clip; None for what the poses tell.
        """
        width, height = poses.frame_size
        self._scale = int(np.clip(np.ceil(SMALLEST_PX / min(width, height)), 1, 4))
        self._picture = (width * self._scale, height * self._scale)
        self._poses, self._zones = poses, zones
        self._events = [event for event in analysis.events if event.kind == "fall"]
        self._px = max(12, round(min(self._picture) / LINES_A_PICTURE))
        self._tracks = _tracks(analysis)
        self._strip = FallStrip(analysis, duration_s or poses.end_s + poses.step_s, self._picture[0], self._px)
        self.size = (self._picture[0], self._picture[1] + self._strip.height)

    def frame(self, image: Image, number: int, time_s: float) -> Image:
        """(H, W, 3) BGR of `size`: one frame with everything; `image` itself is left as it is."""
        picture = _enlarged(image, self._picture)
        poses = self._poses.at(number)
        boxes, keypoints = poses.bbox * self._scale, poses.keypoints * self._scale
        fallen = self._fallen(poses.track_id, time_s)
        _draw_zones(picture, self._zones, self._px)
        calm = np.where(fallen[:, None], np.float32(np.nan), boxes)
        draw_people(picture, poses.skeleton, keypoints, poses.scores, boxes=calm)
        taken: list[Rectangle] = []
        for row in np.argsort(~fallen, kind="stable"):  # fallen people come first: their labels are never hidden
            track_id, state = int(poses.track_id[row]), self._state(int(poses.track_id[row]), time_s)
            words = _said(*state, red=bool(fallen[row]))
            self._tell(picture, boxes[row], (f"#{track_id}", *words), red=bool(fallen[row]), taken=taken)
        if not fallen.any():
            for box, track_id, ago_s in self._lost(number, time_s):
                lost = (f"#{track_id}", "down", f"last seen {ago_s:.0f} s ago")
                self._tell(picture, box * self._scale, lost, red=True, taken=taken)
        return np.concatenate([picture, self._strip.at(time_s)])

    def _fallen(self, track_ids: Int32, time_s: float) -> Bool:
        """Mask of the people in a fall; one whose id has changed is recognised by the state "down"."""
        ids = {event.track_id for event in active_events(self._events, time_s)}
        lost = ids - set(track_ids.tolist())
        down = [self._state(int(i), time_s)[0] == "down" for i in track_ids]
        return np.asarray(np.isin(track_ids, list(ids)) | (np.array(down, bool) & bool(lost)), bool)

    def _state(self, track_id: int, time_s: float) -> tuple[str, Float64]:
        """State and probabilities of a person; the state is empty where nothing recent is known."""
        track = self._tracks.get(track_id)
        last = -1 if track is None else int(np.searchsorted(track.time_s, time_s + 1e-6, side="right")) - 1
        if track is None or last < 0 or time_s - track.time_s[last] > STRIP.stale_s:
            return "", np.zeros(len(CLASSES))
        return STATES[track.state[last]], track.smoothed[last]

    def _lost(self, number: int, time_s: float) -> Iterator[tuple[Float32, int, float]]:
        """Last box, track id and age of everyone who fell and is no longer seen."""
        for event in active_events(self._events, time_s):
            rows = np.flatnonzero((self._poses.track_id == event.track_id) & (self._poses.frame <= number))
            if event.alert_s <= time_s and len(rows):
                last = rows[-1]
                yield self._poses.bbox[last], event.track_id, time_s - float(self._poses.time_s[last])

    def _tell(
        self, picture: Image, box: Float32, words: tuple[str, str, str], *, red: bool, taken: list[Rectangle]
    ) -> None:
        """Draw the id, state and probability beside a box, and the box itself where it is red."""
        if not np.isfinite(box).all():
            return
        height, width = picture.shape[:2]
        x0, x1 = np.clip(box[[0, 2]], 0, width - 1).astype(int).tolist()
        y0, y1 = np.clip(box[[1, 3]], 0, height - 1).astype(int).tolist()
        if red:
            cv2.rectangle(picture, (x0, y0), (x1, y1), bgr(PALETTE.paper), max(4, self._px // 4))
            cv2.rectangle(picture, (x0, y0), (x1, y1), bgr(PALETTE.fault), max(2, self._px // 7))
        tile = _label(*words, self._px, red)
        tall, wide = tile.shape[:2]
        gap = self._px // 4
        x = int(np.clip(x0, 0, max(0, width - wide)))
        places = [y0 - gap - tall, y1 + gap, y0 + gap, y0 + 2 * gap + tall]
        inside = [y for y in places if 0 <= y <= height - tall] or [0]
        free = [y for y in inside if not any(_overlap((x, y, x + wide, y + tall), other) for other in taken)]
        y = (free or inside)[0]
        taken.append((x, y, x + wide, y + tall))
        lay(picture, tile, x, y)


def render_falls(
    source: Source,
    poses: PoseSequence,
    analysis: FallAnalysis,
    path: Path,
    *,
    zones: Sequence[Zone] = (),
    clips: Sequence[Clip] = (),
    progress: Progress | None = None,
) -> Path:
    """Draw an analysis over its video, with the source's timing.

    Args:
        source: what the poses were estimated from.
        poses: everyone in it.
        analysis: what was found.
        path: the video to write.
        zones: that it was made with.
        clips: parts of it to write too.
        progress: called with "draw" after each frame.

    Returns:
        the file written.

    Raises:
        OutputError: the folder cannot be written.
    """
    drawing = FallDrawing(poses, analysis, zones)
    info = replace(source.info, width=drawing.size[0], height=drawing.size[1])
    with FrameReader(source) as reader, OverlayWriter(path, info) as video, Clips(clips, info) as parts:
        for frame in reader:
            if frame.index >= poses.n_frames:
                break
            picture = drawing.frame(frame.image, frame.index, frame.time_s)
            if parts.wants(frame.time_s):
                parts.add(picture, frame.time_s)
            video.add(picture, frame.time_s)
            if progress is not None:
                progress("draw", frame.index + 1, poses.n_frames)
    return video.path


def _tracks(analysis: FallAnalysis) -> dict[int, _Track]:
    windows = analysis.windows
    tracks = {}
    for track_id in np.unique(windows.track_id):
        mine = windows.track_id == track_id
        tracks[int(track_id)] = _Track(windows.time_s[mine], windows.smoothed[mine], windows.state[mine])
    return tracks


def _enlarged(image: Image, size: tuple[int, int]) -> Image:
    if image.shape[1::-1] == size:
        return image.copy()
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_CUBIC), np.uint8)


def _draw_zones(picture: Image, zones: Sequence[Zone], px: int) -> None:
    height, width = picture.shape[:2]
    for zone in zones:
        corners = (np.array(zone.polygon) * (width, height)).round().astype(np.int32)
        width_px = max(2, px // 7)
        cv2.polylines(picture, [corners], True, bgr(PALETTE.paper), width_px + 2, cv2.LINE_AA)
        cv2.polylines(picture, [corners], True, bgr(_ZONE_COLOURS[zone.kind]), width_px, cv2.LINE_AA)
        tile = _plain_label(f"{zone.name} ({zone.kind})" if zone.name != zone.kind else zone.name, round(px * 0.8))
        x, y = corners[int(np.argmin(corners.sum(axis=1)))] + px // 3
        lay(picture, tile, int(x), int(y))


def _said(state: str, probabilities: Float64, *, red: bool) -> tuple[str, str]:
    """The state in words, and the probability beside it."""
    if not state:
        return "", ""
    # "upright" means "has not fallen": also people who sit or are in bed, and the beginning of a fall, known later.
    if state == "upright":
        lies = probabilities[CLASSES.index("lying")] >= _LYING
        state = "falling" if red else "lying" if lies else state
    words, classes = _WORDS[state]
    likeliest = max(classes, key=lambda word: probabilities[CLASSES.index(word)])
    return words, f"{likeliest} {probabilities[CLASSES.index(likeliest)] * 100:.0f} %"


@lru_cache(maxsize=512)
def _label(who: str, state: str, share: str, px: int, red: bool) -> Image:
    """(H, W, 4) BGRA: number, state and probability on a dark tile, on a red one for a fall."""
    small = round(px * 0.85)
    parts = [(who, px), (state, px), (share, small)]
    parts = [(text, size) for text, size in parts if text]
    gap, pad = round(px * 0.45), round(px * 0.35)
    weights = ["bold" if size == px else "regular" for _, size in parts]
    wide = sum(text_width(t, s, "bold" if w == "bold" else "regular") for (t, s), w in zip(parts, weights, strict=True))
    tile = Pictures.new("RGBA", (wide + gap * (len(parts) - 1) + 2 * pad, round(px * 1.6)), (0, 0, 0, 0))
    draw = ImageDraw.Draw(tile)
    back = (*PALETTE.fault, 225) if red else (*PALETTE.paper, 225)
    draw.rounded_rectangle((0, 0, tile.width - 1, tile.height - 1), round(px * 0.3), back)
    x = pad
    for (text, size), weight in zip(parts, weights, strict=True):
        letters = font(size, "bold" if weight == "bold" else "regular")
        draw.text((x, tile.height / 2), text, PALETTE.ink, letters, anchor="lm")
        x += round(letters.getlength(text)) + gap
    return bgra(tile)


@lru_cache(maxsize=64)
def _plain_label(text: str, px: int) -> Image:
    tile = Pictures.new("RGBA", (text_width(text, px, "regular") + px, round(px * 1.5)), (0, 0, 0, 0))
    draw = ImageDraw.Draw(tile)
    draw.rounded_rectangle((0, 0, tile.width - 1, tile.height - 1), round(px * 0.3), (*PALETTE.paper, 150))
    draw.text((tile.width / 2, tile.height / 2), text, PALETTE.ink, font(px, "regular"), anchor="mm")
    return bgra(tile)


def _overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
