"""The schema of an exercise file, checked by pydantic; `catalog` reads the files."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from posespotter.exercises.definitions.vocabulary import WITHOUT_CURVE, Measure, parse_measure
from posespotter.exercises.words.wording import check_sentence

ViewName = Literal["front", "rear", "left", "right", "oblique"]
VIEWS: tuple[ViewName, ...] = ("front", "rear", "left", "right", "oblique")
Side = Literal["mean", "least", "most", "difference"]
When = Literal["rest", "work", "all", "down", "hold", "up"]
Statistic = Literal["worst", "least", "most", "mean", "range", "seconds"]


Sentence = Annotated[str, AfterValidator(check_sentence)]
"""A sentence that may hold {value} and {limit}."""


def _with_curve(text: str) -> str:
    """Refuse what is one number a repetition and no curve."""
    kind = parse_measure(text).kind
    if kind in WITHOUT_CURVE:
        raise ValueError(f"{kind} can be asked for in [[require]] only")
    return text


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Measured(_Strict):
    """A measure, and how its left and right side become one number."""

    measure: str
    side: Side = "mean"

    @field_validator("measure")
    @classmethod
    def _is_known(cls, text: str) -> str:
        parse_measure(text)
        return text

    @property
    def parsed(self) -> Measure:
        return parse_measure(self.measure)


class Signal(_Measured):
    """A measure that goes from its rest value to its work value and back in every repetition.

    Attributes:
        change: least change from rest to work; negative if it falls. The first signal that can be measured leads.
    """

    change: float

    @field_validator("measure")
    @classmethod
    def _has_curve(cls, text: str) -> str:
        return _with_curve(text)

    @field_validator("change")
    @classmethod
    def _not_zero(cls, change: float) -> float:
        if not change:
            raise ValueError("expected a number other than 0")
        return change


class Require(_Measured):
    """A condition without which a movement is another one and not counted.

    Attributes:
        at: at rest before and after, at work (the turning point), or throughout.
        least, most: limits of the value; with `range` of how much it varies within the repetition.
        range: limits are for the range of the values.
        views: from where the camera must look for it to speak for or against.
        must_be_seen: a movement in which it cannot be told is not counted; else what is not seen speaks neither for nor
            against.
        otherwise: one plain sentence on a movement that is another one, with {value} and {limit}.
    """

    at: Literal["rest", "work", "all"] = "work"
    least: float | None = None
    most: float | None = None
    range: bool = False
    views: tuple[ViewName, ...] = VIEWS
    must_be_seen: bool = False
    otherwise: Sentence = ""

    @model_validator(mode="after")
    def _has_limit(self) -> "Require":
        if self.least is None and self.most is None:
            raise ValueError("expected least, most or both")
        return self


class Metric(_Measured):
    """A number given for every repetition."""

    name: str
    statistic: Literal["least", "most", "mean", "range", "at_work"]

    @field_validator("measure")
    @classmethod
    def _has_curve(cls, text: str) -> str:
        return _with_curve(text)


class CheckRule(_Strict):
    """One thing that can be wrong with a repetition.

    Attributes:
        name: of the fault.
        measure: what is measured; None for `statistic = "seconds"`, the duration of the phase.
        confirmed_by: a second measure that must be beyond the same limit at the same moment.
        from_rest: the value is the change from the person's own rest before and after.
        absolute: of values below 0 the size counts.
        during: the phase it is looked for in.
        statistic: `worst`: a fault while the value is beyond the limit, for at least `for_s`; else one number a
            repetition is compared with the limit.
        above, below: the limit; one of them.
        for_s: how long the value must be beyond the limit.
        views: where the camera must stand for a verdict; 3-D joints do not help where the joints hide each other.
        within_deg: how far the person may be turned from those views; None for as far as a view goes (30°).
        views_3d: views in which 3-D joints, where there are any, allow a verdict too.
        severity: a `note` is told and leaves the repetition good.
        finding: one plain sentence on what was seen, with {value} and {limit}.
        advice: one line for the person who exercises.
        source: where the limit comes from.
        instead_of: the usual limit, where another is set for one person; the application writes it.
        reason: why it is set; goes with `instead_of`.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    measure: str | None = None
    confirmed_by: str | None = None
    side: Side = "mean"
    from_rest: bool = False
    absolute: bool = False
    during: When = "all"
    statistic: Statistic = "worst"
    above: float | None = None
    below: float | None = None
    for_s: Annotated[float, Field(ge=0, le=5)] = 0.2
    views: tuple[ViewName, ...] = VIEWS
    within_deg: Annotated[float, Field(gt=0, lt=30)] | None = None
    views_3d: tuple[ViewName, ...] = ()
    severity: Literal["fault", "note"] = "fault"
    finding: Sentence = ""
    advice: str
    source: str
    instead_of: float | None = None
    reason: str = ""

    @field_validator("measure", "confirmed_by")
    @classmethod
    def _is_known(cls, text: str | None) -> str | None:
        return None if text is None else _with_curve(text)

    @model_validator(mode="after")
    def _is_complete(self) -> "CheckRule":
        if (self.above is None) == (self.below is None):
            raise ValueError("expected either above or below")
        if self.confirmed_by is not None and self.statistic != "worst":
            raise ValueError('confirmed_by goes with statistic = "worst" only')
        if (self.measure is None) != (self.statistic == "seconds"):
            raise ValueError('expected a measure, or statistic = "seconds" without one')
        return self

    @property
    def parsed(self) -> Measure:
        """The measure as kind and joints."""
        if self.measure is None:
            raise ValueError("this check measures time")
        return parse_measure(self.measure)

    @property
    def limit(self) -> float:
        """The one of `above` and `below` that is given."""
        return self.above if self.above is not None else self.below or 0.0

    @property
    def unit(self) -> str:
        """Unit of the value and the limit."""
        return "s" if self.measure is None else parse_measure(self.measure).word.unit

    def limited(self, limit: float, reason: str) -> "CheckRule":
        """The check with a limit for one person."""
        side = "below" if self.above is None else "above"
        usual = self.limit if self.instead_of is None else self.instead_of
        return self.model_copy(update={side: limit, "instead_of": usual, "reason": reason})


