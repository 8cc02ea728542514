"""Re-linking of tracks: give a person the same id when a track ends and another begins beside it.

A fall must not be lost with a track id, nor a repetition: whoever asks what a person did asks it of all their tracks.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from posespotter.arrays import Array, Int32, Int64
from posespotter.poses import PoseSequence

_LONGEST_S = 5.0
"""A detector that lost a person at the impact finds them again within this time, or not at all."""

FORGOTTEN_S = 60.0
"""A camera runs for months: a person unseen for longer does not come back under the same id."""

_NEAR = 1.0  # of the diagonal of the last box: a person who falls lands within their own length


@dataclass(frozen=True)
class _Place:
    time_s: float
    x: float
    y: float
    reach: float


class Relinker:
    """Gives every track a person: one of its own, or that of a track which ended nearby a moment ago."""

    def __init__(self, forgotten_s: float = FORGOTTEN_S) -> None:
        """Begin without tracks.

        Args:
            forgotten_s: an id that was not seen for this long is a new person's.
        """
        self._forgotten_s = forgotten_s
        self._person_of: dict[int, int] = {}
        self._last: dict[int, _Place] = {}
        self._n_people = 0

    def update(self, time_s: float, track_ids: Int32, boxes: Array) -> list[int]:
        """The person of each row of one frame, none twice: numbers from 0 in the order in which people came.

        Args:
            time_s: of the frame, later than that of the frame before.
            track_ids: (N,) of the frame, none twice.
            boxes: (N, 4) x0, y0, x1, y1 px.
        """
        self._forget(time_s)
        ids: list[int] = track_ids.tolist()
        here = {self._person_of[i] for i in ids if i in self._person_of}
        people: list[int] = []
        for i, (x0, y0, x1, y1) in zip(ids, boxes.tolist(), strict=True):
            place = _Place(time_s, (x0 + x1) / 2, (y0 + y1) / 2, ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5)
            person = self._person_of.get(i)
            if person is None or person in people:  # the second: a lost track is back beside its successor
                person = self._successor(place, here)
                self._person_of[i] = person
                here.add(person)
            self._last[person] = place
            people.append(person)
        return people

    def _successor(self, place: _Place, here: set[int]) -> int:
        near = [
            (distance, person)
            for person, last in self._last.items()
            if person not in here
            and place.time_s - last.time_s <= _LONGEST_S
            and (distance := ((last.x - place.x) ** 2 + (last.y - place.y) ** 2) ** 0.5) <= _NEAR * last.reach
        ]
        if near:
            return min(near)[1]
        self._n_people += 1
        return self._n_people - 1

    def _forget(self, time_s: float) -> None:
        gone = [person for person, last in self._last.items() if time_s - last.time_s > self._forgotten_s]
        for person in gone:
            del self._last[person]
        if gone:
            self._person_of = {i: person for i, person in self._person_of.items() if person in self._last}


def relink_tracks(poses: PoseSequence, forgotten_s: float = np.inf) -> Int64:
    """(N,) the person of each row: numbers from 0 in the order in which people came, none twice in a frame.

    Args:
        poses: of a whole video; in it an id is one person's, however long that person was away.
        forgotten_s: as a `Relinker` of live pictures takes it, for the same answer.
    """
    relinker = Relinker(forgotten_s)
    person = np.zeros(len(poses), np.int64)
    starts = np.flatnonzero(np.diff(poses.frame, prepend=-1))
    for first, last in pairwise([*starts.tolist(), len(poses)]):
        rows = slice(first, last)
        person[rows] = relinker.update(float(poses.time_s[first]), poses.track_id[rows], poses.bbox[rows])
    return person
