"""Files beside the code (container, continuous integration, citation) agree with the code."""

import re
from pathlib import Path

import pytest
import typer.testing

import posespotter

ROOT = Path(__file__).resolve().parents[1]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def copied() -> list[str]:
    """What the Dockerfile takes from the project."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", text("Dockerfile"), re.MULTILINE)
    return [name for line in lines for name in line.split()]


@pytest.mark.parametrize("name", copied())
def test_what_the_image_needs_is_there_and_not_ignored(name: str) -> None:
    assert (ROOT / name).exists()
    assert f"!{name}" in text(".dockerignore").splitlines()


def test_the_image_gets_nothing_that_it_does_not_need() -> None:
    assert {line[1:] for line in text(".dockerignore").splitlines() if line.startswith("!")} == set(copied())


def test_the_image_has_what_the_package_is_built_from() -> None:
    named = re.findall(r"^(?:readme = |license-files = \[)(.+?)\]?$", text("pyproject.toml"), re.MULTILINE)
    assert {name for line in named for name in re.findall(r'"(.+?)"', line)} <= set(copied())


@pytest.mark.parametrize("command", re.findall(r"^    command: \[(.+)\]$", text("compose.yaml"), re.MULTILINE))
def test_the_services_use_options_that_exist(command: str) -> None:
    from posespotter.cli import app

    name, *options = re.findall(r"[^\s,\"]+", command)
    shown = typer.testing.CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    assert [option for option in options if option.startswith("--") and option not in shown.output] == []


def test_the_citation_is_of_this_version() -> None:
    assert f"\nversion: {posespotter.__version__}\n" in text("CITATION.cff")


def test_continuous_integration_runs_the_script_of_the_project() -> None:
    assert "run: bash .ci/run" in text(".github/workflows/ci.yml")


@pytest.mark.parametrize("form", ["bug", "wish"])
def test_the_forms_ask_for_what_info_shows(form: str) -> None:
    assert "posespotter info" in text(f".github/ISSUE_TEMPLATE/{form}.yml")


@pytest.mark.parametrize(
    "name",
    ["SECURITY.md", "CODE_OF_CONDUCT.md", "docs/how-to/docker.md", "docs/reference/licences.md", "examples/README.md"],
)
def test_links_lead_somewhere(name: str) -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)", text(name))
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []
