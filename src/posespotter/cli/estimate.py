"""`posespotter estimate`: the people in pictures, videos, cameras and streams."""

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from posespotter.cli.keep import KEEP_HELP, keeping
from posespotter.cli.progress import progress

if TYPE_CHECKING:
    from posespotter.cli.keep import Keeping
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.tasks.estimate import EstimateResult

_STOPPED = 130


def estimate_command(
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
    keep: Annotated[bool, typer.Option("--keep", help=KEEP_HELP)] = False,
    detector: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="Person detector: a name from `models list`, or an ONNX file.")
    ] = "blazepose",
    pose: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="Pose model: a name from `models list`, or an ONNX file.",
            show_default="blazepose-heavy; blazepose-full for cameras and streams",
        ),
    ] = None,
    detect_every: Annotated[
        str, typer.Option(metavar="N|auto", help="Look for people on every N-th frame, or when something calls for it.")
    ] = "auto",
    max_people: Annotated[int | None, typer.Option(metavar="N", min=1, help="Follow at most this many people.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, coreml, directml or openvino.")] = "auto",
    smooth: Annotated[
        Literal["off", "light", "strong"], typer.Option(help="Smoothing of the joints in videos.")
    ] = "light",
    overlay: Annotated[bool, typer.Option("--overlay/--no-overlay", help="Make the overlay video or picture.")] = True,
    export: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT", help="Also write csv, mmpose, coco or openpose; may be repeated.", show_default=False
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier result instead of numbering the new one.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")] = False,
) -> None:
    """Find the people, follow them, and store their joints.

    Each INPUT gives a folder DIR/<name> with poses.parquet, overlay.mp4 (or overlay.jpg) and run.json.
    """
    from posespotter.formats import format_named

    exports = tuple(format_named(name).name for name in export or ())
    with keeping("estimate", out, "poses", keep=keep) as kept:
        batch = _Batch(
            keeping=kept,
            pose=pose,
            estimator_options={
                "detector": detector,
                "device": device,
                "detect_every": detect_every,
                "max_people": max_people,
                "smoothing": smooth,
            },
            task_options={"overlay": overlay, "exports": exports, "overwrite": overwrite},
            quiet=as_json,
        )
        stopped = batch.run(inputs)
    if as_json:
        typer.echo(json.dumps({"results": batch.done, "failed": batch.failed}))
    if stopped:
        raise typer.Exit(_STOPPED)
    if batch.failed:
        raise typer.Exit(1)


