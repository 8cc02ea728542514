"""Zones: what lies inside, the laws of it, the file, and the messages for files that are wrong."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from posespotter.errors import InputError, SettingsError, ShapeError
from posespotter.falls.zones import KINDS, Zone, read_zones, write_zones, zones_of

BED = Zone("bed", "bed", ((0.1, 0.5), (0.5, 0.5), (0.5, 0.9), (0.1, 0.9)))
CORNER = Zone("corner", "sofa", ((0.2, 0.2), (0.8, 0.2), (0.8, 0.4), (0.4, 0.4), (0.4, 0.8), (0.2, 0.8)))
SIZE = (320, 240)


@pytest.mark.parametrize(
    ("zone", "x", "y", "inside"),
    [
        (BED, 0.3, 0.7, True),
        (BED, 0.3, 0.45, False),  # above
        (BED, 0.05, 0.7, False),  # left of it
        (BED, 0.6, 0.7, False),  # right of it
        (BED, 0.3, 0.95, False),  # below
        (BED, 0.3, 1.7, False),  # out of the picture
        (BED, np.nan, 0.7, False),  # not seen
        (CORNER, 0.3, 0.3, True),
        (CORNER, 0.7, 0.3, True),
        (CORNER, 0.3, 0.7, True),
        (CORNER, 0.7, 0.7, False),  # what an L leaves out
    ],
)
def test_inside(zone: Zone, x: float, y: float, inside: bool) -> None:
    assert zone.contains(np.array([[x, y]])).tolist() == [inside]
    assert zones_of([zone], np.array([[x * SIZE[0], y * SIZE[1]]]), SIZE) == [zone if inside else None]


def test_of_several_zones_the_first_counts() -> None:
    sofa = Zone("sofa", "sofa", BED.polygon)
    point = np.array([[0.3, 0.7]])
    assert zones_of([BED, sofa], point, (1, 1)) == [BED]
    assert zones_of([sofa, BED], point, (1, 1)) == [sofa]
    assert zones_of([], point, (1, 1)) == [None]
    assert zones_of([BED], np.zeros((0, 2)), (1, 1)) == []


def test_points_of_another_shape() -> None:
    with pytest.raises(ShapeError, match=r"points: expected an array of shape \(any, 2\)"):
        BED.contains(np.zeros(2))


unit = st.floats(0, 1)
corners = st.lists(st.tuples(unit, unit), min_size=3, max_size=8)


def _clear_of_edges(polygon: np.ndarray, points: np.ndarray, margin: float = 1e-6) -> bool:
    """Whether no point is so near to an edge that rounding decides on which side it is."""
    for a, b in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        along = np.clip(((points - a) @ (b - a)) / max(float((b - a) @ (b - a)), 1e-30), 0, 1)
        if (np.linalg.norm(points - (a + along[:, None] * (b - a)), axis=1) < margin).any():
            return False
    return True


@given(corners, st.lists(st.tuples(unit, unit), min_size=1, max_size=20))
def test_laws_of_a_polygon(polygon: list[tuple[float, float]], asked: list[tuple[float, float]]) -> None:
    """Mirrored, upside down, scaled, from another corner, the other way round: the same points lie inside."""
    shape, points = np.array(polygon), np.array(asked)
    assume(np.linalg.svd(shape - shape.mean(axis=0), compute_uv=False)[1] > 1e-3)
    assume(_clear_of_edges(shape, points))

    def inside(corners: np.ndarray, at: np.ndarray) -> list[bool]:
        return Zone("z", "bed", tuple(map(tuple, corners.tolist()))).contains(at).tolist()

    expected = inside(shape, points)
    for flip in ([-1, 1], [1, -1]):
        shift = (1 - np.array(flip)) / 2
        assert inside(shape * flip + shift, points * flip + shift) == expected
    assert inside(shape / 2, points / 2) == expected
    assert inside(np.roll(shape, 1, axis=0), points) == expected
    assert inside(shape[::-1], points) == expected
    for size in ((320, 240), (1280, 720), (1, 1000)):
        found = zones_of([Zone("z", "bed", tuple(map(tuple, shape.tolist())))], points * size, size)
        assert [zone is not None for zone in found] == expected


@given(corners, st.tuples(st.floats(-9, 9), st.floats(-9, 9)))
@example([(0.5, 1.0), (0.0, 0.5), (0.5, 0.0)], (-1e-189, 0.5))  # a corner that rounding takes for the point
@example([(0.0, 1e-200), (0.0, 0.0), (1.0, 0.5), (0.0, 1.0)], (-1e-189, 1e-201))  # a product that is too small
def test_nothing_outside_of_the_picture_is_inside(polygon, point) -> None:
    shape = np.array(polygon)
    assume(np.linalg.svd(shape - shape.mean(axis=0), compute_uv=False)[1] > 1e-3)
    assume(not all(0 <= value <= 1 for value in point))
    assert not Zone("z", "ignore", tuple(polygon)).contains(np.array([point])).any()


@given(
    st.lists(
        st.builds(
            Zone,
            st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=20),
            st.sampled_from(KINDS),
            st.tuples(unit, unit)
            .map(lambda p: (p, (0.0, 1.0 - p[0] / 2), (1.0, 0.25 + p[1] / 8)))
            .filter(lambda c: np.linalg.svd(np.array(c) - np.mean(c, axis=0), compute_uv=False)[1] > 1e-3),
        ),
        max_size=4,
        unique_by=lambda zone: zone.name,
    )
)
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, zones: list[Zone]) -> None:
    path = tmp_path_factory.mktemp("zones") / "zones.toml"
    write_zones(zones, str(path))
    assert read_zones(str(path)) == read_zones(path) == tuple(zones)


GOOD = """
[[zone]]
name = "bed"
kind = "bed"
polygon = [[0.1, 0.5], [0.5, 0.5], [0.5, 0.9]]
"""


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (('"bed"\npoly', '"bath"\npoly'), "zone 'bed': expected a kind of bed, sofa, ignore, got 'bath'."),
        (('"bed"\npoly', "7\npoly"), "zone 'bed': expected a kind of bed, sofa, ignore, got 7."),
        (("polygon", "poligon"), "zone 'bed': unknown key poligon, did you mean 'polygon'?"),
        (("polygon", "colour"), "zone 'bed': unknown key colour, expected: name, kind, polygon."),
        (("[[zone]]", "[[zones]]"), "unknown key zones, did you mean 'zone'?"),
        (("[[zone]]", "[zone]"), "expected a table [[zone]] for each zone, got {'name'"),
        (("[[zone]]", 'zone = ["a"]\n[[zones]]'), "unknown key zones"),
        (('kind = "bed"\n', ""), "zone 'bed': key kind is missing."),
        (('name = "bed"\n', ""), "zone 1: key name is missing."),
        (('name = "bed"', "name = 3"), "zone 1: expected a name in words, got 3."),
        (('name = "bed"', 'name = " "'), "zone ' ': expected a name of printable characters."),
        ((", [0.5, 0.9]]", "]"), "zone 'bed': expected a polygon of at least 3 points, got 2."),
        (("0.9]]", "1.1]]"), "zone 'bed': expected points as fractions of the frame, 0 to 1, got (0.5, 1.1)."),
        (("0.9]]", "216]]"), "expected points as fractions of the frame, 0 to 1, got (0.5, 216)."),
        (("0.9]]", "nan]]"), "expected points as fractions of the frame, 0 to 1, got (0.5, nan)."),
        (("[0.5, 0.9]]", "[0.9, 0.5]]"), "zone 'bed': expected a polygon with an area, its points lie on one line."),
        (("[0.5, 0.9]]", "[0.5]]"), "expected polygon = [[x, y], [x, y], [x, y], ...], got [[0.1"),
        (("[0.5, 0.9]]", '[0.5, "a"]]'), "expected polygon = [[x, y], [x, y], [x, y], ...]"),
        (("0.9]]\n", f"{'9' * 400}]]\n"), "a number or date in it is out of range"),
        (("0.9]]\n", f"0.9]]\n{GOOD}"), "zone 2: expected a name of its own, 'bed' is there already."),
        (("name =", "name"), "expected zones as TOML, Expected '='"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_by_file_and_zone(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = tmp_path / "room.toml"
    path.write_text(GOOD.replace(*change), "utf-8")
    with pytest.raises(InputError) as caught:
        read_zones(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_zones(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="expected zones as TOML"):
        read_zones(tmp_path / "bytes.toml")
    (tmp_path / "empty.toml").write_text("")
    assert read_zones(tmp_path / "empty.toml") == ()


def test_a_zone_made_in_python_is_checked_too() -> None:
    with pytest.raises(SettingsError, match="zone 'x': expected a kind of"):
        Zone("x", "bath", BED.polygon)
