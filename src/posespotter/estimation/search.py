"""Where to look for people: the whole picture, or a part of one that is much larger than the detector's input."""

import numpy as np

from posespotter.arrays import Bool, Float32, Image
from posespotter.boxes import areas, common_areas, longer_sides, near
from posespotter.estimation.cadence import Reason
from posespotter.estimation.state import State
from posespotter.estimation.tracking import Lost
from posespotter.models.people import Detector, Regions

_MUCH_LARGER = 1.4  # times the detector's input: below that a tile shows nothing that the whole picture does not
_OVERLAP = 0.5  # share of a tile's side that its neighbour sees too: a person of half a tile is whole in one of them
_TILES_ALONG_SHORT_SIDE = 1.75  # side of a tile: the picture's short side over this
_LARGEST_SQUARE = 1.5  # times the side of a tile: a larger body circle would be that of a person cut off on all sides
_AROUND_LOST = 2.0  # side of the window around where a lost person should be, in lengths of their box
_AROUND_LOST_LARGEST = 0.7  # times the picture's long side: beyond that the whole picture serves as well
_AROUND_FALLEN = 3.0  # the same around the last place of a person who fell: boxes of people who fall are small
_QUARTERS = (2, 1, 3)  # turns in which a person who fell is looked for: detectors know people with the head up
_FALLEN_WITHIN = 1.0  # of the diagonal of their last box: who falls lands within their own length
_FALLEN_SIZE = 0.4  # of the longer side of that box at the least: what is found much smaller lies about in the room
_TAKEN = 0.5  # a box that lies in that of somebody in sight by this share is that person's

Window = tuple[int, int, int]
"""Left, top, and side of a square part of the picture, px."""


