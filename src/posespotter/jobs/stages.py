"""The stages of a job. Each leaves a folder that is whole or not there, so that a job goes on after any crash.

This runs in the process of one job (`jobs.child`), which a hostile file may end. The recipes are those of `tasks`.
"""

import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from posespotter.errors import InputError
from posespotter.estimation.options import DEFAULT_POSE
from posespotter.jobs.request import EverydayOptions, ExerciseOptions, FallsOptions, JobKind, JobOptions, JobRequest
from posespotter.poses import PoseSequence
from posespotter.progress import Progress
from posespotter.runs.folders import SOURCE_STEM
from posespotter.runs.store import Library
from posespotter.tasks.model_choices import DEFAULT_POSE_FALLS
from posespotter.tasks.run_folder.folders import POSES_FILE

if TYPE_CHECKING:
    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.exercises.definitions.definition import ExerciseDefinition
    from posespotter.media import Part

STAGES: Mapping[JobKind, tuple[str, ...]] = {
    "estimate": ("probe", "estimate", "render", "index"),
    "exercise": ("probe", "estimate", "analyse", "index"),
    "falls": ("probe", "estimate", "analyse", "index"),
    "test": ("probe", "estimate", "analyse", "index"),
}

CHECKPOINTS = "checkpoints"
RECOGNISE = "auto"
"""In place of an exercise: the one that is recognised."""

_ESTIMATED, _ANALYSED = "estimate", "analysis"


