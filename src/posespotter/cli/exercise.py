"""`posespotter exercise`: how many repetitions, and how good they were."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from posespotter.cli.baseline import (
    change_lines,
    is_session,
    norm_of,
    progress_of,
    read_sessions,
    show_progress,
    write_page,
)
from posespotter.cli.parts.applies import given, refuse_others
from posespotter.cli.parts.batch import Batch
from posespotter.cli.parts.keep import keeping
from posespotter.cli.parts.options import (
    AsJson,
    Detector,
    Device,
    Fps,
    From,
    Inputs,
    Keep,
    Overwrite,
    Pose,
    Report,
    Rotate,
    To,
    Video,
    exercises,
    part_asked,
    require_its_poses,
)
from posespotter.cli.parts.say import say, say_definitions, warn
from posespotter.estimation.options import DEFAULT_POSE, EstimatorOptions

if TYPE_CHECKING:
    from posespotter.exercises.baseline import Baseline, SessionChange
    from posespotter.exercises.definitions.definition import ExerciseDefinition
    from posespotter.tasks.exercise import ExerciseResult


def exercise_command(
    ctx: typer.Context,
    inputs: Inputs = None,
    exercise: Annotated[
        str,
        typer.Option(
            "-e",
            "--exercise",
            metavar="NAME|FILE",
            help="A name from --list, or a .toml file.",
            autocompletion=exercises,
        ),
    ] = "squat",
    view: Annotated[
        Literal["auto", "front", "rear", "left", "right"],
        typer.Option(help="Which side of the person the camera sees."),
    ] = "auto",
    person: Annotated[
        int | None, typer.Option(metavar="ID", help="Analyse this person; else everybody who does the exercise.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder for the results.", show_default="exercise")
    ] = None,
    keep: Keep = False,
    detector: Detector = None,
    pose: Pose = DEFAULT_POSE,
    device: Device = EstimatorOptions.device,
    video: Video = None,
    overlay: Annotated[
        bool, typer.Option("--overlay/--no-overlay", help="Make the overlay video and a clip of each fault.")
    ] = True,
    report: Report = True,
    fps: Fps = None,
    rotate: Rotate = "0",
    from_s: From = None,
    to_s: To = None,
    overwrite: Overwrite = False,
    list_exercises: Annotated[bool, typer.Option("--list", help="List the exercises and stop.")] = False,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="Say what is counted and checked, and where each limit comes from.",
            autocompletion=exercises,
        ),
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="A B", help="Two results or analysis.json files: what changed from A to B.", show_default=False
        ),
    ] = None,
    baseline: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="A B C",
            help="Results or analysis.json files of good sessions: the person's own norm, against which INPUT is "
            "shown; alone, the norm.",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Count the repetitions of an exercise and judge each of them.

    Each INPUT gives a folder DIR/<name> with poses.parquet, analysis.json, report.html, overlay.mp4, faults/*.mp4 and
    run.json.
    """
    from posespotter.exercises import explain as explained
    from posespotter.exercises import load_exercise

    options = given(ctx)
    if list_exercises:
        refuse_others(options, "list_exercises", "as_json")
        _list(as_json=as_json)
        return
    if explain is not None:
        refuse_others(options, "explain", "as_json")
        definition = load_exercise(explain)
        say(definition.model_dump_json(indent=2) if as_json else explained(definition))
        return
    if compare is not None:
        refuse_others(options, "compare", "as_json")
        _compare(*compare, as_json=as_json)
        return
    if baseline and all(is_session(one) for one in inputs or []):
        refuse_others(options, "baseline", "inputs", "out", "as_json")
        show_progress(progress_of(baseline, [Path(one) for one in inputs or []]), out, as_json=as_json)
        return
    norm = norm_of(read_sessions(baseline or []))
    if not inputs:
        raise typer.BadParameter(
            "expected a video or poses.parquet, or --list, --explain NAME or --compare A B", param_hint="INPUT"
        )
    require_its_poses(video, inputs)
    definition = load_exercise(exercise)
    with keeping("exercise", out, "exercise", keep=keep) as kept:
        task = partial(
            _exercise,
            definition=definition,
            view=view,
            person=person,
            video=video,
            fps=fps,
            rotate=int(rotate),
            part=part_asked(from_s, to_s),
            overlay=overlay,
            report=report,
        )
        batch = Batch(
            task=task,
            keeping=kept,
            overwrite=overwrite,
            estimator_options=EstimatorOptions(detector, pose, device),
            summarise=partial(_summarise, overlay_hint=overlay and video is None, norm=norm),
            describe=partial(_description, norm=norm),
            as_json=as_json,
            options=options,
            video=video,
        )
        batch.run(inputs)
        if baseline and not kept.moves:
            found = progress_of(baseline, [Path(done["folder"]) for done in batch.done])
            write_page(found, kept.out, quiet=as_json)
            for caution in found.cautions:
                warn(caution)


def _exercise(spec: str, **options: Any) -> "ExerciseResult":
    from posespotter.tasks.exercise import exercise  # brings the models' runtime along

    return exercise(spec, **options)


def _description(result: "ExerciseResult", *, norm: "Baseline | None") -> dict[str, Any]:
    from posespotter.exercises import to_document

    described: dict[str, Any] = {"analysis": to_document(result.analyses)}
    if norm is not None:
        described["baseline"] = asdict(_against(norm, result))
    return described


def _against(norm: "Baseline", result: "ExerciseResult") -> "SessionChange":
    from posespotter.exercises.baseline import against
    from posespotter.exercises.comparison import stored

    return against(norm, stored(result.analyses[0]))


def _list(*, as_json: bool) -> None:
    from posespotter.exercises import exercise_names, load_exercise

    def line(definition: "ExerciseDefinition") -> str:
        return f"{definition.title}: checks {', '.join(check.name for check in definition.check)}"

    say_definitions([load_exercise(name) for name in exercise_names()], line, as_json=as_json)


def _compare(first: Path, second: Path, *, as_json: bool) -> None:
    from posespotter.exercises.comparison import compare, read_analysis

    comparison = compare(read_analysis(first), read_analysis(second))
    if as_json:
        say(json.dumps(comparison.to_json()))
        return
    from posespotter.cli.parts.tables import comparison_lines

    for line in comparison_lines(comparison):
        say(line)


def _summarise(result: "ExerciseResult", *, overlay_hint: bool, norm: "Baseline | None") -> None:
    """A few lines for a person: how many, how good, what was wrong."""
    from posespotter.exercises.words.phrases import coverage, levels, notes, sentence, spoken, summary, worst_faults

    say(f"{result.poses.source or 'poses'}: {result.analyses[0].definition.title} -> {result.folder}")
    for analysis in result.analyses:
        who = f"#{analysis.track_id}: " if len(result.analyses) > 1 else ""
        for line in (who + summary(analysis), levels(analysis), notes(analysis), coverage(analysis)):
            if line:
                say(f"  {line}")
        for repetition in analysis.repetitions:
            for fault in worst_faults(repetition):
                found = f"{spoken(fault.name)}: {sentence(fault.finding)}"
                say(f"  {repetition.index}. at {fault.start_s:.1f} s: {found} {fault.advice}")
    if overlay_hint and result.record.source.kind == "poses":
        say("  No overlay: poses hold no pictures; give the video with --video FILE.")
    if norm is not None:
        for line in change_lines(_against(norm, result)):
            say(f"  {line}")
