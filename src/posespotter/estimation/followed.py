"""Who is followed from one frame to the next."""

from dataclasses import dataclass, replace

import numpy as np

from posespotter.arrays import Float64, Int32
from posespotter.estimation.state import State, regions_of_state, state_of_regions
from posespotter.models.people import Regions, Rows

_PROBATION_S = 0.3  # how long a doubtful find must look like a person in every frame before it is one
_PROBATION_LOOKS = 3
_LOOKS = ("ids", "since_s", "looks")


@dataclass(frozen=True)
class Followed:
    """Regions to look at in the next frame, one a row.

    Attributes:
        regions: where to look.
        ids: (M,) track id; 0 for those who have none yet.
        since_s: (M,) time at which a doubtful find was made; NaN for sure ones.
        looks: (M,) how often it has looked like a person since.
    """

    regions: Regions
    ids: Int32
    since_s: Float64
    looks: Int32

    @classmethod
    def none(cls) -> "Followed":
        """Nobody."""
        return cls.new(Regions.none(), np.empty(0))

    @classmethod
    def new(cls, regions: Regions, since_s: Float64 | float, track_id: int = 0) -> "Followed":
        """Finds of the same time and of the same person, if that is known."""
        ids = np.full(len(regions), track_id, np.int32)
        return cls(regions, ids, np.full(len(regions), since_s), np.zeros_like(ids))

    def priors(self) -> list[int | None]:
        """The track ids, None for those who have none yet."""
        return [int(i) or None for i in self.ids]

    def state(self) -> State:
        """All of it, as arrays."""
        return state_of_regions(self.regions) | {name: np.array(getattr(self, name), order="C") for name in _LOOKS}

    @classmethod
    def of_state(cls, state: State) -> "Followed":
        """What `state` gave."""
        return cls(regions_of_state(state), *(state[name] for name in _LOOKS))

    def take(self, rows: Rows) -> "Followed":
        """Some of the rows."""
        return Followed(self.regions.take(rows), self.ids[rows], self.since_s[rows], self.looks[rows])

    def plus(self, other: "Followed") -> "Followed":
        """These and `other`."""
        return Followed(
            self.regions.plus(other.regions),
            np.concatenate([self.ids, other.ids]),
            np.concatenate([self.since_s, other.since_s]),
            np.concatenate([self.looks, other.looks]),
        )

    def counted(self, time_s: float) -> "Followed":
        """One look more for everyone; a doubtful find that has looked like a person for long enough is one."""
        looks = self.looks + np.int32(1)
        passed = (looks >= _PROBATION_LOOKS) & (time_s - self.since_s >= _PROBATION_S)
        return replace(self, since_s=np.where(passed, np.nan, self.since_s), looks=looks)
