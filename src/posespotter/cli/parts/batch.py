"""Several inputs of one command, one after the other: one that fails does not stop the others."""

import json
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import typer

from posespotter.cli.parts.applies import require_applicable
from posespotter.cli.parts.progress import progress
from posespotter.cli.parts.say import INTERRUPTED, WRONG_USAGE, say, warn

if TYPE_CHECKING:
    from posespotter.cli.parts.keep import Keeping
    from posespotter.errors import ModelError
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.estimation.options import EstimatorOptions
    from posespotter.tasks.run_folder.record import RunRecord


class Result(Protocol):
    """The result of one input."""

    @property
    def folder(self) -> Path:
        """The run's folder."""

    @property
    def record(self) -> "RunRecord":
        """The content of run.json."""


R = TypeVar("R", bound=Result)


@dataclass
class Batch(Generic[R]):
    """The inputs of one command, each of them something to find poses in, or poses.

    Attributes:
        task: what is done with each: is called with the input, and with `out`, `estimator` (None for poses),
            `overwrite` and `progress` by name.
        keeping: where results go.
        overwrite: replace earlier results.
        estimator_options: of the models, which are loaded when the first input needs them; without a pose model, files
            have another usual one than cameras and streams.
        summarise: tells people what came of an input.
        describe: what `--json` prints of an input beside its name and folder.
        as_json: print one JSON object on stdout instead of the summaries.
        options: names of the options that were given.
        takes_poses: whether inputs may be poses that were found before.
        video: what the poses were found in, where the input holds poses.
        done, failed: what came of the inputs so far, as JSON values.
    """

    task: Callable[..., R]
    keeping: "Keeping"
    overwrite: bool
    estimator_options: "EstimatorOptions"
    summarise: Callable[[R], None]
    describe: Callable[[R], dict[str, Any]]
    as_json: bool
    options: Collection[str]
    takes_poses: bool = True
    video: str | None = None
    done: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    _misused: int = 0
    _wanted: Path = Path()
    _ready: "dict[str, PoseEstimator]" = field(default_factory=dict)
    _no_models: "ModelError | None" = None

    def run(self, inputs: list[str]) -> None:
        """Work through the inputs and end the command with the exit code that tells how it went."""
        self._require_models()
        require_applicable(self.options, inputs, takes_poses=self.takes_poses)
        stopped = self._each(inputs)
        if self.as_json:
            say(json.dumps({"results": self.done, "failed": self.failed}))
        if stopped:
            raise typer.Exit(INTERRUPTED)
        if self.failed:
            raise typer.Exit(WRONG_USAGE if self._misused == len(self.failed) and not self.done else 1)

    def _require_models(self) -> None:
        """Check the names of models before any work; whether they can be had shows when they are needed."""
        from posespotter.cli.parts.options import require_model

        if self.estimator_options.detector is not None:
            require_model(str(self.estimator_options.detector), "detector")
        if self.estimator_options.pose is not None:
            require_model(str(self.estimator_options.pose), "pose")

    def _each(self, inputs: list[str]) -> bool:
        """Do each input; returns whether Ctrl-C ended it early."""
        from posespotter.media import redact

        for spec in self._expanded(inputs):
            attempted = self._attempt(spec)
            if attempted is None:
                continue
            result, kept = attempted
            self.done.append({"input": redact(spec), "folder": str(result.folder), **kept, **self.describe(result)})
            if not self.as_json:
                self._print(result)
                if kept:
                    say(f"  Kept as run {kept['run']}.")
            if result.record.error:
                self._fail(redact(spec), result.record.error)
            if result.record.stopped_early:
                return True
        return False

    def _print(self, result: R) -> None:
        self.summarise(result)
        if result.folder.parent == self._wanted.parent and result.folder != self._wanted:
            warn(f"{self._wanted} was there already and was kept; this result is in {result.folder}.")
        for warning in result.record.warnings:
            warn(f"{result.record.source.name}: {warning}")
        if result.record.stopped_early:
            warn("stopped early; what was done is kept.")

    def _expanded(self, inputs: list[str]) -> list[str]:
        from posespotter.errors import InputError
        from posespotter.media import expand_inputs

        specs: list[str] = []
        for given in inputs:
            try:
                specs += [given] if self._holds_poses(given) else expand_inputs([given])
            except InputError as error:
                self._fail(given, error)
        return specs

    def _holds_poses(self, spec: str) -> bool:
        from posespotter.tasks.inputs import is_poses_file

        return self.takes_poses and is_poses_file(spec)

    def _attempt(self, spec: str) -> tuple[R, dict[str, Any]] | None:
        """The result and how it was kept, or None where this input failed and the others may still do."""
        from posespotter.errors import InputError, ModelError, OutputError, PoseSpotterError, SettingsError
        from posespotter.media import redact

        try:
            estimator = None if self._holds_poses(spec) else self._estimator(spec)
        except ModelError as error:
            self._fail_for_want_of_models(spec, error)
            return None
        except PoseSpotterError:
            raise
        except Exception as error:
            self._fail_unexpectedly(spec, error)
            return None
        try:
            return self.keeping.keep(spec, self._do(spec, estimator), video=self.video)
        except ModelError as error:
            self._fail_for_want_of_models(spec, error)
        except (InputError, OutputError) as error:
            self._fail(redact(spec), error)
        except SettingsError as error:
            self._misused += 1
            self._fail(redact(spec), error)
        except PoseSpotterError:
            raise
        except Exception as error:
            self._fail_unexpectedly(spec, error)
        return None

    def _do(self, spec: str, estimator: "PoseEstimator | None") -> R:
        from posespotter.media import redact
        from posespotter.tasks.inputs import folder_of

        out = self.keeping.out
        self._wanted = out / folder_of(spec)
        # Two inputs of one name: the second does not replace what this very command has made of the first.
        just_made = self.overwrite and str(self._wanted) in {done["folder"] for done in self.done}
        with progress(Path(redact(spec)).name, "frames", quiet=self.as_json) as report:
            return self.task(
                spec,
                out=out,
                estimator=estimator,
                overwrite=self.overwrite and not just_made,
                progress=report,
            )

    def _fail(self, spec: str, error: Exception | str, *, printed: bool = False) -> None:
        self.failed.append({"input": spec, "error": str(error)})
        if not printed:
            warn(str(error))

    def _fail_unexpectedly(self, spec: str, error: Exception) -> None:
        """A bug that one input brings to light; to be called while `error` is handled."""
        from posespotter.last_resort import unforeseen
        from posespotter.media import redact

        if isinstance(error.__cause__, KeyboardInterrupt):
            raise KeyboardInterrupt from error  # Ctrl-C came while a library was imported, which then made this of it
        if "--debug" in sys.argv:
            raise error
        self._fail(redact(spec), f"{redact(spec)}: {unforeseen(error)}")

    def _fail_for_want_of_models(self, spec: str, error: "ModelError") -> None:
        """The same for every other input that needs them: said once."""
        from posespotter.media import redact

        printed = self._no_models is not None
        self._no_models = error
        self._fail(redact(spec), error, printed=printed)

    def _estimator(self, spec: str) -> "PoseEstimator":
        """The models, loaded once; files and live sources have different usual ones."""
        from posespotter.estimation.estimator import PoseEstimator
        from posespotter.estimation.options import DEFAULT_POSE, DEFAULT_POSE_LIVE

        if self._no_models is not None:
            raise self._no_models
        pose = str(self.estimator_options.pose or (DEFAULT_POSE_LIVE if _is_live(spec) else DEFAULT_POSE))
        if pose not in self._ready:
            with progress("models", "bytes", quiet=self.as_json) as report:
                estimator = PoseEstimator.from_options(replace(self.estimator_options, pose=pose), report)
            for warning in estimator.warnings:
                warn(warning)
            self._ready[pose] = estimator
        return self._ready[pose]


def _is_live(spec: str) -> bool:
    """Whether waiting costs frames; what an address gives may be a recorded file, and only opening it tells."""
    if not spec.lower().startswith(("http://", "https://")):
        return spec.isdecimal() or "://" in spec
    from posespotter.media import open_source

    with open_source(spec) as source:
        return source.info.live
