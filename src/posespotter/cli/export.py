"""`posespotter export`: poses from one file format to another."""

import os
from pathlib import Path
from typing import Annotated

import typer

from posespotter.cli.parts.options import formats
from posespotter.cli.parts.say import say
from posespotter.errors import OutputError, SettingsError
from posespotter.formats import FORMATS, format_named, read_poses


def export_command(
    poses: Annotated[
        Path,
        typer.Argument(
            metavar="POSES", help="poses.parquet; MMPose and COCO JSON, CSV and OpenPose folders are read too."
        ),
    ],
    to: Annotated[
        str, typer.Option("--to", metavar="FORMAT", help=f"One of: {', '.join(FORMATS)}.", autocompletion=formats)
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The file to write; a folder for OpenPose's.")
    ],
    *,
    person: Annotated[int | None, typer.Option(metavar="ID", help="Only this person; everybody unless given.")] = None,
    fps: Annotated[float | None, typer.Option(help="Frame rate of the video, for input that holds no times.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace FILE if it is there.")] = False,
) -> None:
    """Write poses in the file format of another program."""
    target = format_named(to)
    if os.path.lexists(output) and not overwrite:
        raise OutputError(f"{output} is already there; give another name, or --overwrite to replace it.")
    if output.exists() and poses.exists() and output.samefile(poses):
        raise OutputError(f"{output} holds the poses that are to be written: give another name.")
    sequence = read_poses(poses, fps=fps)
    if person is not None:
        if person not in sequence.track_ids:
            ids = ", ".join(map(str, sequence.track_ids)) or "the ids in the poses (nobody was found)"
            raise SettingsError(f"--person: expected one of {ids}, got {person}.")
        sequence = sequence.person(person)
    target.write(sequence, output)
    lost = f" ({to} cannot hold: {target.leaves_out})" if target.leaves_out else ""
    say(f"{output}: {len(sequence)} poses of {_people(len(sequence.track_ids))}{lost}")


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count} people"
