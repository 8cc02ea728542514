"""`posespotter info`: what this machine has, for bug reports and for the curious."""

import json
from typing import Annotated

import typer

from posespotter.cli.parts.say import say


def info_command(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Show versions, devices, models, codecs and folders."""
    from posespotter.tasks.machine import machine

    found = machine()
    if as_json:
        say(json.dumps(found, indent=2))
        return
    for topic, lines in found.items():
        say(topic)
        for name, value in lines.items():
            say(f"  {name:<24} {value}")