@dataclass(frozen=True)
class Job:
    """One job, in its workspace.

    Attributes:
        library: where the run is.
        run_id: of the run.
        request: for the job.
        every_s: seconds of video between two checkpoints.
    """

    library: Library
    run_id: str
    request: JobRequest
    every_s: float

    def perform(self, stage: str, progress: Progress) -> None:
        """Do one stage of `STAGES`; what was done of it before is not done again.

        Raises:
            PoseSpotterError: it cannot be done.
        """
        stages: dict[str, Callable[[Progress], None]] = {
            "probe": self._probe,
            "estimate": self._estimate,
            "render": self._render,
            "analyse": self._analyse,
            "index": self._index,
        }
        stages[stage](progress)

    @property
    def options(self) -> JobOptions:
        """The options of the request."""
        return self.request.options

    @property
    def workspace(self) -> Path:
        """The folder in which the run is made."""
        return self.library.workspace(self.run_id)

    @cached_property
    def source(self) -> Path | None:
        """The video or picture: brought along, or kept by the run whose poses are analysed."""
        own = next(iter(sorted(self.workspace.glob(f"{SOURCE_STEM}.*"))), None)
        return own or (self.library.source(self.request.run) if self.request.run else None)

    @property
    def poses(self) -> Path:
        """The poses: of the run that is analysed, or those found here."""
        if self.request.run:
            found = self.library.folder(self.request.run) / POSES_FILE
            if found.is_file():
                return found
        return self._estimated / POSES_FILE

    @property
    def _estimated(self) -> Path:
        return self.workspace / _ESTIMATED / SOURCE_STEM

    @property
    def _result(self) -> Path:
        """The folder that becomes the run's."""
        if self.request.kind == "estimate":
            return self._estimated
        return next((path for path in (self.workspace / _ANALYSED).glob("[!.]*") if path.is_dir()), self._estimated)

    def _probe(self, progress: Progress) -> None:
        """Refuse what cannot be done before models are loaded for it."""
        from posespotter.media.inspection.guard import check_upload

        progress("probe", 0, None)
        if isinstance(self.options, ExerciseOptions):
            from posespotter.exercises.definitions.catalog import load_exercise

            if self.options.exercise != RECOGNISE:
                load_exercise(self.options.exercise)
        if isinstance(self.options, EverydayOptions):
            from posespotter.assessments import load_assessment

            load_assessment(self.options.test)
        if self.request.run and self._analysed_is_gone():
            raise InputError(f"{self.request.name}: the run that was to be analysed, {self.request.run}, was deleted.")
        if self.source is None:
            if self.poses.is_file() and self.request.kind != "estimate":
                return
            raise InputError(f"{self.request.name}: expected a run with a video or poses, got one without. Upload it.")
        found = check_upload(self.source, name=self.request.name)
        if found.kind == "image" and (self.request.kind != "estimate" or self._part):
            raise InputError(f"{self.request.name}: expected a video, a picture shows no movement.")
        if (self._part.from_s or 0.0) >= found.seconds > 0:
            raise InputError(
                f"{self.request.name}: expected a part of the video, which ends at {found.seconds:.1f} s, got one from "
                f"{self._part.from_s:g} s on."
            )

    def _analysed_is_gone(self) -> bool:
        try:
            return not self.library.folder(self.library.run(str(self.request.run)).id).is_dir()
        except InputError:
            return True

    def _estimate(self, progress: Progress) -> None:
        """Find the people, unless the poses are there already."""
        found = self._estimated / POSES_FILE
        if found.is_file() or (self.poses != found and self.request.kind != "estimate"):
            return
        from posespotter.estimation.checkpoint import Checkpoints
        from posespotter.tasks.estimate import estimate

        estimator = self._estimator(progress)
        estimate(
            str(self.source),
            estimator,
            self.workspace / _ESTIMATED,
            overlay=False,
            exports=getattr(self.options, "exports", ()),
            overwrite=True,
            name=self.request.name,
            rotate=self.options.rotate,
            part=self._part,
            checkpoints=Checkpoints(self.workspace / CHECKPOINTS, every_s=self.every_s),
            progress=progress,
        )

    @property
    def _part(self) -> "Part":
        """The part of the video that is processed."""
        from posespotter.media import Part

        return Part(self.options.from_s, self.options.to_s)

    def _estimator(self, progress: Progress) -> "PoseEstimator":
        from posespotter.estimation.estimator import PoseEstimator

        usual = DEFAULT_POSE_FALLS if self.request.kind == "falls" else DEFAULT_POSE
        return PoseEstimator.from_options(self.options.estimator_options(usual), progress)

    def _render(self, progress: Progress) -> None:
        if self.options.overlay:
            from posespotter.tasks.estimate import add_overlay

            add_overlay(str(self.source), self._estimated, progress=progress)

    def _analyse(self, progress: Progress) -> None:
        """The analysis with its pictures; it is done anew where it was cut off."""
        poses, video = str(self.poses), None if self.source is None else str(self.source)
        out = self.workspace / _ANALYSED
        common: dict[str, Any] = {"video": video, "overwrite": True, "progress": progress}
        options = self.options
        if isinstance(options, ExerciseOptions):
            from posespotter.tasks.exercise import exercise

            exercise(
                poses,
                self._limited(self._exercise(options, Path(poses))),
                out,
                view=options.view,
                person=options.person,
                overlay=options.overlay,
                report=options.report,
                **common,
            )
        elif isinstance(options, FallsOptions):
            from posespotter.falls.classifier import FallClassifier
            from posespotter.falls.zones import Zone
            from posespotter.tasks.falls import find_falls

            find_falls(
                poses,
                FallClassifier.load(),
                out,
                sensitivity=options.sensitivity,
                zones=[Zone(zone.name, zone.kind, zone.polygon) for zone in options.zones],
                overlay=options.overlay,
                **common,
            )
        elif isinstance(options, EverydayOptions):
            from posespotter.assessments import load_assessment
            from posespotter.tasks.assessment import AssessmentOptions, run_assessment

            run_assessment(
                poses,
                load_assessment(options.test),
                out,
                options=AssessmentOptions.of(options),
                overlay=options.overlay,
                report=options.report,
                **common,
            )

    def _exercise(self, options: ExerciseOptions, poses: Path) -> "ExerciseDefinition":
        """The exercise that was asked for, or that is recognised in the poses."""
        from posespotter.exercises.definitions.catalog import exercise_names, load_exercise
        from posespotter.exercises.recognition import recognise

        if options.exercise != RECOGNISE:
            return load_exercise(options.exercise)
        known = [load_exercise(name) for name in exercise_names()]
        found = recognise(PoseSequence.from_parquet(poses), known, view=options.view)
        if not found:
            titles = ", ".join(one.title for one in known)
            raise InputError(f"{self.request.name}: expected one of the exercises known here ({titles}), saw none.")
        return found[0].exercise

    def _limited(self, exercise: "ExerciseDefinition") -> "ExerciseDefinition":
        """The exercise with the limits of whose clip it is."""
        from posespotter.runs.notes.people import People

        person = People(self.library.root).of(self.library.run(self.run_id))
        return exercise if person is None else exercise.limited(person.limits_in(exercise.name))

    def _index(self, progress: Progress) -> None:
        """Move the result into the library, with the file that was brought along."""
        progress("index", 0, None)
        own = next(iter(sorted(self.workspace.glob(f"{SOURCE_STEM}.*"))), None)
        result = self._result
        if own is not None and result.is_dir():
            shutil.move(own, result / own.name)
        with suppress(FileNotFoundError):
            self.library.finish(self.run_id, result)
