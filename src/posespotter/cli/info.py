"""`posespotter info`: what this machine has, for bug reports and for the curious."""

import json
from typing import Annotated

import typer


def info_command(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Show versions, devices, models, codecs and folders."""
    from posespotter.tasks.machine import machine

    found = machine()
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for topic, lines in found.items():
        typer.echo(topic)
        for name, value in lines.items():
            typer.echo(f"  {name:<24} {value}")
