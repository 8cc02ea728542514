"""`posespotter estimate`: the people in pictures, videos, cameras and streams."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from posespotter.cli.parts.applies import given
from posespotter.cli.parts.batch import Batch
from posespotter.cli.parts.keep import keeping
from posespotter.cli.parts.options import (
    POSE_HELP,
    AsJson,
    Detector,
    Device,
    Fps,
    From,
    Keep,
    Overwrite,
    Rotate,
    To,
    formats,
    part_asked,
    pose_models,
)
from posespotter.cli.parts.say import say
from posespotter.estimation.options import DEFAULT_POSE, DEFAULT_POSE_LIVE, EstimatorOptions
from posespotter.formats import FORMATS, format_named

if TYPE_CHECKING:
    from posespotter.tasks.estimate import EstimateResult
    from posespotter.tasks.run_folder.record import PersonRecord


def estimate_command(
    ctx: typer.Context,
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Pictures, videos, folders, numbered frames (shot_%04d.png), camera numbers, streams (rtsp://, http://).",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder for the results.", show_default="poses")
    ] = None,
    keep: Keep = False,
    detector: Detector = None,
    pose: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help=POSE_HELP,
            show_default=f"{DEFAULT_POSE}; {DEFAULT_POSE_LIVE} for cameras and streams",
            autocompletion=pose_models,
        ),
    ] = None,
    detect_every: Annotated[
        str, typer.Option(metavar="N|auto", help="Look for people on every N-th frame, or when something calls for it.")
    ] = str(EstimatorOptions.detect_every),
    max_people: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Follow at most this many people.")
    ] = EstimatorOptions.max_people,
    device: Device = EstimatorOptions.device,
    smooth: Annotated[
        Literal["off", "light", "strong"], typer.Option(help="Smoothing of the joints in videos.")
    ] = EstimatorOptions.smoothing,
    overlay: Annotated[bool, typer.Option("--overlay/--no-overlay", help="Make the overlay video or picture.")] = True,
    export: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT",
            help=f"Also write one of: {', '.join(FORMATS)}; may be repeated.",
            show_default=False,
            autocompletion=formats,
        ),
    ] = None,
    fps: Fps = None,
    rotate: Rotate = "0",
    from_s: From = None,
    to_s: To = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Find the people, follow them, and store their joints.

    Each INPUT gives a folder DIR/<name> with poses.parquet, overlay.mp4 (or overlay.jpg) and run.json.
    """
    from posespotter.estimation.cadence import detect_every as checked

    exports = tuple(format_named(name).name for name in export or ())
    with keeping("estimate", out, "poses", keep=keep) as kept:
        Batch(
            task=partial(
                _estimate,
                overlay=overlay,
                exports=exports,
                fps=fps,
                rotate=int(rotate),
                part=part_asked(from_s, to_s),
            ),
            keeping=kept,
            overwrite=overwrite,
            estimator_options=EstimatorOptions(detector, pose, device, checked(detect_every), max_people, smooth),
            summarise=_summarise,
            describe=lambda result: result.record.to_json(),
            as_json=as_json,
            options=given(ctx),
            takes_poses=False,
        ).run(inputs)


def _estimate(spec: str, **options: Any) -> "EstimateResult":
    from posespotter.tasks.estimate import estimate  # brings the models' runtime along

    return estimate(spec, **options)


def _summarise(result: "EstimateResult") -> None:
    """Two or three lines for a person: what was found, and where it is."""
    record = result.record
    source, people, frames = record.source, record.people, record.source.frames
    rate = "" if source.kind == "image" else f" at {record.frames_per_second:.0f} frames/s"
    count = f"{len(people)} {'person' if len(people) == 1 else 'people'}" if people else "nobody"
    dropped = f", {source.frames_dropped} dropped" if source.frames_dropped else ""
    say(f"{source.name}: {count} in {frames} frame{'s' if frames != 1 else ''}{rate}{dropped} -> {result.folder}")
    if source.kind != "image":
        for person in people:
            say(f"  {_person_line(person)}")


def _person_line(person: "PersonRecord") -> str:
    parts = [f"{person.seconds:.1f} s", f"{person.joints_seen:.0%} of the joints seen"]
    if person.limb_variation is not None:
        parts.append(f"limb lengths vary by {person.limb_variation:.0%}")
    if person.swaps_found:
        parts.append(f"{person.swaps_repaired} of {person.swaps_found} left-right swaps repaired")
    return f"#{person.track_id}: {', '.join(parts)}"
