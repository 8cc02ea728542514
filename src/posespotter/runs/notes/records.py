"""Small records beside the runs, one JSON file each: people, sessions, places."""

import logging
import re
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from posespotter.errors import InputError, OutputError
from posespotter.files import read_plain, reason, whole

T = TypeVar("T", bound=BaseModel)

_log = logging.getLogger(__name__)
_ID = re.compile(r"[0-9a-z-]{1,40}")


class Records(Generic[T]):
    """Records of one kind by id; may be used from several threads and processes.

    Args:
        folder: made when the first is stored.
        model: of a record.
    """

    def __init__(self, folder: Path, model: type[T]) -> None:
        self._folder, self._model = folder, model
        self._known: dict[str, tuple[tuple[int, int], T]] = {}  # what was read, with time and size of its file

    def all(self) -> dict[str, T]:
        """Every record by its id; a file that cannot be read is left out."""
        try:
            ids = sorted(path.stem for path in self._folder.glob("*.json"))
        except OSError:
            return {}
        found = {one: self.get(one) for one in ids if _ID.fullmatch(one)}
        return {one: record for one, record in found.items() if record is not None}

    def get(self, record_id: str) -> T | None:
        """The record of this id, or None.

        Raises:
            InputError: it is no id.
        """
        file = self._file(record_id)
        try:
            stat = file.lstat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            known = self._known.get(record_id)
            if known is not None and known[0] == stamp:
                return known[1]
            record = self._model.model_validate_json(read_plain(file, 1_000_000))
        except FileNotFoundError:
            return None
        except (OSError, ValidationError, InputError) as error:
            _log.warning("%s cannot be read: %s", file, error)
            return None
        self._known[record_id] = (stamp, record)
        return record

    def put(self, record_id: str, record: T) -> None:
        """Store a record; it appears whole or not at all.

        Raises:
            InputError: it is no id.
            OutputError: the folder cannot be written.
        """
        file = self._file(record_id)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{self._folder} could not be written: {reason(error)}.") from error
        with whole(file) as temporary:
            temporary.write_text(record.model_dump_json(indent=2) + "\n", "utf-8")

    def remove(self, record_id: str) -> None:
        """Forget a record, if there is one.

        Raises:
            InputError: it is no id.
            OutputError: the folder cannot be written.
        """
        try:
            self._file(record_id).unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(f"{self._folder} could not be written: {reason(error)}.") from error
        self._known.pop(record_id, None)

    def _file(self, record_id: str) -> Path:
        if _ID.fullmatch(record_id) is None:
            raise InputError(f"expected an id of digits, letters and hyphens, got {record_id[:80]!r}.")
        return self._folder / f"{record_id}.json"
