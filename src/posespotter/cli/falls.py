"""`posespotter falls`: find falls, train a classifier of one's own, measure how good one is."""

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from posespotter.cli.parts.applies import given
from posespotter.cli.parts.batch import Batch
from posespotter.cli.parts.keep import keeping
from posespotter.cli.parts.options import (
    INPUTS_HELP,
    AsJson,
    Detector,
    Device,
    Fps,
    From,
    Keep,
    Overlay,
    Overwrite,
    Pose,
    Rotate,
    To,
    part_asked,
    require_its_poses,
    require_model,
)
from posespotter.cli.parts.progress import progress
from posespotter.cli.parts.say import say, warn
from posespotter.estimation.options import DEFAULT_DETECTOR, EstimatorOptions
from posespotter.tasks.model_choices import DEFAULT_POSE_FALLS

if TYPE_CHECKING:
    from posespotter.falls.events import FallEvent
    from posespotter.falls.training.data import FallData
    from posespotter.tasks.fall_poses import PosesOfClips
    from posespotter.tasks.falls import FallsResult

falls_app = typer.Typer(
    name="falls", help="Find falls; train and measure what finds them.", no_args_is_help=True, add_completion=False
)

_Classifier = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="A classifier made by `falls train`.", show_default="the embedded one"),
]


@falls_app.command("detect")
def detect_command(
    ctx: typer.Context,
    inputs: Annotated[
        list[str],
        typer.Argument(metavar="INPUT...", help=INPUTS_HELP, show_default=False),
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder for the results.", show_default="falls")
    ] = None,
    keep: Keep = False,
    classifier: _Classifier = None,
    sensitivity: Annotated[
        Literal["low", "normal", "high"],
        typer.Option(help="low: fewer false alarms; high: fewer missed falls."),
    ] = "normal",
    zones: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Beds, sofas and places to ignore in the picture, as TOML.")
    ] = None,
    detector: Detector = None,
    pose: Pose = DEFAULT_POSE_FALLS,
    device: Device = EstimatorOptions.device,
    video: Annotated[
        str | None, typer.Option(metavar="FILE", help="The video of a poses.parquet, for the overlay.")
    ] = None,
    overlay: Overlay = True,
    fps: Fps = None,
    rotate: Rotate = "0",
    from_s: From = None,
    to_s: To = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Find the falls in videos.

    Each INPUT gives a folder DIR/<name> with poses.parquet, events.json, probabilities.parquet, overlay.mp4 and
    run.json.
    """
    from posespotter.falls.classifier import FallClassifier
    from posespotter.falls.zones import read_zones

    require_its_poses(video, inputs)
    known_zones = read_zones(zones) if zones is not None else ()
    with keeping("falls", out, "falls", keep=keep) as kept:
        task = partial(
            _find_falls,
            zones=known_zones,
            classifier=FallClassifier.load(classifier),
            sensitivity=sensitivity,
            video=video,
            fps=fps,
            rotate=int(rotate),
            part=part_asked(from_s, to_s),
            overlay=overlay,
        )
        Batch(
            task=task,
            keeping=kept,
            overwrite=overwrite,
            estimator_options=EstimatorOptions(detector, pose, device),
            summarise=partial(_summarise, overlay_hint=overlay and video is None),
            describe=_description,
            as_json=as_json,
            options=given(ctx),
            video=video,
        ).run(inputs)


_Data = Annotated[
    Path,
    typer.Argument(metavar="DATA", help="A folder with clips.csv, segments.csv and the videos.", show_default=False),
]
_Detectors = Annotated[
    list[str] | None,
    typer.Option(
        "--detector",
        metavar="NAME|FILE",
        help="Person detector; may be repeated: then each of them sees each clip.",
        show_default=DEFAULT_DETECTOR,
    ),
]
_Split = Annotated[str | None, typer.Option(metavar="NAME", help="Only the clips with this word in the column split.")]
_Poses = Annotated[
    Path | None,
    typer.Option(
        "--poses", metavar="DIR", help="Where estimated poses are kept.", show_default="in the cache of this machine"
    ),
]
_Seed = Annotated[int, typer.Option(min=0, help="Of the random numbers.")]


@falls_app.command("train")
def train_command(
    data: Annotated[
        list[Path],
        typer.Argument(
            metavar="DATA...",
            help="Folders with clips.csv, segments.csv and the videos; each is a source.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder for the classifier.")] = Path(
        "forests"
    ),
    name: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Of the classifier.", show_default="that of the first folder DATA"),
    ] = None,
    split: _Split = None,
    detector: _Detectors = None,
    pose: Pose = DEFAULT_POSE_FALLS,
    device: Device = EstimatorOptions.device,
    poses: _Poses = None,
    seed: _Seed = 0,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Train a classifier on labelled clips of your own.

    Gives DIR/NAME with NAME.onnx for `falls detect --classifier`, NAME.skops to look at in scikit-learn, and run.json.
    How good it is elsewhere is measured by leaving each source out in turn: give your own clips beside public ones, and
    they become one more source. Of one folder, each room or person is left out instead. Poses are estimated once and
    kept: after Ctrl-C the same command goes on where it was.
    """
    from posespotter.tasks.fall_training import train_falls

    sources = [_clips(folder, split) for folder in data]
    names = [one.folder.resolve().name for one in sources]
    # Of several, each has its own folder there.
    kept = [poses / one for one in names] if poses is not None and len(names) > 1 else [poses] * len(names)
    pairs = [(one, _poses_of(one, detector, pose, device, at)) for one, at in zip(sources, kept, strict=True)]
    with progress(names[0], "frames", quiet=as_json) as report:
        result = train_falls(pairs, out, name=name or names[0], seed=seed, overwrite=overwrite, progress=report)
    if as_json:
        say(json.dumps({"folder": str(result.folder), **result.record.to_json()}))
        return
    trained = result.record.data
    say(f"{trained.clips} clips of {len(trained.groups)} people or rooms, {trained.falls} falls -> {result.classifier}")
    for one in result.record.held_out.left_out:
        (caught, falls), (silent, others) = one.falls, one.silent_clips
        say(
            f"  without {one.source}: {caught} of {falls} falls found, {silent} of {others} other clips silent "
            f"(limit {one.limit:g})"
        )


