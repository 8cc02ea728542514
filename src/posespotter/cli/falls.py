"""`posespotter falls`: find falls, train a classifier of one's own, measure how good one is."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from posespotter.cli.batch import Batch

if TYPE_CHECKING:
    from posespotter.falls.events import FallEvent
    from posespotter.tasks.falls import FallsResult

falls_app = typer.Typer(
    name="falls", help="Find falls; train and measure what finds them.", no_args_is_help=True, add_completion=False
)

_Detector = Annotated[
    str, typer.Option(metavar="NAME|FILE", help="Person detector: a name from `models list`, or an ONNX file.")
]
_Pose = Annotated[
    str, typer.Option(metavar="NAME|FILE", help="Pose model: a name from `models list`, or an ONNX file.")
]
_Device = Annotated[str, typer.Option(help="auto, cpu, cuda, coreml, directml or openvino.")]
_Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
_Classifier = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A classifier made by `falls train`.", show_default="the embedded one"),
]


@falls_app.command("detect")
def detect_command(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT...",
            help="Videos, folders of frames, streams; or poses.parquet of an earlier run.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder for the results.")] = Path("falls"),
    classifier: _Classifier = None,
    sensitivity: Annotated[
        Literal["low", "normal", "high"],
        typer.Option(help="low: fewer false alarms; high: fewer missed falls."),
    ] = "normal",
    zones: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Beds, sofas and places to ignore in the picture, as TOML.")
    ] = None,
    detector: _Detector = "blazepose",
    pose: _Pose = "blazepose-full",
    device: _Device = "auto",
    video: Annotated[
        str | None, typer.Option(metavar="FILE", help="The video of a poses.parquet, for the overlay.")
    ] = None,
    overlay: Annotated[bool, typer.Option("--overlay/--no-overlay", help="Make the overlay video.")] = True,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier result instead of numbering the new one.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Find the falls in videos.

    Each INPUT gives a folder DIR/<name> with poses.parquet, events.json, probabilities.parquet, overlay.mp4 and
    run.json.
    """
    from posespotter.falls.classifier import FallClassifier
    from posespotter.falls.zones import read_zones

    if video is not None and len(inputs) != 1:
        raise typer.BadParameter(f"expected one poses.parquet with its video, got {len(inputs)}", param_hint="--video")
    task = partial(
        _find_falls,
        zones=read_zones(zones) if zones is not None else (),
        classifier=FallClassifier.load(classifier),
        out=out,
        sensitivity=sensitivity,
        video=video,
        overlay=overlay,
    )
    Batch(
        task=task,
        out=out,
        overwrite=overwrite,
        estimator_options={"detector": detector, "pose": pose, "device": device},
        summarise=partial(_summarise, overlay_hint=overlay and video is None),
        describe=_description,
        as_json=as_json,
    ).run(inputs)


def _find_falls(spec: str, **options: Any) -> "FallsResult":
    from posespotter.tasks.falls import find_falls  # brings the models' runtime along

    return find_falls(spec, **options)


def _description(result: "FallsResult") -> dict[str, Any]:
    from posespotter.tasks.falls import to_document

    return to_document(result.analysis)


def _summarise(result: "FallsResult", *, overlay_hint: bool) -> None:
    """A line for the clip and one for each fall."""
    events = result.analysis.events
    found = {0: "no fall", 1: "1 fall"}.get(len(events), f"{len(events)} falls")
    typer.echo(f"{result.poses.source or 'poses'}: {found} -> {result.folder}")
    for event in events:
        typer.echo(f"  {_in_words(event)}")
    if overlay_hint and result.record["source"]["kind"] == "poses":
        typer.echo("  No overlay: poses hold no pictures; give the video with --video FILE.")


def _in_words(event: "FallEvent") -> str:
    from posespotter.drawing.words import clock

    after = f"up again at {clock(event.end_s)}" if event.end_s is not None else "not seen to get up"
    return (
        f"#{event.track_id} falls at {clock(event.onset_s)}, impact {clock(event.impact_s)}, "
        f"alert {clock(event.alert_s)} ({event.peak_probability:.0%}); {after}"
    )
