"""TOML files that people write: zones, exercises, settings. One reader, which forgives and refuses the same in each."""

import codecs
import tomllib
from pathlib import Path
from typing import Any

from posespotter.errors import InputError
from posespotter.files import read_plain, reason

_LARGEST = 2**63  # whole numbers of TOML have 64 bits; others cannot even be printed


def read_toml(path: Path, expected: str) -> dict[str, Any]:
    """Read a TOML file.

    Raises:
        InputError: it cannot be read, or is no TOML; `expected` names what it should be, "zones".
    """
    return parse_toml(toml_text(path, expected), str(path), expected)


def toml_text(path: Path, expected: str) -> str:
    """The text of the same, without a byte order mark.

    Raises:
        InputError: it cannot be read.
    """
    try:
        content = read_plain(path, 1_000_000)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        why = reason(error) if isinstance(error, OSError) else error
        raise InputError(f"{path}: expected {expected} as TOML, it cannot be read: {why}.") from error
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # what Windows calls Unicode
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except ValueError as error:
        raise InputError(f"{path}: expected {expected} as TOML, it is no UTF-8 text.") from error


def parse_toml(text: str, name: str, expected: str) -> dict[str, Any]:
    """Parse a text in TOML.

    Raises:
        InputError: it is no TOML; `name` is what the message calls it.
    """
    try:
        content = tomllib.loads(text)
        _require_usual(content)
    except RecursionError:
        raise InputError(f"{name}: expected {expected} as TOML, it is nested too deep.") from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{name}: expected {expected} as TOML, {error}.") from error
    except ValueError as error:
        raise InputError(f"{name}: expected {expected} as TOML, a number or date in it is out of range.") from error
    return content


def _require_usual(content: dict[str, Any]) -> None:
    """Refuse values that would break later checks.

    Raises:
        RecursionError: it is nested too deep.
        ValueError: a whole number is larger than TOML has.
    """
    level: list[Any] = [content]
    for _ in range(16):  # tables in tables; ours have 3
        inner: list[Any] = []
        for value in level:
            inner += value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
            if isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
                raise ValueError
        level = inner
    if level:
        raise RecursionError
