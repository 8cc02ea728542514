"""The people of a clip: the tracks of each person, in stretches without a cut."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from posespotter.arrays import Bool, Float64
from posespotter.errors import SettingsError
from posespotter.filtering.smoothing import ascending, box_diagonal_px
from posespotter.filtering.swaps import exchange_sides, find_swaps, side_pairs
from posespotter.kinematics.body import Body, body_of
from posespotter.kinematics.stretches import find_stretches
from posespotter.kinematics.tilt import upright
from posespotter.poses import PoseSequence
from posespotter.tracking.relinking import relink_tracks

_MIXED_S = 0.1
"""The response of the estimator's 6 Hz filter is as good as over after this time."""

_TINY_S = 1e-9

_LEAST_STEP_S = 5e-4
"""Half a step at 1000 frames a second, the fastest rate: rows nearer in time are one frame's, or have no real times."""


@dataclass(frozen=True, eq=False)
class Person:
    """One person of a clip.

    Attributes:
        track_ids: in order of time; more than one where a track went on under another number.
        bodies: the stretches without a cut, cleaned.
    """

    track_ids: tuple[int, ...]
    bodies: tuple[Body, ...]


def people_of(poses: PoseSequence, person: int | None) -> list[Person]:
    """All people, or the one of that id alone.

    Raises:
        SettingsError: nobody has that id.
    """
    if person is not None:
        if person not in poses.track_ids:
            known = ", ".join(str(i) for i in poses.track_ids) or "nobody was found"
            raise SettingsError(f"person: expected one of the ids in the poses ({known}), got {person}.")
        return [_person(poses.person(person))]
    people = relink_tracks(poses)
    return [_person(poses.where(people == i)) for i in np.unique(people)]


def _person(rows: PoseSequence) -> Person:
    ids = tuple(int(i) for i in dict.fromkeys(rows.track_id.tolist()))
    rows = rows.where(_apart(rows.time_s))
    rows = _with_sides_settled(rows)
    stored = body_of(rows)
    stretches = [_inside(stored.time_s, stretch) for stretch in find_stretches(body_of(rows, raw=True))]
    bodies = [stored.rows(stretch).clean() for stretch in stretches if stretch.stop > stretch.start]
    return Person(ids, tuple(upright(body) for body in bodies))


def _apart(time_s: Float64) -> Bool:
    """(N,) the rows that come at least `_LEAST_STEP_S` after the one taken before."""
    taken = np.ones(len(time_s), bool)
    if (np.diff(time_s) < _LEAST_STEP_S).any():
        last_s = -np.inf
        for row, now_s in enumerate(time_s.tolist()):
            taken[row] = now_s - last_s >= _LEAST_STEP_S
            last_s = now_s if taken[row] else last_s
    return taken


def _with_sides_settled(person: PoseSequence) -> PoseSequence:
    """Without moments in which left is taken for right: they look like cuts.

    Smoothing has done it to `keypoints`; in `raw_keypoints`, in which cuts are looked for, it is left to do.
    """
    wanted = ("keypoints", "scores", "world") if person.raw_keypoints is None else ("raw_keypoints",)
    columns: dict[str, Any] = {name: array for name, array in person.columns().items() if name in wanted}
    time_s, body_px = ascending(person.time_s), box_diagonal_px(person.time_s, person.bbox)
    for pairs in side_pairs(person.skeleton):
        rows = np.flatnonzero(find_swaps(time_s, columns[wanted[0]], body_px, pairs))
        columns = {name: exchange_sides(array, rows, pairs) for name, array in columns.items()}
    return replace(person, **columns)


def _inside(time_s: Float64, stretch: slice) -> slice:
    """A stretch without the moments beside its cuts, in which smoothing mixed the pictures before and after."""
    first, last = time_s[stretch.start], time_s[stretch.stop - 1]
    start_s = first + (_MIXED_S if stretch.start > 0 else 0)
    end_s = last - (_MIXED_S if stretch.stop < len(time_s) else 0)
    return slice(
        int(np.searchsorted(time_s, start_s - _TINY_S)), int(np.searchsorted(time_s, end_s + _TINY_S, side="right"))
    )
