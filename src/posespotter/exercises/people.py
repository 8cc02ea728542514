"""Who is in the clip: tracks that go on after a cut under another number are one person, in stretches without a cut."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from posespotter.arrays import Float64, Int32
from posespotter.errors import SettingsError
from posespotter.kinematics.body import Body, body_of
from posespotter.kinematics.stretches import MAX_GAP_S, find_stretches
from posespotter.poses import PoseSequence

_MIXED_S = 0.1
"""The response of the estimator's 6 Hz filter is as good as over after this time."""

_TINY_S = 1e-9


@dataclass(frozen=True, eq=False)
class Person:
    """One person of a clip.

    Attributes:
        track_ids: in order of time; more than one where the number changed while nobody else was there to take it.
        bodies: the stretches without a cut, cleaned.
    """

    track_ids: tuple[int, ...]
    bodies: tuple[Body, ...]


def people_of(poses: PoseSequence, person: int | None) -> list[Person]:
    """Everybody, or the one of that id alone.

    Raises:
        SettingsError: nobody has that id.
    """
    if person is not None:
        if person not in poses.track_ids:
            known = ", ".join(str(i) for i in poses.track_ids) or "nobody was found"
            raise SettingsError(f"person: expected one of the ids in the poses ({known}), got {person}.")
        return [_person(poses, (person,))]
    return [_person(poses, ids) for ids in _chains(poses)]


def _person(poses: PoseSequence, ids: Sequence[int]) -> Person:
    rows = poses.where(np.isin(poses.track_id, ids))
    if len(np.unique(rows.frame)) < len(rows):
        rows = rows.where(np.concatenate([[True], np.diff(rows.frame) > 0]))
    stored = body_of(rows)
    stretches = [_inside(stored.time_s, stretch) for stretch in find_stretches(body_of(rows, raw=True))]
    return Person(
        tuple(ids), tuple(stored.rows(stretch).clean() for stretch in stretches if stretch.stop > stretch.start)
    )


def _inside(time_s: Float64, stretch: slice) -> slice:
    """A stretch without the moments beside its cuts, in which smoothing mixed the pictures before and after."""
    first, last = time_s[stretch.start], time_s[stretch.stop - 1]
    start_s = first + (_MIXED_S if stretch.start > 0 else 0)
    end_s = last - (_MIXED_S if stretch.stop < len(time_s) else 0)
    return slice(
        int(np.searchsorted(time_s, start_s - _TINY_S)), int(np.searchsorted(time_s, end_s + _TINY_S, side="right"))
    )


def _chains(poses: PoseSequence) -> list[tuple[int, ...]]:
    """Tracks in a row: each begins within `MAX_GAP_S` of the end of the last, with nobody else about."""
    spans: dict[int, tuple[float, float]] = {}
    for i in poses.track_ids:
        times = poses.time_s[poses.track_id == i]
        spans[i] = (float(times[0]), float(times[-1]))
    chains: list[list[int]] = []
    for i in sorted(spans, key=lambda i: spans[i][0]):
        start = spans[i][0]
        before = [c for c in chains if 0 < start - spans[c[-1]][1] <= MAX_GAP_S]
        if len(before) == 1 and _alone(poses.track_id, poses.time_s, i, before[0][-1], spans):
            before[0].append(i)
        else:
            chains.append([i])
    return [tuple(chain) for chain in chains]


def _alone(track_id: Int32, time_s: Float64, new: int, old: int, spans: dict[int, tuple[float, float]]) -> bool:
    """Whether nobody else was there between the end of one track and the beginning of the next."""
    between = (time_s >= spans[old][1]) & (time_s <= spans[new][0])
    return set(np.unique(track_id[between])) <= {new, old}
