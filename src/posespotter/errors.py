"""The errors a caller may want to catch. Each message says what was expected, what came, and what to do."""

from posespotter.texts import printable


class PoseSpotterError(Exception):
    """Anything PoseSpotter refuses or cannot do; the message is one or two sentences for a person, on one line."""

    def __init__(self, message: str = "") -> None:
        super().__init__(printable(message))  # names of files in it may hold anything


class InputError(PoseSpotterError, ValueError):
    """A file, folder, stream or picture that cannot be used."""


class ShapeError(PoseSpotterError, ValueError):
    """An array whose shape or type is not the documented one."""


class ModelError(PoseSpotterError):
    """A model that is unknown, missing, damaged, or not of a kind that PoseSpotter runs."""


class OutputError(PoseSpotterError):
    """A result that could not be written."""


class SettingsError(PoseSpotterError, ValueError):
    """An option or setting whose value is not one of the possible ones."""


class RowError(PoseSpotterError, IndexError):
    """A row that a sequence does not have."""
