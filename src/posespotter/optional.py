"""Libraries that PoseSpotter does without until somebody asks for what they do."""

from importlib import import_module
from typing import Any

from posespotter.errors import SettingsError


def needed(module: str, extra: str) -> Any:
    """The module of a library, which `pip install 'posespotter[extra]'` brings.

    Raises:
        SettingsError: it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        raise SettingsError(
            f"Expected {module} to be installed, it is not: pip install 'posespotter[{extra}]'."
        ) from None
