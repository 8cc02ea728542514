"""Texts from outside, such as names of files: in any encoding, with whatever characters, made fit for people and files.

A name that is in no encoding reaches Python with lone surrogates in place of its odd bytes (PEP 383). No file, page or
database takes these, and a terminal obeys the control characters in a name.
"""

import unicodedata
from typing import Any

_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, lone surrogates, separators of lines
# They turn the order of what follows, so that "gpj.exe" reads "exe.jpg".
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BYTES = range(0xDC80, 0xDD00)  # what PEP 383 puts in place of a byte


def storable(text: str) -> str:
    """`text` as every file, page and database takes it, on one line; what is unfit becomes U+FFFD."""
    if text.isprintable():
        return text
    return "".join("\N{REPLACEMENT CHARACTER}" if _is_unfit(one) else one for one in text)


def printable(text: str) -> str:
    r"""`text` for a line on a terminal or in a log, with everything visible: `\x1b` for ESC, `\xe9` for an odd byte."""
    if text.isprintable():
        return text
    return "".join(_escape(one) if _is_unfit(one) else one for one in text)


def storable_values(value: Any) -> Any:
    """JSON values with every text in them, names of keys included, as `storable` gives it."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [storable_values(one) for one in value]
    if isinstance(value, dict):
        return {storable_values(name): storable_values(one) for name, one in value.items()}
    return value


def _is_unfit(one: str) -> bool:
    return unicodedata.category(one) in _UNFIT or one in _TURNING


def _escape(one: str) -> str:
    number = ord(one)
    return f"\\x{number - 0xDC00:02x}" if number in _BYTES else one.encode("unicode_escape").decode("ascii")
