"""Zones drawn on the picture: beds and sofas, where lying is no event, and places that are ignored."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from posespotter.arrays import Array, Bool, Float64, require_shape
from posespotter.errors import InputError, SettingsError
from posespotter.files import whole
from posespotter.toml import read_toml

ZoneKind = Literal["bed", "sofa", "ignore"]
KINDS: tuple[ZoneKind, ...] = get_args(ZoneKind)

_KEYS = ("name", "kind", "polygon")
_FEWEST_POINTS = 3  # corners of a polygon
_FLATTEST = 1e-4  # of the frame: a polygon thinner than this is a line that somebody drew by mistake


@dataclass(frozen=True)
class Zone:
    """A polygon on the picture of a camera that does not move.

    Attributes:
        name: what people call it; unique within a file.
        kind: `bed` and `sofa`: lying there is no event; `ignore`: people there are ignored.
        polygon: M corners x, y as fractions of the frame's width and height, (0, 0) left above, (1, 1) right below.
    """

    name: str
    kind: ZoneKind
    polygon: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        """Check a zone at the door.

        Raises:
            SettingsError: an empty name, an unknown kind, or a polygon that is none or leaves the frame.
        """
        if not self.name.strip() or not self.name.isprintable():
            raise SettingsError(f"zone {self.name!r}: expected a name of printable characters.")
        if self.kind not in KINDS:
            raise SettingsError(f"zone {self.name!r}: expected a kind of {', '.join(KINDS)}, got {self.kind!r}.")
        corners = np.array(self.polygon, np.float64).reshape(-1, 2)
        if len(corners) < _FEWEST_POINTS:
            raise SettingsError(
                f"zone {self.name!r}: expected a polygon of at least {_FEWEST_POINTS} points, got {len(corners)}."
            )
        outside = ~((corners >= 0) & (corners <= 1)).all(axis=1)
        if outside.any():
            x, y = corners[outside][0]
            raise SettingsError(
                f"zone {self.name!r}: expected points as fractions of the frame, 0 to 1, got ({x:g}, {y:g})."
            )
        if np.linalg.svd(corners - corners.mean(axis=0), compute_uv=False)[1] < _FLATTEST:
            raise SettingsError(f"zone {self.name!r}: expected a polygon with an area, its points lie on one line.")

    def contains(self, points: Array) -> Bool:
        """Mask of the (N, 2) points, as fractions of the frame, that lie inside (even-odd rule); NaN lies nowhere."""
        require_shape("points", points, (None, 2))
        x, y = points[:, :1], points[:, 1:]
        begins, ends = self._edges
        (x0, y0), (x1, y1) = begins, ends
        crosses = (y0 > y) != (y1 > y)
        there, edge = (x - x0) * (y1 - y0), (y - y0) * (x1 - x0)
        left_of = np.where(y1 > y0, there < edge, there > edge)
        odd = (crosses & left_of).sum(axis=1) % 2 == 1
        # The products underflow for points that are nearly on an edge, and would take some beside it for inside.
        around = ((points >= begins.min(axis=1)) & (points <= begins.max(axis=1))).all(axis=1)
        return np.asarray(odd & around, bool)

    @cached_property
    def _edges(self) -> tuple[Float64, Float64]:
        """(2, M) x and y of where each edge begins, and of where it ends."""
        begins = np.array(self.polygon, np.float64).T
        return begins, np.roll(begins, -1, axis=1)


def zones_of(zones: Sequence[Zone], points_px: Array, frame_size: tuple[int, int]) -> list[Zone | None]:
    """The zone that each of (N, 2) points lies in, the first of several, or None.

    Args:
        zones: of this camera.
        points_px: px of the upright source image; NaN where a point is not known.
        frame_size: (width, height) px.
    """
    found: list[Zone | None] = [None] * len(points_px)
    if not zones:
        return found
    fractions = np.asarray(points_px, np.float64) / np.array(frame_size, np.float64)
    for zone in zones:
        for i in np.flatnonzero(zone.contains(fractions)):
            found[i] = found[i] or zone
    return found


def read_zones(path: str | Path) -> tuple[Zone, ...]:
    """The zones of a TOML file: a table `[[zone]]` with `name`, `kind` and `polygon` for each.

    Raises:
        InputError: the file cannot be read or is no TOML, or a zone is wrong; names the file and the zone.
    """
    path = Path(path)
    content = read_toml(path, "zones")
    _require_keys(content, ("zone",), str(path))
    tables = content.get("zone", [])
    if not isinstance(tables, list):
        raise InputError(f"{path}: expected a table [[zone]] for each zone, got {_brief(tables)}.")
    zones: list[Zone] = []
    for number, table in enumerate(tables, 1):
        zone = _zone(table, number, path)
        if zone.name in {other.name for other in zones}:
            raise InputError(f"{path}: zone {number}: expected a name of its own, {zone.name!r} is there already.")
        zones.append(zone)
    return tuple(zones)


def write_zones(zones: Sequence[Zone], path: str | Path) -> None:
    """Store zones as `read_zones` reads them; the file appears whole or not at all.

    Raises:
        OutputError: the folder cannot be written.
    """
    lines = ["# Zones of one camera: corners as fractions of the frame, (0, 0) left above, (1, 1) right below."]
    for zone in zones:
        corners = ", ".join(f"[{float(x)!r}, {float(y)!r}]" for x, y in zone.polygon)
        name = json.dumps(zone.name, ensure_ascii=False)  # of printable characters: TOML writes them alike
        lines += ["", "[[zone]]", f"name = {name}", f'kind = "{zone.kind}"', f"polygon = [{corners}]"]
    with whole(Path(path)) as temporary:
        temporary.write_text("\n".join(lines) + "\n", "utf-8")


def _zone(table: Any, number: int, path: Path) -> Zone:
    if not isinstance(table, dict):
        raise InputError(f"{path}: zone {number}: expected a table [[zone]], got {_brief(table)}.")
    name = table.get("name")
    who = f"{path}: zone {name!r}" if isinstance(name, str) else f"{path}: zone {number}"
    _require_keys(table, _KEYS, who)
    for key in _KEYS:
        if key not in table:
            raise InputError(f"{who}: key {key} is missing.")
    if not isinstance(name, str):
        raise InputError(f"{who}: expected a name in words, got {_brief(name)}.")
    polygon = table["polygon"]
    if not isinstance(polygon, list) or not all(_is_point(point) for point in polygon):
        raise InputError(f"{who}: expected polygon = [[x, y], [x, y], [x, y], ...], got {_brief(polygon)}.")
    try:
        return Zone(name, table["kind"], tuple((float(x), float(y)) for x, y in polygon))
    except (SettingsError, OverflowError) as error:
        raise InputError(f"{path}: {error}") from error


def _is_point(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(number, int | float) and not isinstance(number, bool) for number in value)
    )


def _require_keys(table: dict[str, Any], known: Sequence[str], who: str) -> None:
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"expected: {', '.join(known)}."
            raise InputError(f"{who}: unknown key {key}, {hint}")


def _brief(value: Any) -> str:
    return repr(value)[:80]
