"""Labelled clips to train and measure on: a folder with clips.csv, segments.csv and the videos."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import pairwise
from pathlib import Path
from typing import Literal, NoReturn, Self, get_args

import numpy as np
import numpy.typing as npt

from posespotter.errors import InputError, SettingsError
from posespotter.files import open_plain, reason

Label = Literal["normal", "fall", "lying", "ignore"]
LABELS: tuple[Label, ...] = get_args(Label)
"""What a frame may show; `ignore` is neither trained nor measured on."""

CLIPS_FILE, SEGMENTS_FILE = "clips.csv", "segments.csv"
_CLIP_COLUMNS = ("clip_id", "file", "frames", "fps")
_SEGMENT_COLUMNS = ("clip_id", "start_frame", "end_frame", "label")
_GROUPS = ("subject", "scene")
_UNKNOWN = {"", "unknown"}
_NAME = re.compile(r"\w[\w.+-]{0,99}")  # files are named by it
_FASTEST_FPS = 1000.0  # no camera is faster; more is a mistake in the table
_IGNORED = LABELS.index("ignore")


@dataclass(frozen=True)
class Segment:
    """A stretch of one label.

    Attributes:
        first_frame, last_frame: 0-based, both belong to it.
        label: what the person does.
    """

    first_frame: int
    last_frame: int
    label: Label


@dataclass(frozen=True)
class FallClip:
    """One video and what is true of it.

    Attributes:
        clip_id: its name in both files.
        path: the video.
        n_frames: how many frames it has.
        fps: nominal frames a second.
        source: name of the folder that it came from.
        group: the person, or else the room, that must not be on both sides of a split.
        split: `train`, `dev` or another word; empty where the data are not split.
        segments: ordered, without overlap; frames outside of them are `ignore`.
    """

    clip_id: str
    path: Path
    n_frames: int
    fps: float
    source: str
    group: str
    split: str
    segments: tuple[Segment, ...]

    @property
    def group_id(self) -> str:
        """`SOURCE/GROUP`: groups of different sources may bear the same name."""
        return f"{self.source}/{self.group}"

    @property
    def falls(self) -> tuple[Segment, ...]:
        """Spans of the falls, each from losing balance to the impact."""
        return tuple(segment for segment in self.segments if segment.label == "fall")

    @property
    def lies_down(self) -> bool:
        """Whether somebody lies before, or without, a fall: on purpose."""
        first_fall = self.falls[0].first_frame if self.falls else self.n_frames
        return any(one.label == "lying" and one.first_frame < first_fall for one in self.segments)

    @property
    def frame_labels(self) -> npt.NDArray[np.int8]:
        """(n_frames,) positions in `LABELS`."""
        labels = np.full(self.n_frames, _IGNORED, np.int8)
        for one in self.segments:
            labels[one.first_frame : one.last_frame + 1] = LABELS.index(one.label)
        return labels


@dataclass(frozen=True)
class FallData:
    """Labelled clips.

    Attributes:
        folder: where they came from.
        clips: in the order of clips.csv.
    """

    folder: Path
    clips: tuple[FallClip, ...]

    def __len__(self) -> int:
        return len(self.clips)

    def __iter__(self) -> Iterator[FallClip]:
        return iter(self.clips)

    @property
    def splits(self) -> tuple[str, ...]:
        """The words in the column `split`, in the order in which they come."""
        return tuple(dict.fromkeys(clip.split for clip in self.clips))

    def split(self, name: str) -> "FallData":
        """The clips of one split.

        Raises:
            SettingsError: there are none.
        """
        clips = tuple(clip for clip in self.clips if clip.split == name)
        if not clips:
            raise SettingsError(f"{self.folder}: expected a split of {', '.join(self.splits)}, got {name!r}.")
        return FallData(self.folder, clips)

    @classmethod
    def read(cls, folder: str | Path) -> Self:
        """Read `folder`/clips.csv and `folder`/segments.csv and check them row by row; no video is opened.

        Raises:
            InputError: a file or column is missing, or a cell is wrong; names the file, the row and the column.
        """
        folder = Path(folder)
        clips = _Table.read(folder / CLIPS_FILE, _CLIP_COLUMNS)
        if not set(_GROUPS) & set(clips.columns):
            raise InputError(f"{clips.path}: expected a column subject or scene, to keep people or rooms apart.")
        rows: dict[str, _Row] = {}
        for row in clips.rows:
            clip_id = row.text("clip_id")
            if not _NAME.fullmatch(clip_id):
                row.refuse("clip_id", "letters, digits and . _ + - only")
            if clip_id in rows:
                row.refuse("clip_id", f"a name of its own, row {rows[clip_id].line} has it too")
            rows[clip_id] = row
        if not rows:
            raise InputError(f"{clips.path}: expected at least one clip, got none.")
        sizes = {clip_id: row.whole_number("frames", least=1) for clip_id, row in rows.items()}
        segments = _segments(_Table.read(folder / SEGMENTS_FILE, _SEGMENT_COLUMNS), sizes)
        return cls(folder, tuple(_clip(row, segments.get(name, ()), folder) for name, row in rows.items()))


def _clip(row: "_Row", segments: Sequence[Segment], folder: Path) -> FallClip:
    path = folder / row.text("file")
    if not path.is_file():
        row.refuse("file", f"a video in {folder}")
    known = [f"{name} {row.cells[name]}" for name in _GROUPS if row.cells.get(name, "").lower() not in _UNKNOWN]
    if not known:
        row.refuse("subject" if "subject" in row.cells else "scene", "who or where it is, to keep them apart")
    clip = FallClip(
        clip_id=row.text("clip_id"),
        path=path,
        n_frames=row.whole_number("frames", least=1),
        fps=row.number("fps", above=0.0, most=_FASTEST_FPS),
        source=folder.resolve().name,
        group=known[0],
        split=row.cells.get("split", ""),
        segments=tuple(segments),
    )
    for column, truth in (("has_fall", bool(clip.falls)), ("has_deliberate_lying", clip.lies_down)):
        if row.cells.get(column, "") and row.whole_number(column, least=0) != int(truth):
            row.refuse(column, f"{int(truth)}, as {SEGMENTS_FILE} says")
    return clip


def _segments(table: "_Table", sizes: Mapping[str, int]) -> dict[str, list[Segment]]:
    """The segments of each clip by its name, ordered; in the file frames count from 1."""
    found: dict[str, list[tuple[Segment, _Row]]] = {}
    for row in table.rows:
        clip_id = row.text("clip_id")
        if clip_id not in sizes:
            row.refuse("clip_id", f"a clip of {CLIPS_FILE}")
        first, last = (row.whole_number(name, least=1) for name in ("start_frame", "end_frame"))
        label = next((known for known in LABELS if known == row.text("label")), None)
        if label is None:
            row.refuse("label", f"one of {', '.join(LABELS)}")
        if last > sizes[clip_id]:
            row.refuse("end_frame", f"at most {sizes[clip_id]}, the frames of {clip_id}")
        if first > last:
            row.refuse("start_frame", f"at most end_frame, {last}")
        found.setdefault(clip_id, []).append((Segment(first - 1, last - 1, label), row))
    for parts in found.values():
        parts.sort(key=lambda part: part[0].first_frame)
        for (before, other), (after, row) in pairwise(parts):
            if after.first_frame <= before.last_frame:
                row.refuse("start_frame", f"more than {before.last_frame + 1}, the end of row {other.line}")
    return {clip_id: [segment for segment, _ in parts] for clip_id, parts in found.items()}


@dataclass(frozen=True)
class _Row:
    """A line of a table; `line` counts lines of the file, as an editor does."""

    path: Path
    line: int
    cells: Mapping[str, str]

    def refuse(self, column: str, expected: str) -> NoReturn:
        """Say what is wrong with a cell.

        Raises:
            InputError: always.
        """
        raise InputError(
            f"{self.path}, row {self.line}, column {column}: expected {expected}, got {self.cells[column]!r}."
        )

    def text(self, column: str) -> str:
        if not self.cells[column]:
            self.refuse(column, "something")
        return self.cells[column]

    def whole_number(self, column: str, *, least: int) -> int:
        text = self.text(column)
        if not (text.isascii() and text.isdecimal()) or int(text) < least:
            self.refuse(column, f"a whole number from {least}")
        return int(text)

    def number(self, column: str, *, above: float, most: float) -> float:
        try:
            value = float(self.text(column))
        except ValueError:
            value = np.nan
        if not above < value <= most:
            self.refuse(column, f"a number above {above:g}, at most {most:g}")
        return value


@dataclass(frozen=True)
class _Table:
    """A CSV file with a header."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[_Row, ...]

    @classmethod
    def read(cls, path: Path, required: Sequence[str]) -> "_Table":
        """Read a file whose header must name the `required` columns; others may stand beside them.

        Raises:
            InputError: it cannot be read, a column is missing, or a row has more or fewer cells than the header.
        """
        try:
            with open_plain(path) as opened, TextIOWrapper(opened, "utf-8-sig", newline="") as file:
                reader = csv.reader(file, strict=True)
                lines = [(reader.line_num, [cell.strip() for cell in line]) for line in reader]
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {reason(error)}.") from error
        except (ValueError, csv.Error) as error:
            raise InputError(f"{path}: expected a table as CSV in UTF-8, {error}.") from error
        columns = lines[0][1] if lines else []
        missing = [name for name in required if name not in columns]
        if missing:
            raise InputError(f"{path}: expected the columns {', '.join(required)}; missing: {', '.join(missing)}.")
        rows = []
        for number, cells in lines[1:]:
            if not any(cells):
                continue
            if len(cells) != len(columns):
                raise InputError(f"{path}, row {number}: expected {len(columns)} cells, got {len(cells)}.")
            rows.append(_Row(path, number, dict(zip(columns, cells, strict=True))))
        return cls(path, tuple(columns), tuple(rows))
