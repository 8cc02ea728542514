"""The page on licences names every shared library that the installed wheels bundle, and nothing that is gone."""

import platform
import re
import sys
import sysconfig
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "licences.md"
FOLDERS = {"av": "av", "numpy": "numpy", "opencv_python_headless": "opencv-python-headless", "pillow": "pillow"}
FOLDERS |= {"psycopg_binary": "psycopg-binary", "scikit_learn": "scikit-learn", "scipy": "scipy"}

linux_wheels = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64",
    reason="the table is that of the wheels for Linux on x86-64",
)


def bundled() -> dict[str, set[str]]:
    """The wheels that bundle each library, by the name that follows "lib"."""
    found: dict[str, set[str]] = {}
    for folder in Path(sysconfig.get_path("purelib")).glob("*.libs"):
        for file in folder.glob("lib*.so*"):
            name = re.sub(r"(-r\d+)?(-[0-9a-f]{8}|\.so).*", "", file.name).removeprefix("lib")
            found.setdefault(name, set()).add(FOLDERS.get(folder.stem, folder.stem))
    return found


def documented() -> dict[str, set[str]]:
    table = PAGE.read_text("utf-8").split("## Every shared library")[1]
    found: dict[str, set[str]] = {}
    for row in re.findall(r"^\| (?!licence|-).* \| (.*) \| (.*) \|$", table, re.MULTILINE):
        for name in re.split(r"[,;] ", re.sub(r" \([^)]*\)", "", row[0])):
            found.setdefault(name.split()[0], set()).update(row[1].split(", "))
    return found


@linux_wheels
def test_every_bundled_library_is_named_with_its_licence() -> None:
    assert bundled().keys() - documented().keys() == set()


@linux_wheels
def test_every_library_is_named_in_a_row_with_its_wheel() -> None:
    table = documented()
    assert {name: wheels for name, wheels in bundled().items() if not wheels <= table.get(name, set())} == {}


@linux_wheels
def test_nothing_is_named_that_is_not_bundled() -> None:
    assert documented().keys() - bundled().keys() == set()


def test_the_notice_leads_to_the_page() -> None:
    assert "docs/reference/licences.md" in (PAGE.parents[2] / "NOTICE").read_text("utf-8")
