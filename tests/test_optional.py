"""Optional libraries: the first that is installed, or a message with the command that installs it."""

import math

import pytest

from posespotter.errors import SettingsError
from posespotter.optional import needed


def test_the_first_that_is_installed() -> None:
    assert needed("no_such_module_here", "math") is math


@pytest.mark.parametrize(
    ("modules", "package", "message"),
    [
        (("no_such_a",), "", "Expected no_such_a to be installed, it is not: pip install no_such_a."),
        (("no_such_a", "no_such_b"), "", "Expected no_such_a or no_such_b to be installed, it is not: pip install no_"),
        (("no_such_a",), "such[a]", "Expected no_such_a to be installed, it is not: pip install such[a]."),
    ],
)
def test_none_is_installed(modules, package, message) -> None:
    with pytest.raises(SettingsError) as refused:
        needed(*modules, package=package)
    assert str(refused.value).startswith(message)
