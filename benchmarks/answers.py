"""What networks answered, kept in a file: so that a benchmark asks each question once, however often it is run.

Runs of the same clips with other rules around the networks ask mostly the same again.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from posespotter.models.session import Session


class Answers:
    """Answers by model file and input."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[bytes, list[Any]] = {}
        if path.exists():
            with path.open("rb") as file, suppress(EOFError, ValueError):
                while True:
                    key = np.load(file).tobytes()
                    self._known[key] = [np.load(file) for _ in range(int(np.load(file)))]

    def patches(self) -> list[Any]:
        """Context managers within which sessions take their answers from here."""
        run = Session.run

        def remembered(session: Session, inputs: Any) -> list[Any]:
            question = hashlib.blake2b(session.path.name.encode(), digest_size=16)
            for tensor in inputs.values():
                question.update(f"{tensor.shape}".encode())
                question.update(np.ascontiguousarray(tensor, np.uint8))  # pictures of 0 to 255, or 0 to 1 ...
                question.update(tensor[:, ::8, ::8].tobytes())  # ... of which some exactly
            key = question.digest()
            if key in self._known:
                session._spent.add(0.0, 1)
            else:
                self._keep(key, run(session, inputs))
            return [answer.copy() for answer in self._known[key]]

        def each(session: Session, pictures: Sequence[Any]) -> list[list[Any]]:
            return [remembered(session, {session.inputs[0][0]: picture}) for picture in pictures]

        return [mock.patch.object(Session, "run", remembered), mock.patch.object(Session, "run_each", each)]

    def _keep(self, key: bytes, answer: list[Any]) -> None:
        self._known[key] = answer
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("ab") as file:
            for array in (np.frombuffer(key, np.uint8), np.array(len(answer)), *answer):
                np.save(file, array)
