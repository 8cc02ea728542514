"""From probabilities to events: the state of one person, moment by moment, and what is said about a fall."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["fall"]
StateAfter = Literal["down", "recovered"]
Sensitivity = Literal["low", "normal", "high"]
STATES = ("upright", "falling", "down", "recovered")
"""What a person can be; an array of states holds positions in this tuple."""


@dataclass(frozen=True)
class FallEvent:
    """One fall of one person. All times are seconds of the source.

    Attributes:
        kind: what happened; there is one kind so far.
        track_id: the person, by the id at the moment of the alert.
        onset_s: when the person began to fall.
        impact_s: when the descent ended.
        alert_s: when the alert was raised.
        end_s: when the person was seen upright again; None when that was not seen.
        peak_probability: the highest smoothed probability of "fall", 0..1.
        state_after: "down" when the person was last seen on the floor, else "recovered".
    """

    kind: Kind
    track_id: int
    onset_s: float
    impact_s: float
    alert_s: float
    end_s: float | None
    peak_probability: float
    state_after: StateAfter
