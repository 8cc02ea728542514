"""The head of reports: name and logo of the clinic, and the language of its clients."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from posespotter.runs.notes.records import Records

_FOLDER, _ONLY = "clinic", "clinic"


class Clinic(BaseModel):
    """The clinic that gives the reports.

    Attributes:
        name: of the clinic or practice.
        logo: a picture as a data address (data:image/png;base64,...); empty for none.
        language: code of the language of reports.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field("", max_length=200)
    logo: str = Field("", max_length=900_000, pattern=r"^(data:image/(png|jpeg);base64,[A-Za-z0-9+/=]+)?$")
    language: str = Field("en", max_length=10)


def read_clinic(root: Path) -> Clinic:
    """The clinic of the library in this folder."""
    return Records(root / _FOLDER, Clinic).get(_ONLY) or Clinic()


def keep_clinic(root: Path, clinic: Clinic) -> None:
    """Store the clinic of a library.

    Raises:
        OutputError: the library cannot be written.
    """
    Records(root / _FOLDER, Clinic).put(_ONLY, clinic)
