"""The tests that come with the program."""

from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files

from posespotter.assessments.assessment_file import AssessmentDefinition
from posespotter.errors import SettingsError
from posespotter.toml import parse_toml

_FOLDER = "posespotter.assessments"


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
