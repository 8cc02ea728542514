"""The file of a test, checked by pydantic, and the tests that come with the program."""

from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from posespotter.errors import SettingsError
from posespotter.toml import parse_toml

_FOLDER = "posespotter.assessments"

Procedure = Literal["chair", "up-and-go", "gait", "range", "single-leg-squat", "checklist"]
ViewName = Literal["front", "rear", "left", "right", "oblique"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sourced(_Strict):
    """A number with where it comes from.

    Attributes:
        value: in the result's unit.
        population: of whom it was found, where it belongs to people.
        source: paper, table or script.
    """

    value: float
    population: str = ""
    source: str


class ResultRule(_Strict):
    """The result of a test: its name, unit and error.

    Attributes:
        name: of the number in the JSON, its unit at the end.
        title: for people.
        unit: as it is written behind the number.
        digits: behind the point.
        error: +- of this program: how far from the truth it may be.
        change: the least change that is one (MDC95 or what its source says).
        change_words: what kind of number `change` is.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    unit: str
    digits: Annotated[int, Field(ge=0, le=3)] = 1
    error: Sourced | None = None
    change: Sourced | None = None
    change_words: str = "minimal detectable change"


class Condition(_Strict):
    """A condition that is checked, and what it means for the result.

    Attributes:
        name: as the procedure calls it.
        means: `invalid`: the result does not count by the protocol; `look`: a person has to look; `note`: told only.
        says: what is told, in a few words; `{where}` is where it was seen.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    means: Literal["invalid", "look", "note"] = "invalid"
    says: str


class Reference(_Strict):
    """A published table, shown as it was published.

    Attributes:
        caption: what its numbers are.
        population: of whom.
        source: paper.
        columns: headings.
        rows: one text a column.
    """

    caption: str
    population: str
    source: str
    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    rows: Annotated[tuple[tuple[str, ...], ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_even(self) -> "Reference":
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"expected {len(self.columns)} texts in each row")
        return self


class AssessmentDefinition(_Strict):
    """One file of a test.

    Attributes:
        name: what the command line calls it.
        title: for people.
        about: one or two sentences on what it measures.
        procedure: which module finds its events.
        camera, room, person: where the camera stands, what else is needed, what the person does.
        starts: how it starts, and from when the time counts.
        views: from where the camera may see the person.
        protocol: whose protocol it is.
        settings: numbers of the procedure.
        result: see `ResultRule`.
        condition: see `Condition`.
        reference: see `Reference`.
        exercise: for `checklist`: an exercise file without its name, title and about.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    title: str
    about: str
    procedure: Procedure
    camera: str
    room: str
    person: str
    starts: str
    views: Annotated[tuple[ViewName, ...], Field(min_length=1)]
    protocol: str
    settings: dict[str, float | str] = Field(default_factory=dict)
    result: ResultRule
    condition: tuple[Condition, ...] = ()
    reference: tuple[Reference, ...] = ()
    exercise: dict[str, Any] | None = None

    def number(self, setting: str) -> float:
        """A number of the procedure.

        Raises:
            ValueError: the file does not give it.
        """
        value = self.settings.get(setting)
        if not isinstance(value, int | float):
            raise ValueError(f"settings.{setting}: expected a number")
        return float(value)


def assessment_names() -> tuple[str, ...]:
    """The tests, in alphabetical order."""
    folder = files(_FOLDER).joinpath("definitions")
    return tuple(sorted(p.name.removesuffix(".toml") for p in folder.iterdir() if p.name.endswith(".toml")))


@lru_cache(maxsize=64)
def load_assessment(name: str) -> AssessmentDefinition:
    """A test by its name.

    Raises:
        SettingsError: there is none of that name.
    """
    known = assessment_names()
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise SettingsError(f"Unknown test {name!r}; expected one of: {', '.join(known)}.{hint}")
    file = files(_FOLDER).joinpath("definitions", f"{name}.toml")
    return AssessmentDefinition.model_validate(parse_toml(file.read_text("utf-8"), f"{name}.toml", "a test"))
