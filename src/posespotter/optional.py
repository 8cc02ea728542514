"""Optional libraries, which are needed for some functions only."""

from importlib import import_module
from typing import Any

from posespotter.errors import SettingsError


def needed(*modules: str, package: str = "") -> Any:
    """The first of these modules that is installed.

    Args:
        modules: names to import.
        package: what pip calls the library, where that is not the first of the names.

    Raises:
        SettingsError: none is installed.
    """
    for name in modules:
        try:
            return import_module(name)
        except ImportError:
            continue
    names = " or ".join(modules)
    raise SettingsError(f"Expected {names} to be installed, it is not: pip install {package or modules[0]}.")
