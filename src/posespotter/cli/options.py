"""Options that several commands share, so that each says the same everywhere."""

from typing import Annotated, Literal

import typer

Detector = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE",
        help="Person detector: a name from `models list`, or an ONNX file.",
        show_default="movenet-multipose; none where the pose model finds people by itself",
    ),
]
POSE_HELP = "Pose model: a name from `models list`, two of them as NAME+blazepose-full, or an ONNX file."
Pose = Annotated[str, typer.Option(metavar="NAME|FILE", help=POSE_HELP)]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, coreml, directml or openvino.")]
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
Keep = Annotated[
    bool, typer.Option("--keep", help="Keep the results in the library (`posespotter runs`); with -o, also there.")
]
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Replace an earlier result instead of numbering the new one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
