"""Options that several commands share, so that each says the same everywhere."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from posespotter.estimation.options import DEFAULT_DETECTOR

if TYPE_CHECKING:
    from posespotter.media import Part
    from posespotter.models.zoo import Task


def _completed(names: list[str], prefix: str) -> list[str]:
    return [name for name in names if name.startswith(prefix)]


def detectors(incomplete: str) -> list[str]:
    """Names of detectors that begin so."""
    from posespotter.models.zoo import load_zoo

    return _completed([entry.name for entry in load_zoo() if entry.task in {"detector", "one-stage"}], incomplete)


def pose_models(incomplete: str) -> list[str]:
    """Names of pose models that begin so."""
    from posespotter.models.zoo import load_zoo

    return _completed([entry.name for entry in load_zoo() if entry.task in {"pose", "one-stage"}], incomplete)


def models(incomplete: str) -> list[str]:
    """Names of models that begin so."""
    from posespotter.models.zoo import load_zoo

    return _completed([entry.name for entry in load_zoo()], incomplete)


def exercises(incomplete: str) -> list[str]:
    """Names of exercises that begin so."""
    from posespotter.exercises import exercise_names

    return _completed([*exercise_names()], incomplete)


def formats(incomplete: str) -> list[str]:
    """Names of file formats that begin so."""
    from posespotter.formats import FORMATS

    return _completed([*FORMATS], incomplete)


def devices(incomplete: str) -> list[str]:
    """Names of devices that begin so."""
    from posespotter.models.session import DEVICES

    return _completed([*DEVICES], incomplete)


def require_model(name: str, task: Literal["detector", "pose"] | None = None) -> None:
    """Check that a model is known by this name, or that it is a file; for poses also two models joined by `+`.

    Raises:
        SettingsError: there is none of that name, or it does something else.
    """
    from posespotter.errors import ModelError, SettingsError
    from posespotter.models.zoo import find_model

    if name.lower().endswith(".onnx") or "/" in name or "\\" in name:
        return
    tasks: tuple[Task, ...] | None = (task, "one-stage") if task else None
    try:
        for part in name.split("+") if task == "pose" else [name]:
            find_model(part, tasks)
    except ModelError as error:
        raise SettingsError(str(error)) from None


def require_its_poses(video: str | None, inputs: Sequence[str]) -> None:
    """Check that a video is given for one input: the poses that were found in it.

    Raises:
        BadParameter: there are several inputs, or none.
    """
    if video is not None and len(inputs) != 1:
        raise typer.BadParameter(f"expected one poses.parquet with its video, got {len(inputs)}", param_hint="--video")


def part_asked(from_s: float | None, to_s: float | None) -> "Part":
    """The part of each video that `--from` and `--to` ask for.

    Raises:
        SettingsError: there is no such part.
    """
    from posespotter.media import Part

    return Part(from_s, to_s)


Detector = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE",
        help="Person detector: a name from `models list`, or an ONNX file.",
        show_default=f"{DEFAULT_DETECTOR}; none where the pose model finds people by itself",
        autocompletion=detectors,
    ),
]
POSE_HELP = (
    "Pose model: a name from `models list`, an ONNX file, or NAME+blazepose-full, which adds feet and metres to the "
    "joints of NAME."
)
Pose = Annotated[str, typer.Option(metavar="NAME|FILE", help=POSE_HELP, autocompletion=pose_models)]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, coreml, directml or openvino.", autocompletion=devices)]
Fps = Annotated[
    float | None,
    typer.Option(
        metavar="N", help="Pictures a second of numbered frames, which do not say it themselves.", show_default="30"
    ),
]
Rotate = Annotated[
    Literal["0", "90", "180", "270"],
    typer.Option(metavar="DEGREES", help="Turn the picture clockwise by 90, 180 or 270 degrees first."),
]
From = Annotated[
    float | None,
    typer.Option("--from", metavar="SECONDS", help="Look at the video from this moment on.", show_default="beginning"),
]
To = Annotated[
    float | None, typer.Option("--to", metavar="SECONDS", help="Look at the video until then.", show_default="end")
]
Keep = Annotated[
    bool, typer.Option("--keep", help="Keep the results in the library (`posespotter runs`); with -o, also there.")
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace an earlier result instead of numbering the new one.")
]
INPUTS_HELP = "Videos, folders of frames, streams; or poses.parquet of an earlier run."
Inputs = Annotated[list[str] | None, typer.Argument(metavar="INPUT...", help=INPUTS_HELP, show_default=False)]
Video = Annotated[
    str | None,
    typer.Option(metavar="FILE", help="The video of a poses.parquet, for the overlay and the report's pictures."),
]
Overlay = Annotated[bool, typer.Option("--overlay/--no-overlay", help="Make the overlay video.")]
Report = Annotated[bool, typer.Option("--report/--no-report", help="Make report.html.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
