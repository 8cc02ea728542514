"""Carry out a test on one clip: its poses, the result, the report, the overlay, in a folder that appears whole."""

import json
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path

from posespotter.assessments.assess import Side, assess
from posespotter.assessments.assessment_file import AssessmentDefinition, load_assessment
from posespotter.assessments.past_results import ASSESSMENT_FILE
from posespotter.assessments.result import Assessment
from posespotter.drawing.moments import moments_on_canvas, render_moments
from posespotter.errors import InputError
from posespotter.estimation.estimator import PoseEstimator
from posespotter.media import Source
from posespotter.media.sources.turned import Turn
from posespotter.poses import PoseSequence
from posespotter.progress import Progress
from posespotter.reports.assessment_page import AssessmentReport, render_assessment, wanted_frames
from posespotter.tasks.inputs import Input, clip_facts, maker_of, open_input
from posespotter.tasks.model_choices import model_words
from posespotter.tasks.run_folder.folders import POSES_FILE
from posespotter.tasks.run_folder.record import AssessmentRecord, RunRecord
from posespotter.tasks.turned import hint_of_pose


@dataclass(frozen=True)
class AssessmentOptions:
    """The options of a test beside the clip; see `assess`."""

    start_s: float | None = None
    person: int | None = None
    side: Side | None = None
    marks: tuple[float, float] | None = None
    distance_m: float | None = None
    height_m: float | None = None

    @classmethod
    def of(cls, given: object) -> "AssessmentOptions":
        """Those of an object that has them among others: the options of a job, the record of a run."""
        return cls(**{field.name: getattr(given, field.name) for field in fields(cls)})


@dataclass(frozen=True)
class AssessmentRun:
    """The folder of a run, and what is in its files.

    Attributes:
        folder: the run's folder.
        poses: what poses.parquet holds.
        result: what assessment.json holds.
        record: what run.json holds.
    """

    folder: Path
    poses: PoseSequence
    result: Assessment
    record: RunRecord


def run_assessment(
    spec: str,
    definition: AssessmentDefinition,
    out: Path,
    *,
    options: AssessmentOptions | None = None,
    estimator: PoseEstimator | None = None,
    video: str | None = None,
    overlay: bool = True,
    report: bool = True,
    overwrite: bool = False,
    fps: float | None = None,
    rotate: Turn = 0,
    progress: Progress | None = None,
    skeletons_only: bool | None = None,
) -> AssessmentRun:
    """Carry out a test in one source and store the results in `out`/<name of the source>.

    Args:
        spec: path, pattern, camera number or address; or poses.parquet.
        definition: the test.
        out: folder of folders.
        options: of the test.
        estimator: the models, ready; not needed for poses that are there already.
        video: what poses.parquet was estimated from, for the overlay and the pictures.
        overlay: also make overlay.mp4.
        report: also make report.html.
        overwrite: replace an earlier result instead of numbering the new one.
        fps: pictures a second of numbered ones.
        rotate: degrees by which the pictures are turned clockwise.
        progress: called with how far it is.
        skeletons_only: write no pixels of people; None for what the settings say.

    A clip without a result gives an assessment that says why.

    Raises:
        InputError: the source cannot be used.
        OutputError: the results cannot be written.
        SettingsError: there is no such person, or an option does not belong to this test.
    """
    options = options or AssessmentOptions()
    with ExitStack() as stack:
        clip = open_input(
            spec, out, stack, estimator=estimator, video=video, overwrite=overwrite, fps=fps, rotate=rotate,
            progress=progress, skeletons_only=skeletons_only,
        )  # fmt: skip
        start = time.perf_counter()
        result = assess(clip.poses, definition, **asdict(options))
        if result.value is None:
            clip.record.warn(hint_of_pose(clip.poses))
        clip.took("analyze", start)
        clip.poses.to_parquet(clip.folder / POSES_FILE)
        content = json.dumps(result.to_json(), indent=2, ensure_ascii=False)
        (clip.folder / ASSESSMENT_FILE).write_text(content + "\n", "utf-8")
        pictures = _render(clip, result, overlay=overlay, report=report, progress=progress)
        if report:
            start = time.perf_counter()
            page = AssessmentReport(
                result, _facts(clip, options), tuple(clip.record.warnings), pictures, clip.source is not None
            )
            (clip.folder / "report.html").write_text(render_assessment(page, datetime.now().astimezone()), "utf-8")
            clip.took("report", start)
        record = clip.record
        record.kind, record.test = "test", AssessmentRecord(name=definition.name, **asdict(options))
        clip.complete()
    return AssessmentRun(clip.target, clip.poses, result, record)


def read_assessment(folder: Path) -> Assessment:
    """The result of the test in a run's folder, with its curve: computed again from its poses, with the same options.

    Raises:
        InputError: the folder holds no such run.
    """
    asked = RunRecord.read(folder).test
    if asked is None:
        raise InputError(f"{folder.name}: expected the record of a test in run.json, got another.")
    options = asdict(AssessmentOptions.of(asked))
    return assess(PoseSequence.from_parquet(folder / POSES_FILE), load_assessment(asked.name), **options)


def _render(
    clip: Input, result: Assessment, *, overlay: bool, report: bool, progress: Progress | None
) -> dict[int, bytes]:
    """The overlay and the pictures of the report, in one pass over the video."""
    frames = wanted_frames(result) if report else []
    if not clip.poses.n_frames or not (overlay or frames):
        return {}

    def draw(source: Source) -> dict[int, bytes]:
        return render_moments(
            source,
            clip.poses,
            result.track_ids,
            frames,
            overlay=clip.folder / "overlay.mp4" if overlay else None,
            progress=progress,
        )

    return clip.drawn(draw, without=lambda: moments_on_canvas(clip.poses, result.track_ids, frames))


def _facts(clip: Input, options: AssessmentOptions) -> dict[str, str]:
    """Facts for the report about how it was made."""
    poses = clip.poses
    given = {
        "Go at": None if options.start_s is None else f"{options.start_s:g} s",
        "Marks at": None if options.marks is None else f"{options.marks[0]:g} and {options.marks[1]:g} px",
        "Height given": None if options.height_m is None else f"{options.height_m:g} m",
    }
    return {
        **clip_facts(poses),
        "Joints": model_words(poses.pose_model),
        **{label: value for label, value in given.items() if value is not None},
        "Poses made by": maker_of(poses),
    }