@falls_app.command("evaluate")
def evaluate_command(
    data: _Data,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder for the report.")] = Path("measured"),
    classifier: _Classifier = None,
    split: _Split = None,
    detector: _Detectors = None,
    pose: Pose = DEFAULT_POSE_FALLS,
    device: Device = EstimatorOptions.device,
    poses: _Poses = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Measure a classifier on labelled clips: falls caught, false alarms an hour, delays, each with its interval.

    One of your own is shown beside the embedded one.

    Gives DIR/<name of DATA> with report.html, evaluation.md, evaluation.json and run.json. Poses are estimated once and
    kept: after Ctrl-C the same command goes on where it was.
    """
    from posespotter.falls.classifier import FallClassifier
    from posespotter.tasks.fall_evaluation import evaluate_falls, to_numbers

    clips = _clips(data, split)
    loaded = FallClassifier.load(classifier)
    with progress(data.name, "frames", quiet=as_json) as report:
        result = evaluate_falls(
            clips,
            _poses_of(clips, detector, pose, device, poses),
            loaded,
            out,
            split=split,
            classifier_file=classifier,
            beside=[FallClassifier.load()] if classifier is not None else [],
            overwrite=overwrite,
            progress=report,
        )
    if as_json:
        say(json.dumps({"folder": str(result.folder), **to_numbers(result.report)}))
        return
    from posespotter.cli.parts.tables import aligned
    from posespotter.reports.evaluation_content import figure_rows, summary

    say(f"{result.report.data}: {summary(result.report.main)} -> {result.folder}")
    for method in result.report.methods:
        rows: list[tuple[str, ...]] = [
            (name, figure.value, figure.detail) for name, (figure,) in figure_rows([method.evaluation])
        ]
        say("\n".join([f"  {method.label}", *aligned(rows)]))
    for caution in result.report.cautions:
        warn(caution)


def _clips(folder: Path, split: str | None) -> "FallData":
    from posespotter.falls.training.data import FallData

    data = FallData.read(folder)
    return data if split is None else data.split(split)


def _poses_of(
    data: "FallData", detectors: list[str] | None, pose: str, device: str, folder: Path | None
) -> "PosesOfClips":
    from posespotter.tasks.fall_poses import Models, PosesOfClips, usual_folder

    models = [Models(detector, pose) for detector in detectors or [DEFAULT_DETECTOR]]
    require_model(pose, "pose")
    for one in models:
        require_model(one.detector, "detector")
    return PosesOfClips(folder or usual_folder(data), models, device)


def _find_falls(spec: str, **options: Any) -> "FallsResult":
    from posespotter.tasks.falls import find_falls  # brings the models' runtime along

    return find_falls(spec, **options)


def _description(result: "FallsResult") -> dict[str, Any]:
    from posespotter.formats.falls import to_document

    return to_document(result.analysis)


def _summarise(result: "FallsResult", *, overlay_hint: bool) -> None:
    """A line for the clip and one for each event."""
    from posespotter.tasks.falls import found_in_words, not_judged_in_words

    analysis = result.analysis
    say(f"{result.poses.source or 'poses'}: {found_in_words(analysis)} -> {result.folder}")
    for event in (*analysis.events, *analysis.ignored):
        say(f"  {_in_words(event)}")
    if told := not_judged_in_words(analysis.not_judged):
        say(f"  {told}")
    if overlay_hint and result.record.source.kind == "poses":
        say("  No overlay: poses hold no pictures; give the video with --video FILE.")


def _in_words(event: "FallEvent") -> str:
    from posespotter.exercises.words.phrases import clock

    after = f"up again at {clock(event.end_s)}" if event.end_s is not None else "not seen to get up"
    if event.kind == "fall":
        what = f"falls at {clock(event.onset_s)}, impact {clock(event.impact_s)}, "
    else:
        what = f"lies from {clock(event.onset_s)}, was not seen to fall, "
    where = f"; ignored, in the zone {event.ignored_in}" if event.ignored_in else ""
    return f"#{event.track_id} {what}alert {clock(event.alert_s)} ({event.peak_probability:.0%}); {after}{where}"
