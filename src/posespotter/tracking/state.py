"""The state of something that works frame by frame, as plain data that a file can keep without pickle."""

import json
import zipfile
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from posespotter.errors import InputError
from posespotter.files import whole
from posespotter.models.interfaces import Regions

State = dict[str, Any]
"""Arrays, JSON values and further states, by name. Names hold no point."""


class Resumable(Protocol):
    """Something that can go on from a state as if it had never ended."""

    def state(self) -> State:
        """All that decides how it goes on."""
        ...

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        ...


_VALUES = "values"
_REGIONS = ("boxes", "scores", "squares", "margins")


def write_state(state: State, path: Path) -> None:
    """Store a state as .npz: its arrays bit by bit, all else as JSON; the file appears whole or not at all.

    Raises:
        OutputError: the folder cannot be written.
    """
    flat = _flat(state)
    arrays: dict[str, Any] = {name: value for name, value in flat.items() if isinstance(value, np.ndarray)}
    arrays[_VALUES] = np.array(json.dumps({name: value for name, value in flat.items() if name not in arrays}))
    with whole(path) as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)


def read_state(path: Path) -> State:
    """Read what `write_state` stored.

    Raises:
        InputError: the file is missing, damaged, or something else.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return _nested(json.loads(str(arrays.pop(_VALUES))) | arrays)
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: expected a stored state, it cannot be read as one ({error}).") from error


def state_of_regions(regions: Regions) -> State:
    """Where a pose model shall look, as plain data."""
    return {name: np.array(getattr(regions, name), order="C") for name in _REGIONS}


def regions_of_state(state: State) -> Regions:
    """What `state_of_regions` gave; further names are passed over."""
    return Regions(*(state[name] for name in _REGIONS))


def _flat(state: State, before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in state.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{before}{name}.")
        else:
            flat[before + name] = value
    return flat


def _nested(flat: dict[str, Any]) -> State:
    state: State = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        inner = state
        for part in path:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return state
