"""Places that a camera looks at, by name, with their beds, sofas and ignored parts."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from posespotter.falls.zones import Zone, ZoneKind
from posespotter.runs.notes.records import Records
from posespotter.runs.run import new_id

_FOLDER = "places"


class _Zone(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    kind: ZoneKind
    polygon: tuple[tuple[float, float], ...]


class _Place(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    zones: tuple[_Zone, ...]


class Places:
    """The places of a library.

    Args:
        root: folder of the library.
    """

    def __init__(self, root: Path) -> None:
        self._records = Records(root / _FOLDER, _Place)

    def names(self) -> list[str]:
        """Names of the places, in the order of the alphabet."""
        return sorted((one.name for one in self._records.all().values()), key=str.lower)

    def zones(self, name: str) -> tuple[Zone, ...]:
        """The zones of a place; none where it is not known."""
        for place in self._records.all().values():
            if place.name == name:
                return tuple(Zone(zone.name, zone.kind, zone.polygon) for zone in place.zones)
        return ()

    def keep(self, name: str, zones: tuple[Zone, ...]) -> None:
        """Store the zones of a place in the place of those that it had.

        Raises:
            OutputError: the library cannot be written.
        """
        known = {place.name: place_id for place_id, place in self._records.all().items()}
        kept = tuple(_Zone(name=zone.name, kind=zone.kind, polygon=zone.polygon) for zone in zones)
        self._records.put(known.get(name, new_id()), _Place(name=name, zones=kept))

    def forget(self, name: str) -> None:
        """Remove a place, if it is known.

        Raises:
            OutputError: the library cannot be written.
        """
        for place_id, place in self._records.all().items():
            if place.name == name:
                self._records.remove(place_id)
