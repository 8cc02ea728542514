"""State as plain data: what is stored comes back bit by bit, and what is no state is refused."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.errors import InputError
from posespotter.tracking.state import Kept, from_state, read_state, state_of, write_state


@dataclass
class Pair:
    """A dataclass that is kept."""

    values: np.ndarray
    name: str


class Inner(Kept):
    """Something that keeps one number."""

    kept: ClassVar = ("_n",)

    def __init__(self, n: int) -> None:
        self._n = n


class Outer(Kept):
    """Something that keeps all kinds of values."""

    kept: ClassVar = ("_inner", "_pair", "array", "nothing")

    def __init__(self, n: int, values: list[float]) -> None:
        self._inner, self._pair = Inner(n), Pair(np.array(values), f"pair {n}")
        self.array, self.nothing = np.arange(n), None
        self.not_kept = n


def there_and_back(made: Outer, path: Path) -> Outer:
    write_state(made.state(), path)
    again = Outer(0, [])
    again.restore(read_state(path))
    return again


@given(st.integers(0, 50), st.lists(st.floats(width=64), max_size=5))
def test_what_is_kept_comes_back_bit_by_bit(
    tmp_path_factory: pytest.TempPathFactory, n: int, values: list[float]
) -> None:
    again = there_and_back(Outer(n, values), tmp_path_factory.mktemp("state") / "state.npz")
    assert (again._inner._n, again._pair.name, again.nothing, again.not_kept) == (n, f"pair {n}", None, 0)
    assert again._pair.values.tobytes() == np.array(values, np.float64).tobytes()
    assert again.array.tolist() == list(range(n))


def test_a_state_shares_nothing_with_what_it_is_of() -> None:
    made = Outer(3, [1.0])
    state = made.state()
    made.array[:] = 9
    assert state["array"].tolist() == [0, 1, 2]
    assert from_state(made.array, state["array"]) is not state["array"]


def test_arrays_are_stored_in_one_layout() -> None:
    assert state_of(np.asfortranarray(np.eye(3))).flags.c_contiguous


@pytest.mark.parametrize("content", [b"", b"no state", b"PK\x03\x04 cut off"])
def test_what_is_no_state_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state.npz").write_bytes(content)
    with pytest.raises(InputError, match="expected a stored state"):
        read_state(tmp_path / "state.npz")
    with pytest.raises(InputError):
        read_state(tmp_path / "nothing.npz")
