"""`posespotter exercise`: how many repetitions, and how good they were."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from posespotter.cli.progress import progress

if TYPE_CHECKING:
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.tasks.exercise import ExerciseResult

_STOPPED = 130


def exercise_command(
    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT...",
            help="Videos, folders of frames, streams; or poses.parquet of an earlier run.",
            show_default=False,
        ),
    ] = None,
    exercise: Annotated[
        str, typer.Option("-e", "--exercise", metavar="NAME|FILE", help="A name from --list, or a .toml file.")
    ] = "squat",
    view: Annotated[
        Literal["auto", "front", "rear", "left", "right"],
        typer.Option(help="Which side of the person the camera sees."),
    ] = "auto",
    person: Annotated[
        int | None, typer.Option(metavar="ID", help="Analyse this person; else everybody who does the exercise.")
    ] = None,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="DIR", help="Folder for the results.")] = Path("exercise"),
    detector: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Person detector: a name from `models list`, or an ONNX file.")
    ] = "blazepose",
    pose: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Pose model: a name from `models list`, or an ONNX file.")
    ] = "blazepose-heavy",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, coreml, directml or openvino.")] = "auto",
    video: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The video of a poses.parquet, for the overlay and the report's pictures."),
    ] = None,
    overlay: Annotated[
        bool, typer.Option("--overlay/--no-overlay", help="Make the overlay video and a clip of each fault.")
    ] = True,
    report: Annotated[bool, typer.Option("--report/--no-report", help="Make report.html.")] = True,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier result instead of numbering the new one.")
    ] = False,
    list_exercises: Annotated[bool, typer.Option("--list", help="List the exercises and stop.")] = False,
    explain: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help="Say what is counted and checked, and where each limit comes from."),
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="A B", help="Two results or analysis.json files: what changed from A to B.", show_default=False
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Count the repetitions of an exercise and judge each of them.

    Each INPUT gives a folder DIR/<name> with poses.parquet, analysis.json, report.html, overlay.mp4, faults/*.mp4 and
    run.json.
    """
    from posespotter.exercises import explain as explained
    from posespotter.exercises import load_exercise

    if list_exercises:
        _list(as_json=as_json)
        return
    if explain is not None:
        definition = load_exercise(explain)
        typer.echo(definition.model_dump_json(indent=2) if as_json else explained(definition))
        return
    if compare is not None:
        _compare(*compare, as_json=as_json)
        return
    if not inputs:
        raise typer.BadParameter(
            "expected a video or poses.parquet, or --list, --explain NAME or --compare A B", param_hint="INPUT"
        )
    if video is not None and len(inputs) != 1:
        raise typer.BadParameter(f"expected one poses.parquet with its video, got {len(inputs)}", param_hint="--video")
    batch = _Batch(
        out=out,
        estimator_options={"detector": detector, "pose": pose, "device": device},
        task_options={
            "definition": load_exercise(exercise),
            "view": view,
            "person": person,
            "video": video,
            "overlay": overlay,
            "report": report,
            "overwrite": overwrite,
        },
        quiet=as_json,
    )
    stopped = batch.run(inputs)
    if as_json:
        typer.echo(json.dumps({"results": batch.done, "failed": batch.failed}))
    if stopped:
        raise typer.Exit(_STOPPED)
    if batch.failed:
        raise typer.Exit(1)


def _list(*, as_json: bool) -> None:
    from posespotter.exercises import exercise_names, load_exercise

    definitions = [load_exercise(name) for name in exercise_names()]
    if as_json:
        typer.echo(json.dumps([{"name": one.name, "title": one.title, "about": one.about} for one in definitions]))
        return
    width = max(len(one.name) for one in definitions)
    for one in definitions:
        checks = ", ".join(check.name for check in one.check)
        typer.echo(f"{one.name:<{width}}  {one.title}: checks {checks}")


def _compare(first: Path, second: Path, *, as_json: bool) -> None:
    from posespotter.exercises.comparison import compare, read_analysis

    comparison = compare(read_analysis(first), read_analysis(second))
    if as_json:
        typer.echo(json.dumps(comparison.to_json()))
        return
    from posespotter.cli.tables import comparison_lines

    for line in comparison_lines(comparison):
        typer.echo(line)


