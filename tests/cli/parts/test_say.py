"""Output to the terminal."""

import json
from dataclasses import dataclass

import pytest

from posespotter.cli.parts.say import say, say_definitions, warn


@dataclass(frozen=True)
class Named:
    name: str
    title: str
    about: str = "About it."


LIST = [Named("a", "First"), Named("longer", "Second")]


def test_a_list_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    say_definitions(LIST, lambda one: one.title, as_json=False)
    assert capsys.readouterr().out == "a       First\nlonger  Second\n"


def test_a_list_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    say_definitions(LIST, lambda one: one.title, as_json=True)
    assert json.loads(capsys.readouterr().out)[1] == {"name": "longer", "title": "Second", "about": "About it."}


def test_control_characters_are_made_visible(capsys: pytest.CaptureFixture[str]) -> None:
    say("a\x1b[31mred\nnext line")
    warn("odd name \x07")
    out, err = capsys.readouterr()
    assert out == "a\\x1b[31mred\nnext line\n"
    assert err == "posespotter: odd name \\x07\n"
