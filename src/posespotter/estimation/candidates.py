"""Candidates for the pose model in the next frame: people with a track, and tentative detections."""

from dataclasses import dataclass, replace

import numpy as np

from posespotter.arrays import Bool, Columns, Float64, Int32, Rows
from posespotter.models.interfaces import Regions

# What each brings: docs/results/ablation.md.
_CONFIRM_DETECTIONS = 3  # a weak detection is a person when it was made so often (n_init of SORT and DeepSORT)
_UNCONFIRMED_S = 1.0  # a candidate that the detector has missed for longer, though it ran, is dropped
_UNCONFIRMED_RUNS = 3  # and not before so many of its runs: one may miss anybody


@dataclass(frozen=True)
class Candidates(Columns):
    """Regions for the pose model, one a row.

    Attributes:
        regions: where to look.
        ids: (M,) track id; 0 for those who have none yet.
        detections: (M,) how often the detector saw a tentative person; 0 for a confirmed one.
        missed: (M,) how often the detector has not seen the person since it last did.
        confirmed_s: (M,) when it last did, in seconds.
        expected: (M,) whether a known person is expected about there: less evidence is needed than for a new one.
    """

    regions: Regions
    ids: Int32
    detections: Int32
    missed: Int32
    confirmed_s: Float64
    expected: Bool

    @classmethod
    def none(cls) -> "Candidates":
        """No people."""
        return cls.new(Regions.none(), np.inf, np.empty(0, bool), np.empty(0, bool))

    @classmethod
    def new(cls, detections: Regions, time_s: float, sure: Bool, expected: Bool) -> "Candidates":
        """Detections of one frame; those that are neither `sure` nor `expected` are tentative."""
        none = np.zeros(len(detections), np.int32)
        tentative = np.where(sure | expected, none, np.int32(1))
        return cls(detections, none, tentative, none, np.full(len(detections), time_s), expected)

    @property
    def tentative(self) -> Bool:
        """(M,) candidates that must be detected again before they are confirmed."""
        return np.asarray(self.detections > 0, np.bool_)

    @property
    def unsure(self) -> Bool:
        """(M,) candidates that are tentative, or that the detector missed when it last ran."""
        return np.asarray(self.tentative | (self.missed > 0), np.bool_)

    def detected(self, rows: Rows, found: Regions, time_s: float) -> "Candidates":
        """Take over the boxes of people who were detected again; turned squares stay those of their landmarks."""
        old = self.regions
        boxes, scores, margins = old.boxes.copy(), old.scores.copy(), old.margins.copy()
        boxes[rows], scores[rows], margins[rows] = found.boxes, found.scores, found.margins
        detections, missed, confirmed_s = self.detections.copy(), self.missed.copy(), self.confirmed_s.copy()
        detections[rows] += detections[rows] > 0
        detections[detections >= _CONFIRM_DETECTIONS] = 0
        missed[rows], confirmed_s[rows] = 0, time_s
        regions = Regions(boxes, scores, old.squares, margins)
        return replace(self, regions=regions, detections=detections, missed=missed, confirmed_s=confirmed_s)

    def undetected(self, rows: Rows, time_s: float) -> "Candidates":
        """Count a run of the detector that missed the people at `rows`; those missed too often are dropped."""
        missed = self.missed.copy()
        missed[rows] += 1
        given_up = (missed >= _UNCONFIRMED_RUNS) & (time_s - self.confirmed_s >= _UNCONFIRMED_S)
        return replace(self, missed=missed).take(~given_up)

    def priors(self) -> list[int | None]:
        """The track ids, None for those who have none yet."""
        return [int(i) or None for i in self.ids]
