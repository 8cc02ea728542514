"""`posespotter test`: the everyday tests of movement."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from posespotter.cli.parts.applies import given, refuse_others
from posespotter.cli.parts.batch import Batch
from posespotter.cli.parts.keep import keeping
from posespotter.cli.parts.options import (
    AsJson,
    Detector,
    Device,
    Fps,
    Inputs,
    Keep,
    Overlay,
    Overwrite,
    Pose,
    Report,
    Rotate,
    Video,
    require_its_poses,
)
from posespotter.cli.parts.say import say, say_definitions
from posespotter.estimation.options import DEFAULT_POSE, EstimatorOptions

if TYPE_CHECKING:
    from posespotter.tasks.assessment import AssessmentOptions, AssessmentRun


_TELL = {
    "chair": "--start SECONDS",
    "up-and-go": "--start SECONDS, --height METRES",
    "gait": "--marks X1 X2 with --distance METRES, or --height METRES",
    "range": "--side left|right",
    "single-leg-squat": "--side left|right",
}
"""The options that a procedure takes beside the clip."""


def _names(incomplete: str) -> list[str]:
    """Names of tests that begin so."""
    from posespotter.assessments import assessment_names

    return [name for name in assessment_names() if name.startswith(incomplete)]


def assessment_command(
    ctx: typer.Context,
    test: Annotated[
        str | None,
        typer.Argument(metavar="TEST", help="A name from --list.", show_default=False, autocompletion=_names),
    ] = None,
    inputs: Inputs = None,
    start: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help='When "Go" is said in the clip.', show_default="the first movement that is seen"
        ),
    ] = None,
    person: Annotated[int | None, typer.Option(metavar="ID", help="Who does the test; else who does most of it.")] = (
        None
    ),
    side: Annotated[
        Literal["left", "right"] | None,
        typer.Option(help="The arm or leg to measure.", show_default="the one that is seen to move, or to stand"),
    ] = None,
    marks: Annotated[
        tuple[float, float] | None,
        typer.Option(metavar="X1 X2", help="Gait: places of the two marks across the picture, px.", show_default=False),
    ] = None,
    distance: Annotated[
        float | None, typer.Option(metavar="METRES", help="Gait: between the marks.", show_default="4")
    ] = None,
    height: Annotated[
        float | None,
        typer.Option(metavar="METRES", help="The person's height, as a scale for gait and timed up and go."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder for the results.", show_default="test")
    ] = None,
    keep: Keep = False,
    detector: Detector = None,
    pose: Pose = DEFAULT_POSE,
    device: Device = EstimatorOptions.device,
    video: Video = None,
    overlay: Overlay = True,
    report: Report = True,
    fps: Fps = None,
    rotate: Rotate = "0",
    overwrite: Overwrite = False,
    list_tests: Annotated[bool, typer.Option("--list", help="List the tests and stop.")] = False,
    explain: Annotated[
        str | None,
        typer.Option(metavar="TEST", help="Say where camera and chair stand and what is done.", autocompletion=_names),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Carry out an everyday test: chair stand, timed up and go, gait, range of motion, squat screens.

    Each INPUT gives a folder DIR/<name> with poses.parquet, assessment.json, report.html, overlay.mp4 and run.json.
    """
    from posespotter.assessments import load_assessment

    options = given(ctx)
    if list_tests:
        refuse_others(options, "list_tests", "as_json")
        _list(as_json=as_json)
        return
    if explain is not None:
        refuse_others(options, "explain", "as_json")
        _explain(explain, as_json=as_json)
        return
    if test is None or not inputs:
        raise typer.BadParameter(
            "expected the name of a test and a video or poses.parquet, or --list", param_hint="TEST"
        )
    require_its_poses(video, inputs)
    definition = load_assessment(test)
    with keeping("test", out, "test", keep=keep) as kept:
        told = _told(start, person, side, marks, distance, height)
        task = partial(
            _carry_out,
            definition=definition,
            options=told,
            video=video,
            fps=fps,
            rotate=int(rotate),
            overlay=overlay,
            report=report,
        )
        Batch(
            task=task,
            keeping=kept,
            overwrite=overwrite,
            estimator_options=EstimatorOptions(detector, pose, device),
            summarise=_summarise,
            describe=lambda run: {"assessment": run.result.to_json()},
            as_json=as_json,
            options=options,
            video=video,
        ).run(inputs)


def _told(*values: Any) -> "AssessmentOptions":
    from posespotter.tasks.assessment import AssessmentOptions

    return AssessmentOptions(*values)


def _carry_out(spec: str, **options: Any) -> "AssessmentRun":
    from posespotter.tasks.assessment import run_assessment  # brings the models' runtime along

    return run_assessment(spec, **options)


def _list(*, as_json: bool) -> None:
    from posespotter.assessments import assessment_names, load_assessment

    tests = [load_assessment(name) for name in assessment_names()]
    say_definitions(tests, lambda test: test.title, as_json=as_json)


def _explain(name: str, *, as_json: bool) -> None:
    from posespotter.assessments import load_assessment
    from posespotter.assessments.result_words import change_words

    test = load_assessment(name)
    if as_json:
        say(test.model_dump_json(indent=2))
        return
    lines = [test.title, test.about]
    for label, text in (
        ("Camera", test.camera),
        ("Room", test.room),
        ("Person", test.person),
        ("Start", test.starts),
        ("Protocol", test.protocol),
    ):
        lines.append(f"{label}: {text}")
    if test.procedure in _TELL:
        lines.append(f"Options: {_TELL[test.procedure]}")
    if test.result.change is not None:
        lines.append(f"{change_words(test.result)}. {test.result.change.source}.")
    for line in lines:
        say(line)


def _summarise(run: "AssessmentRun") -> None:
    """A few lines for a person: the result, and what speaks against it."""
    from posespotter.assessments.result_words import STARTED_WORDS, measurement_words, summary
    from posespotter.exercises.words.phrases import sentence

    result = run.result
    say(f"{run.poses.source or 'poses'}: {result.definition.title} -> {run.folder}")
    say(f"  {summary(result)}")
    for one in result.findings:
        say(f"  {sentence(one.sentence)}")
    if result.value is not None and result.started_by == "movement":
        say(f"  {STARTED_WORDS['movement']}")
    for measurement in result.measurements:
        say(f"  {measurement.title}: {measurement_words(measurement)}")