@dataclass
class _Batch:
    """Several inputs, one after the other: one that fails does not stop the others."""

    out: Path
    estimator_options: dict[str, Any]
    task_options: dict[str, Any]
    quiet: bool
    done: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    _ready: "PoseEstimator | None" = None

    def run(self, inputs: list[str]) -> bool:
        """Analyse each input; returns whether Ctrl-C ended it early."""
        from posespotter.errors import InputError, OutputError, SettingsError
        from posespotter.exercises import to_document
        from posespotter.media import redact

        for spec in self._expanded(inputs):
            try:
                result = self._analyse(spec)
            except (InputError, OutputError, SettingsError) as error:
                self._fail(redact(spec), error)
                continue
            folder = str(result.folder)
            self.done.append({"input": redact(spec), "folder": folder, "analysis": to_document(result.analyses)})
            if not self.quiet:
                hint = self.task_options["overlay"] and self.task_options["video"] is None
                _summarise(result, overlay_hint=hint)
            if result.record["error"]:
                self._fail(redact(spec), result.record["error"])
            if result.record["stopped_early"]:
                return True
        return False

    def _expanded(self, inputs: list[str]) -> list[str]:
        from posespotter.errors import InputError
        from posespotter.media import expand_inputs
        from posespotter.tasks.exercise import is_poses_file

        specs: list[str] = []
        for given in inputs:
            try:
                specs += [given] if is_poses_file(given) else expand_inputs([given])
            except InputError as error:
                self._fail(given, error)
        return specs

    def _fail(self, spec: str, error: Exception | str) -> None:
        self.failed.append({"input": spec, "error": str(error)})
        typer.echo(f"posespotter: {error}", err=True)

    def _analyse(self, spec: str) -> "ExerciseResult":
        from posespotter.media import redact
        from posespotter.tasks.exercise import exercise, is_poses_file
        from posespotter.tasks.folders import stem_of

        estimator = None if is_poses_file(spec) else self._estimator()
        just_made = str(self.out / stem_of(spec)) in {done["folder"] for done in self.done}
        options = self.task_options | {"overwrite": self.task_options["overwrite"] and not just_made}
        with progress(Path(redact(spec)).name, "frames", quiet=self.quiet) as tell:
            return exercise(
                spec,
                out=self.out,
                estimator=estimator,
                progress=lambda stage, done: tell(stage, done.frames, done.total),
                **options,
            )

    def _estimator(self) -> "PoseEstimator":
        """The models, loaded once."""
        from posespotter.estimation.estimator import PoseEstimator

        if self._ready is None:
            with progress("models", "bytes", quiet=self.quiet) as tell:
                self._ready = PoseEstimator(
                    progress=lambda done, total: tell("fetch", done, total), **self.estimator_options
                )
            for warning in self._ready.warnings:
                typer.echo(f"posespotter: {warning}", err=True)
        return self._ready


def _summarise(result: "ExerciseResult", *, overlay_hint: bool) -> None:
    """A few lines for a person: how many, how good, what was wrong."""
    from posespotter.drawing.words import coverage, limit_words, notes, quantity, spoken, summary, worst_faults

    typer.echo(f"{result.poses.source or 'poses'}: {result.analyses[0].definition.title} -> {result.folder}")
    for analysis in result.analyses:
        who = f"#{analysis.track_id}: " if len(result.analyses) > 1 else ""
        for line in (who + summary(analysis), notes(analysis), coverage(analysis)):
            if line:
                typer.echo(f"  {line}")
        for repetition in analysis.repetitions:
            for fault in worst_faults(repetition):
                limit = limit_words(fault.limit, fault.unit, above=fault.value > fault.limit)
                found = f"{spoken(fault.name)}, {quantity(fault.value, fault.unit)} (limit: {limit})"
                typer.echo(f"  {repetition.index}. at {fault.start_s:.1f} s: {found}. {fault.advice}")
    if overlay_hint and result.record["source"]["kind"] == "poses":
        typer.echo("  No overlay: poses hold no pictures; give the video with --video FILE.")
    for warning in result.record["warnings"]:
        typer.echo(f"posespotter: {result.poses.source}: {warning}", err=True)
    if result.record["stopped_early"]:
        typer.echo("posespotter: stopped early; what was done is kept.", err=True)