def tiles(width: int, height: int, input_size: int) -> list[Window]:
    """Overlapping tiles of a picture, those in the middle first; none where it is not much larger than the input."""
    if max(width, height) < _MUCH_LARGER * input_size:
        return []
    side = max(int(min(width, height) / _TILES_ALONG_SHORT_SIDE), input_size // 2)
    windows = [(left, top, side) for top in _starts(height, side) for left in _starts(width, side)]
    middle = np.array([width - side, height - side]) / 2
    return sorted(windows, key=lambda window: float(np.hypot(*(np.array(window[:2]) - middle))))


def _starts(length: int, side: int) -> list[int]:
    count = max(1, int(np.ceil((length - side) / (side * (1 - _OVERLAP)))) + 1)
    return [round(start) for start in np.linspace(0, max(0, length - side), count)]


def detect_in(detector: Detector, image: Image, window: Window, quarters: int = 0) -> Regions:
    """The people whom the detector finds in one part of the picture, in px of the whole.

    Args:
        detector: that looks.
        image: the whole picture.
        window: the part.
        quarters: how many quarter turns counterclockwise the part is shown to the detector.
    """
    left, top, side = window
    part = np.rot90(image[top : top + side, left : left + side], quarters)
    found = detector.detect(np.ascontiguousarray(part))
    found = found.take(~(found.squares[:, 2] > _LARGEST_SQUARE * side))
    if quarters:  # known with the head up: of a box without a square this tells how the person is turned
        found.squares[np.isnan(found.squares[:, 2]), 3] = 0
    for _ in range(quarters):
        found = _turned_back(found, side)
    return found.shifted(np.tile(np.array([left, top], np.float32), (len(found), 1)))


def _turned_back(found: Regions, side: int) -> Regions:
    """Finds in a square picture that was turned by a quarter counterclockwise, in the picture before that."""
    (x0, y0, x1, y1), (x, y, size, angle) = found.boxes.T, found.squares.T
    boxes = np.stack([side - y1, x0, side - y0, x1], 1)
    angle = np.remainder(angle + 1.5 * np.pi, 2 * np.pi) - np.pi
    return Regions.from_boxes(boxes, found.scores, np.stack([side - y, x, size, angle], 1).astype(np.float32))


def detect_everywhere(detector: Detector, image: Image) -> Regions:
    """The people in the whole picture, or where there are none those in all its tiles, surest first: for pictures.

    Somebody may be found in several tiles.
    """
    found = detector.detect(image)
    if not len(found):
        for window in tiles(image.shape[1], image.shape[0], detector.input_size):
            found = found.plus(detect_in(detector, image, window))
    return found.take(np.argsort(-found.scores, kind="stable"))


class Search:
    """Looks at the whole picture, and with a second look at the part that the reason for looking points to.

    Tiles are looked at in turn, one a look, so that the cost stays that of one or two detector runs.
    """

    def __init__(self, detector: Detector, *, in_parts: bool = True) -> None:
        self._detector = detector
        self._in_parts = in_parts
        self._turn = 0
        self._quarters = 0
        self._part_next = False

    def look(self, image: Image, reason: Reason, lost: Lost, changed: tuple[float, float] | None) -> Regions:
        """The people found in this frame.

        Args:
            image: the frame.
            reason: why the detector runs.
            lost: people who were seen a short while ago.
            changed: where the picture changed since the last look, px, if it did.
        """
        if not self._in_parts:
            return self._detector.detect(image)
        if reason in {"changed", "routine"}:
            # With people in sight the whole picture and a part of it are looked at by turns.
            self._part_next = not self._part_next
            window = None if self._part_next else self._tile(image, changed)
            return self._detector.detect(image) if window is None else detect_in(self._detector, image, window)
        found = self._detector.detect(image)
        window = None
        if reason in {"doubtful", "lost"}:
            window = self._around(image, lost)
        elif not len(found):
            window = self._tile(image, changed)
        return found if window is None else found.plus(detect_in(self._detector, image, window))

    def look_turned(self, image: Image, lost: Lost, in_sight: Float32) -> Regions:
        """The person lost last, if one is found where they were seen last with the picture turned: who fell lies.

        Half a turn and a quarter to either side are looked at in turn, one a look, while nobody else is there.

        Args:
            image: the frame.
            lost: people who were seen a short while ago, one at the least.
            in_sight: (M, 4) px, the boxes of everybody who is seen in this frame.
        """
        box = lost.seen[-1:]
        if not self._in_parts or _taken(box, in_sight).any():
            return Regions.none()
        self._quarters += 1
        quarters = _QUARTERS[(self._quarters - 1) % len(_QUARTERS)]
        found = detect_in(self._detector, image, _window(image, box[0], _AROUND_FALLEN), quarters)
        large = longer_sides(found.boxes) > _FALLEN_SIZE * longer_sides(box)
        likely = near(found.boxes, box, _FALLEN_WITHIN) & large & ~_taken(found.boxes, in_sight)
        return found.take(np.flatnonzero(likely)[:1])

    def _tile(self, image: Image, place: tuple[float, float] | None) -> Window | None:
        """The tile whose middle is nearest to `place`, or the next one in turn."""
        height, width = image.shape[:2]
        every = tiles(width, height, self._detector.input_size)
        if place is not None:
            return min(
                every, key=lambda w: np.hypot(w[0] + w[2] / 2 - place[0], w[1] + w[2] / 2 - place[1]), default=None
            )
        if not every:
            return None
        self._turn += 1
        return every[(self._turn - 1) % len(every)]

    def state(self) -> State:
        """What decides how it goes on."""
        return {"turn": self._turn, "quarters": self._quarters, "part_next": self._part_next}

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        self._turn, self._quarters, self._part_next = state["turn"], state["quarters"], state["part_next"]

    @staticmethod
    def _around(image: Image, lost: Lost) -> Window | None:
        """A window around where the person lost last should be, if that is much less than the whole picture."""
        window = _window(image, lost.expected[-1], _AROUND_LOST) if len(lost) else None
        return None if window is None or window[2] > _AROUND_LOST_LARGEST * max(image.shape[:2]) else window


def _taken(boxes: Float32, in_sight: Float32) -> Bool:
    """(M,) whether each of (M, 4) boxes is that of somebody in sight."""
    return np.asarray((common_areas(boxes, in_sight) > _TAKEN * areas(boxes)[:, None]).any(1), np.bool_)


def _window(image: Image, box: Float32, lengths: float) -> Window:
    """A square window around a box, so many lengths of the box wide, as far as the picture allows."""
    height, width = image.shape[:2]
    x0, y0, x1, y1 = (float(v) for v in box)
    side = min(int(lengths * max(x1 - x0, y1 - y0, 32)), width, height)
    left = int(np.clip((x0 + x1 - side) / 2, 0, width - side))
    top = int(np.clip((y0 + y1 - side) / 2, 0, height - side))
    return left, top, side
