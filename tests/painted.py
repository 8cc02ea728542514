"""A world that tests can check by eye: people are painted rectangles, and the models really look for the paint.

Person number i is painted with red = 200 + i on a dull background. `PaintedDetector` boxes the paint it sees,
`PaintedPose` puts 17 joints into the paint it finds around a region; neither knows anything else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from posespotter.arrays import Float32, Image
from posespotter.media import Frame, Source, SourceInfo
from posespotter.models.interfaces import Joints, Regions
from posespotter.skeletons import COCO17

Box = tuple[float, float, float, float]
Script = Callable[[float], Mapping[int, Box]]
"""Time in seconds to the boxes of the people who are there, by their number (1, 2, ...)."""

WIDTH, HEIGHT = 640, 480
_RED = 200
_LEAST_PX = 20

# Where the 17 joints are in a person's box, as shares of its width and height.
_STANDING = np.array(
    [(0.5, 0.05), (0.55, 0.03), (0.45, 0.03), (0.6, 0.05), (0.4, 0.05), (0.8, 0.2), (0.2, 0.2), (0.95, 0.35),
     (0.05, 0.35), (1.0, 0.5), (0.0, 0.5), (0.7, 0.52), (0.3, 0.52), (0.7, 0.75), (0.3, 0.75), (0.7, 1.0), (0.3, 1.0)],
    np.float32,
)  # fmt: skip


@cache
def _wall(noise: int) -> Image:
    """A dull background; with another grain for each `noise`, none for 0."""
    image = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
    return image + np.random.default_rng(noise).integers(0, 8, image.shape, np.uint8) if noise else image


def paint(people: Mapping[int, Box], noise: int = 0) -> Image:
    """A picture of `people`; higher numbers stand in front."""
    image = _wall(noise).copy()
    for number, (x0, y0, x1, y1) in sorted(people.items()):
        rows, columns = slice(max(0, round(y0)), max(0, round(y1))), slice(max(0, round(x0)), max(0, round(x1)))
        image[rows, columns] = (20 * number % 200, 120, _RED + number)
    return image


def _box_of(number: int, image: Image) -> Float32 | None:
    painted = image[..., 2] == _RED + number
    rows, columns = np.flatnonzero(painted.any(1)), np.flatnonzero(painted.any(0))
    if len(rows) * len(columns) < _LEAST_PX:
        return None
    return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], np.float32)


def _counts(image: Image) -> dict[int, int]:
    """How much paint of each person there is, in grid points 3 px apart."""
    red = image[::3, ::3, 2]
    numbers, counts = np.unique(red[red > _RED], return_counts=True)
    return {int(i) - _RED: int(n) for i, n in zip(numbers, counts, strict=True) if n >= 3}


@dataclass
class Counter:
    """Stands for a `Session`: counts."""

    seconds: float = 0.0
    calls: int = 0
    warning: str | None = None
    device: str = "cpu"
    half: None = None

    def warm_up(self, *_: object) -> None: ...


@dataclass
class PaintedDetector:
    """Boxes everyone painted, surest first; `ghosts` are boxes it sees where nobody is, each with its score."""

    input_size: int = 10_000  # so large that no picture is looked at in parts
    new_limit: float = 0.3
    sure_limit: float = 0.5
    most_people: int | None = None
    scores: dict[int, float] = field(default_factory=dict)
    ghosts: dict[Box, float] = field(default_factory=dict)
    session: Counter = field(default_factory=Counter)
    blind: bool = False

    @property
    def sessions(self) -> tuple[Counter, ...]:
        return (self.session,)

    def detect(self, image: Image) -> Regions:
        self.session.calls += 1
        found = [] if self.blind else [(_box_of(i, image), self.scores.get(i, 0.9)) for i in _counts(image)]
        found += [(np.array(box, np.float32), score) for box, score in self.ghosts.items()]
        found = sorted(((b, s) for b, s in found if b is not None), key=lambda pair: -pair[1])[: self.most_people]
        if not found:
            return Regions.none()
        return Regions.from_boxes(np.array([b for b, _ in found]), np.array([s for _, s in found], np.float32))


@dataclass
class PaintedPose:
    """Joints in the paint in and around a region; where there is none a pose of `ghost_presence`."""

    skeleton = COCO17
    presence_limit: float = 0.3
    new_limit: float = 1.2
    still_limit: float = 0.7
    sure_presence: float = 2.0
    presence: dict[int, float] = field(default_factory=dict)
    ghost_presence: float = 0.0
    session: Counter = field(default_factory=Counter)
    fail_at: int | None = None

    def estimate(self, image: Image, regions: Regions) -> Joints:
        m = len(regions)
        boxes, presence = regions.boxes.copy(), np.full(m, self.ghost_presence, np.float32)
        for row, region in enumerate(regions.boxes):
            self.session.calls += 1
            if self.fail_at is not None and self.session.calls >= self.fail_at:
                raise RuntimeError("the pose model broke")
            number, box = self._most(image, region)
            if box is not None:
                boxes[row], presence[row] = box, self.presence.get(number, 0.95)
        sizes = boxes[:, None, 2:] - boxes[:, None, :2]
        keypoints = (boxes[:, None, :2] + _STANDING * sizes).astype(np.float32)
        scores = np.repeat(presence[:, None], 17, axis=1)
        return Joints(
            keypoints, scores, None, presence, Regions(boxes, regions.scores, regions.squares, regions.margins)
        )

    @property
    def sessions(self) -> tuple[Counter, ...]:
        return (self.session,)

    @staticmethod
    def _most(image: Image, region: Float32) -> tuple[int, Float32 | None]:
        grow = 0.15 * (region[2:] - region[:2])
        (x0, y0), (x1, y1) = np.floor(region[:2] - grow).clip(0), np.ceil(region[2:] + grow).clip(0)
        crop = image[int(y0) : int(y1), int(x0) : int(x1)]
        counts = _counts(crop) if crop.size else {}
        if not counts:
            return 0, None
        number = max(counts, key=counts.__getitem__)
        box = _box_of(number, crop)
        return number, None if box is None else box + np.array([x0, y0, x0, y0], np.float32)


class PaintedSource(Source):
    """The pictures of a script."""

    def __init__(
        self, script: Script, n_frames: int, fps: float = 30, *, live: bool = False, noisy: bool = False
    ) -> None:
        self.info = SourceInfo("painted", "camera" if live else "video", WIDTH, HEIGHT, fps, n_frames, live)
        self.warnings: list[str] = []
        self.script, self.n_frames, self.noisy = script, n_frames, noisy

    def __iter__(self) -> Iterator[Frame]:
        for index in range(self.n_frames):
            time_s = index / self.info.fps
            yield Frame(index, time_s, paint(self.script(time_s), 1 + index % 5 if self.noisy else 0))


def standing(x: float, y: float = 140, height: float = 240) -> Box:
    """The box of a person whose middle is at `x`."""
    return x - 0.18 * height, y, x + 0.18 * height, y + height


def always(*people: Box) -> Script:
    """They stand there all the time."""
    return lambda _: dict(enumerate(people, 1))


def between(start_s: float, end_s: float, box: Box, number: int = 1) -> Script:
    """One person, there from `start_s` until just before `end_s`."""
    return lambda time_s: {number: box} if start_s <= time_s < end_s else {}


def together(scripts: Sequence[Script]) -> Script:
    """Everyone of all scripts."""
    return lambda time_s: {number: box for script in scripts for number, box in script(time_s).items()}