@dataclass
class _Batch:
    """Several inputs, one after the other: one that fails does not stop the others."""

    keeping: "Keeping"
    pose: str | None
    estimator_options: dict[str, Any]
    task_options: dict[str, Any]
    quiet: bool
    done: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    _estimators: dict[str, "PoseEstimator"] = field(default_factory=dict)

    def run(self, inputs: list[str]) -> bool:
        """Estimate each input; returns whether Ctrl-C ended it early."""
        from posespotter.errors import InputError, ModelError
        from posespotter.media import expand_inputs, redact

        specs: list[str] = []
        for given in inputs:
            try:
                specs += expand_inputs([given])
            except InputError as error:
                self._fail(given, error)
        for number, spec in enumerate(specs):
            try:
                attempted = self._attempt(spec)
            except ModelError as error:  # the same for every other input: said once
                self._fail(redact(spec), error)
                self.failed += [{"input": redact(other), "error": str(error)} for other in specs[number + 1 :]]
                return False
            if attempted is None:
                continue
            result, kept = attempted
            self.done.append({"input": redact(spec), "folder": str(result.folder), **kept, **result.record})
            if not self.quiet:
                _summarise(result)
                if kept:
                    typer.echo(f"  Kept as run {kept['run']}.")
            if result.record["error"]:
                self._fail(redact(spec), result.record["error"])
            if result.record["stopped_early"]:
                return True
        return False

    def _attempt(self, spec: str) -> "tuple[EstimateResult, dict[str, Any]] | None":
        """The result and how it was kept, or None where this input failed and the others may still do."""
        from posespotter.errors import InputError, OutputError, PoseSpotterError
        from posespotter.media import redact

        try:
            return self.keeping.keep(spec, self._estimate(spec))
        except (InputError, OutputError) as error:
            self._fail(redact(spec), error)
        except PoseSpotterError:
            raise
        except Exception as error:  # a bug that one input brings to light
            if "--debug" in sys.argv:
                raise
            what = f"{type(error).__name__}: {error}".splitlines()[0]
            self._fail(redact(spec), f"{redact(spec)}: unexpected {what}. Please report it, with what --debug shows.")
        return None

    def _fail(self, spec: str, error: Exception | str) -> None:
        self.failed.append({"input": spec, "error": str(error)})
        typer.echo(f"posespotter: {error}", err=True)

    def _estimate(self, spec: str) -> "EstimateResult":
        from posespotter.media import redact
        from posespotter.tasks.estimate import estimate
        from posespotter.tasks.folders import stem_of

        estimator = self._estimator(spec)
        # Two inputs of one name: the second does not replace what this very command has made of the first.
        just_made = str(self.keeping.out / stem_of(spec)) in {done["folder"] for done in self.done}
        options = self.task_options | {"overwrite": self.task_options["overwrite"] and not just_made}
        with progress(Path(redact(spec)).name, "frames", quiet=self.quiet) as tell:
            return estimate(
                spec,
                estimator,
                self.keeping.out,
                progress=lambda stage, done: tell(stage, done.frames, done.total),
                **options,
            )

    def _estimator(self, spec: str) -> "PoseEstimator":
        """The models, loaded once; files and live sources have different defaults."""
        from posespotter.estimation.estimator import DEFAULT_POSE, DEFAULT_POSE_LIVE, PoseEstimator

        live = spec.isdecimal() or "://" in spec
        pose = self.pose or (DEFAULT_POSE_LIVE if live else DEFAULT_POSE)
        if pose not in self._estimators:
            with progress("models", "bytes", quiet=self.quiet) as tell:
                estimator = PoseEstimator(
                    pose=pose, progress=lambda done, total: tell("fetch", done, total), **self.estimator_options
                )
            for warning in estimator.warnings:
                typer.echo(f"posespotter: {warning}", err=True)
            self._estimators[pose] = estimator
        return self._estimators[pose]


def _summarise(result: "EstimateResult") -> None:
    """Two or three lines for a person: what was found, and where it is."""
    record = result.record
    source, people = record["source"], record["people"]
    frames = source["frames"]
    rate = "" if source["kind"] == "image" else f" at {record['frames_per_second']:.0f} frames/s"
    count = f"{len(people)} {'person' if len(people) == 1 else 'people'}" if people else "nobody"
    dropped = f", {source['frames_dropped']} dropped" if source["frames_dropped"] else ""
    typer.echo(
        f"{source['name']}: {count} in {frames} frame{'s' if frames != 1 else ''}{rate}{dropped} -> {result.folder}"
    )
    if source["kind"] != "image":
        for person in people:
            typer.echo(f"  {_person_line(person)}")
    for warning in record["warnings"]:
        typer.echo(f"posespotter: {source['name']}: {warning}", err=True)
    if record["stopped_early"]:
        typer.echo("posespotter: stopped early; what was done is kept.", err=True)


def _person_line(person: dict[str, Any]) -> str:
    facts = [f"{person['seconds']:.1f} s", f"{person['joints_seen']:.0%} of the joints seen"]
    if person["limb_variation"] is not None:
        facts.append(f"limb lengths vary by {person['limb_variation']:.0%}")
    if person["swaps_found"]:
        facts.append(f"{person['swaps_repaired']} of {person['swaps_found']} left-right swaps repaired")
    return f"#{person['track_id']}: {', '.join(facts)}"
