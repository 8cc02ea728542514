"""The result of a test, as frozen data and as the JSON of assessment.json."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from posespotter.arrays import Float64
from posespotter.assessments.assessment_file import AssessmentDefinition
from posespotter.kinematics.view import View
from posespotter.poses.checked_json import json_values

Status = Literal["valid", "look", "invalid", "no_result"]


@dataclass(frozen=True)
class Event:
    """A moment of the test: `onset`, `up`, `seat`, `turn`, `strike`, ...

    Attributes:
        name: what happens.
        time_s: when.
        frame: nearest frame.
        number: of the stand, step or try; 0 where there is only one.
        side: `left`, `right` or empty.
        value: what was measured then; None where nothing was.
    """

    name: str
    time_s: float
    frame: int
    number: int = 0
    side: str = ""
    value: float | None = None


@dataclass(frozen=True)
class Measurement:
    """A number beside the main result.

    Attributes:
        name: its unit at the end.
        title: for people.
        value: None where it cannot be told.
        unit: behind the number.
        digits: behind the point.
        error: +-; 0 of what is counted or worked out, None where it is not known.
        reason: why it cannot be told; else empty.
    """

    name: str
    title: str
    value: float | None
    unit: str
    digits: int = 1
    error: float | None = None
    reason: str = ""


@dataclass(frozen=True)
class Finding:
    """A circumstance that speaks against the result, or that somebody has to look at.

    Attributes:
        name: of the condition in the test's file.
        means: `invalid`, `look` or `note`.
        sentence: what was seen, and where.
        start_s, end_s: when; NaN where it belongs to the whole.
    """

    name: str
    means: Literal["invalid", "look", "note"]
    sentence: str
    start_s: float = float("nan")
    end_s: float = float("nan")


@dataclass(frozen=True)
class Item:
    """One item of a checklist.

    Attributes:
        name: of the check.
        seen: repetitions in which it was found.
        judged: repetitions in which it could be told.
        of: repetitions.
        reason: why it could not be told; else empty.
    """

    name: str
    seen: tuple[int, ...]
    judged: int
    of: int
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Curve:
    """The measured signal over time, for the chart; not part of the JSON.

    Attributes:
        title: with the unit.
        time_s: (N,) seconds.
        values: (N,); NaN where it was not seen.
        levels: lines across, by what they mean.
    """

    title: str
    time_s: Float64
    values: Float64
    levels: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Assessment:
    """A test of one person.

    Attributes:
        test: name of the test.
        status: `valid`; `look` where a person has to decide; `invalid` by the protocol; `no_result`.
        value: the result in `unit`; None with `no_result`.
        unit: of the result.
        error: +- of the result; None where it is not known.
        started_by: `go` where the moment was given, `movement` where it is the first movement seen.
        view, view_confidence: from where the camera saw the person.
        track_ids: of the person; empty where nobody was found.
        coverage: 0..1, share of the time in which the joints that are needed were seen.
        events: in order of time.
        measurements: numbers beside the result.
        findings: what speaks against it.
        items: of a checklist.
        reason: one sentence on why there is no result; else empty.
        source: name of the clip.
        definition: the test's file.
        curve: for the chart.
    """

    test: str
    status: Status
    value: float | None
    unit: str
    error: float | None
    started_by: Literal["go", "movement", ""]
    view: View
    view_confidence: float
    track_ids: tuple[int, ...]
    coverage: float
    events: tuple[Event, ...]
    measurements: tuple[Measurement, ...]
    findings: tuple[Finding, ...]
    items: tuple[Item, ...]
    reason: str
    source: str
    definition: AssessmentDefinition = field(repr=False)
    curve: Curve = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """The content of assessment.json, as JSON values."""
        names = ("test", "status", "value", "unit", "error", "started_by", "view", "view_confidence", "track_ids")
        content: dict[str, Any] = json_values(
            {name: getattr(self, name) for name in (*names, "coverage")}
            | {
                name: [asdict(one) for one in getattr(self, name)]
                for name in ("events", "measurements", "findings", "items")
            }
            | {"reason": self.reason, "source": self.source}
        )
        return content

    def moments(self, name: str) -> list[float]:
        """The times of the events of a name."""
        return [event.time_s for event in self.events if event.name == name]