class Level(_Strict):
    """Names for how far a repetition went: the first whose limit the metric does not exceed, else the last."""

    metric: str
    names: tuple[str, ...]
    limits: tuple[float, ...]
    source: str

    @model_validator(mode="after")
    def _fits(self) -> "Level":
        if len(self.names) != len(self.limits) + 1 or list(self.limits) != sorted(self.limits):
            raise ValueError("expected ascending limits, one fewer than names")
        return self


class ExerciseDefinition(_Strict):
    """One exercise file.

    Attributes:
        name: what the command line calls it.
        title: for people.
        about: one or two sentences: what one repetition is, and where the camera should stand.
        plane: the plane the limbs move in. Angles are taken in the picture where the camera looks across this plane,
            elsewhere in 3-D.
        work: what the far end of a repetition is called ("bottom", "top").
        sides: `together`: both sides do it at once; `each`: either arm or leg may do it alone.
        starts: the end that a repetition starts from; `either`: the one the person starts from. Who starts at the far
            end has done the last repetition when they are at rest: a lift counts at the top.
        signals_needed: how many of the signals must be measurable in a view, for the others to be the exercise's own.
        shortest_s, longest_s: a repetition's duration.
        longest_hold_s: who stays at the far end longer holds or sits.
        signal: see `Signal`; at least one.
        require: see `Require`.
        metric: see `Metric`.
        check: see `CheckRule`.
        level: see `Level`.
        core: the checks that make the exercise, in groups: of each group one must have come out good for a repetition
            to be called good. Without it every check of which a breach is a fault must have.
        unseen: what decides the form and joints do not show, in words: then nothing is called good, only without fault
            in what was seen.
        source: literature on the movement and its thresholds.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    title: str
    about: str
    plane: Literal["sagittal", "frontal"] = "sagittal"
    work: str = "bottom"
    sides: Literal["together", "each"] = "together"
    starts: Literal["rest", "either"] = "rest"
    signals_needed: Annotated[int, Field(ge=1)] = 1
    shortest_s: Annotated[float, Field(gt=0)] = 0.5
    longest_s: Annotated[float, Field(gt=0)] = 15.0
    longest_hold_s: Annotated[float, Field(gt=0)] = 5.0
    signal: Annotated[tuple[Signal, ...], Field(min_length=1)]
    require: tuple[Require, ...] = ()
    metric: tuple[Metric, ...] = ()
    check: tuple[CheckRule, ...] = ()
    level: Level | None = None
    core: tuple[tuple[str, ...], ...] = ()
    unseen: str = ""
    source: str = ""

    @property
    def form(self) -> tuple[str, ...]:
        """The names of the checks of which a breach is a fault."""
        return tuple(rule.name for rule in self.check if rule.severity == "fault")

    @model_validator(mode="after")
    def _core_is_checked(self) -> "ExerciseDefinition":
        unknown = {name for group in self.core for name in group} - set(self.form)
        if unknown or not all(self.core):
            raise ValueError(f"core: expected groups of checks that are faults ({', '.join(self.form)})")
        return self

    @property
    def of_person(self) -> tuple[CheckRule, ...]:
        """The checks whose limit is set for one person."""
        return tuple(rule for rule in self.check if rule.instead_of is not None)

    def limited(self, limits: Mapping[str, tuple[float, str]]) -> "ExerciseDefinition":
        """The exercise with limits for one person: limit and reason by the name of the check, as far as it has it."""
        checks = [rule.limited(*limits[rule.name]) if rule.name in limits else rule for rule in self.check]
        return self.model_copy(update={"check": tuple(checks)})

    @property
    def decisive(self) -> tuple[tuple[str, ...], ...]:
        """`core`, or where the file names none each check of which a breach is a fault."""
        return self.core or tuple((name,) for name in self.form)

    @model_validator(mode="after")
    def _level_has_metric(self) -> "ExerciseDefinition":
        names = {metric.name for metric in self.metric}
        if self.level is not None and self.level.metric not in names:
            raise ValueError(f"level: expected the name of a metric ({', '.join(sorted(names))})")
        return self
