"""`posespotter exercise`: how many repetitions, and how good they were."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from posespotter.cli.progress import progress

if TYPE_CHECKING:
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.exercises import ExerciseAnalysis
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
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier result instead of numbering the new one.")
    ] = False,
    list_exercises: Annotated[bool, typer.Option("--list", help="List the exercises and stop.")] = False,
    explain: Annotated[
        str | None,
        typer.Option(metavar="NAME|FILE", help="Say what is counted and checked, and where each limit comes from."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Count the repetitions of an exercise and judge each of them.

    Each INPUT gives a folder DIR/<name> with poses.parquet, analysis.json and run.json.
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
    if not inputs:
        raise typer.BadParameter("expected a video or poses.parquet, or --list, or --explain NAME", param_hint="INPUT")
    batch = _Batch(
        out=out,
        estimator_options={"detector": detector, "pose": pose, "device": device},
        task_options={
            "definition": load_exercise(exercise),
            "view": view,
            "person": person,
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
                _summarise(result)
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

    def _fail(self, spec: str, error: Exception) -> None:
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


def _summarise(result: "ExerciseResult") -> None:
    """A few lines for a person: how many, how good, what was wrong."""
    for analysis in result.analyses:
        typer.echo(f"{_headline(result, analysis)} -> {result.folder}")
        for repetition in analysis.repetitions:
            faults = [
                f"{fault.name} ({fault.value:.3g} {fault.unit}, limit {fault.limit:g}: {fault.advice})"
                for fault in repetition.faults
            ]
            verdict = repetition.verdict.replace("_", " ")
            level = f", {repetition.level}" if repetition.level else ""
            told = f": {'; '.join(faults)}" if faults else ""
            typer.echo(
                f"  {repetition.index}. {repetition.start_s:.1f}-{repetition.end_s:.1f} s{level}, {verdict}{told}"
            )
    for warning in result.record["warnings"]:
        typer.echo(f"posespotter: {result.poses.source}: {warning}", err=True)
    if result.record["stopped_early"]:
        typer.echo("posespotter: stopped early; what was done is kept.", err=True)


def _headline(result: "ExerciseResult", analysis: "ExerciseAnalysis") -> str:
    who = f" of #{analysis.track_id}" if analysis.track_id is not None and len(result.poses.track_ids) > 1 else ""
    times = "1 repetition" if analysis.count == 1 else f"{analysis.count} repetitions"
    why = f": {analysis.reason}" if analysis.reason else f", seen from the {analysis.view}"
    return f"{result.poses.source}: {analysis.definition.title}{who}, {times}{why}"
