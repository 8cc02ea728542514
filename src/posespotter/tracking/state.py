"""The state of something that works frame by frame, as plain data that a file can keep without pickle."""

import json
import zipfile
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar, cast

import numpy as np

from posespotter.errors import InputError
from posespotter.files import whole

State = dict[str, Any]
"""Arrays, JSON values and further states, by name. Names hold no point."""


class Resumable(Protocol):
    """An object that can go on from a state as if it had never ended."""

    def state(self) -> State:
        """All that decides how it goes on."""
        ...

    def restore(self, state: State) -> None:
        """Go on from `state`."""
        ...


class Kept:
    """An object that goes on from a state as if it had never ended: the attributes that `kept` names are all of it.

    They are plain values, arrays, dataclasses of them, or of this class themselves.
    """

    kept: ClassVar[tuple[str, ...]]

    def state(self) -> State:
        """All that decides how it goes on."""
        return {name.strip("_"): state_of(getattr(self, name)) for name in self.kept}

    def restore(self, state: State) -> None:
        """Go on from `state`, which one of the same class and options gave."""
        for name in self.kept:
            setattr(self, name, from_state(getattr(self, name), state[name.strip("_")]))


Value = TypeVar("Value")


def state_of(value: Any) -> Any:
    """`value` as plain data: arrays (in one layout, so that sums are the same bit by bit), values, or a state."""
    if isinstance(value, Kept):
        return value.state()
    if is_dataclass(value):
        return {field.name: state_of(getattr(value, field.name)) for field in fields(value)}
    return np.array(value, order="C") if isinstance(value, np.ndarray) else value


def from_state(like: Value, state: Any) -> Value:
    """Restore a value that `state_of` made plain data; `like` is another value of its kind."""
    if isinstance(like, Kept):
        like.restore(state)
        return like
    if is_dataclass(like):
        values = {field.name: from_state(getattr(like, field.name), state[field.name]) for field in fields(like)}
        return cast(Value, type(cast(Any, like))(**values))
    value: Value = np.array(state) if isinstance(state, np.ndarray) else state  # type: ignore[assignment]
    return value


_VALUES = "values"


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
