"""Analyse one exercise clip: its poses, the analysis, the report, the overlay, in a folder that appears whole."""

import json
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from posespotter.drawing.event_clips import Clip
from posespotter.drawing.exercise import ExerciseDrawing
from posespotter.drawing.exercise_video import Rendered, draw_on_canvas, render_exercise
from posespotter.estimation.estimator import PoseEstimator
from posespotter.exercises.analysis import ExerciseAnalysis, to_document
from posespotter.exercises.analyze import ViewOption, analyze_all, analyze_exercise
from posespotter.exercises.comparison import ANALYSIS_FILE
from posespotter.exercises.curves import Curves
from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.exercises.words.judgements import Said, overruled
from posespotter.exercises.words.phrases import worst_faults
from posespotter.files import whole
from posespotter.kinematics.lifting import lifted
from posespotter.media import WHOLE, Part, Source
from posespotter.media.sources.turned import Turn
from posespotter.poses import PoseSequence
from posespotter.progress import Progress
from posespotter.reports.exercise_content import Person, Report
from posespotter.reports.exercise_page import render_report
from posespotter.settings import skeletons_only as settled
from posespotter.tasks.inputs import Input, clip_facts, maker_of, open_input, video_of
from posespotter.tasks.model_choices import model_words
from posespotter.tasks.movement import read_movement
from posespotter.tasks.run_folder.folders import POSES_FILE
from posespotter.tasks.run_folder.record import ExerciseRecord, RunRecord
from posespotter.tasks.turned import hint_of_pose

REPORT_FILE = "report.html"

_FAULTS = "faults"


@dataclass(frozen=True)
class ExerciseResult:
    """The folder of a run, and what is in its files.

    Attributes:
        folder: the run's folder.
        poses: what poses.parquet holds.
        analyses: of everybody who does the exercise, the person who does most of it first; or one empty analysis.
        record: what run.json holds.
    """

    folder: Path
    poses: PoseSequence
    analyses: list[ExerciseAnalysis]
    record: RunRecord


def exercise(
    spec: str,
    definition: ExerciseDefinition,
    out: Path,
    *,
    estimator: PoseEstimator | None = None,
    video: str | None = None,
    view: ViewOption = "auto",
    person: int | None = None,
    overlay: bool = True,
    report: bool = True,
    overwrite: bool = False,
    fps: float | None = None,
    rotate: Turn = 0,
    part: Part = WHOLE,
    progress: Progress | None = None,
    skeletons_only: bool | None = None,
) -> ExerciseResult:
    """Count and judge the repetitions in one source and store the results in `out`/<name of the source>.

    Args:
        spec: path, pattern, camera number or address; or poses.parquet.
        definition: the exercise.
        out: folder of folders.
        estimator: the models, ready; not needed for poses that are there already.
        video: what poses.parquet was estimated from, for the overlay and the pictures.
        view: from where the camera sees the person.
        person: the track id; None for everybody who does the exercise.
        overlay: also make overlay.mp4 and a clip of each fault.
        report: also make report.html.
        overwrite: replace an earlier result instead of numbering the new one.
        fps: pictures a second of numbered ones.
        rotate: degrees by which the pictures are turned clockwise.
        part: of the video that is processed; times then begin at 0.
        progress: called with how far it is.
        skeletons_only: write no pixels of people; None for what the settings say.

    A clip without anybody, or without the exercise, gives an analysis that says so. What ends the estimation or the
    drawing on the way (Ctrl-C, a damaged file, a full disk) does not take the analysis with it: the record says it.

    Raises:
        InputError: the source cannot be used.
        OutputError: the results cannot be written.
        SettingsError: there is no such person.
    """
    options = ExerciseRecord(name=definition.name, view=view, person=person)
    with ExitStack() as stack:
        clip = open_input(
            spec, out, stack, estimator=estimator, video=video, overwrite=overwrite, fps=fps, rotate=rotate, part=part,
            progress=progress, skeletons_only=skeletons_only,
        )  # fmt: skip
        folder = clip.folder
        start = time.perf_counter()
        clip.poses = lifted(clip.poses)
        analyses = _analyses(clip.poses, definition, view, person)
        if not any(analysis.count for analysis in analyses):
            clip.record.warn(hint_of_pose(clip.poses))
        people = [Person(analysis, Curves(clip.poses, analysis, view)) for analysis in analyses]
        clip.took("analyze", start)
        clip.poses.to_parquet(folder / POSES_FILE)
        (folder / ANALYSIS_FILE).write_text(json.dumps(to_document(analyses), indent=2) + "\n", "utf-8")
        rendered = _render(clip, people, folder, overlay=overlay, report=report, progress=progress)
        if report:
            start = time.perf_counter()
            details = _details(clip.poses, people, options)
            page = _page(people, rendered, folder, details, clip.record, from_video=clip.source is not None)
            (folder / REPORT_FILE).write_text(page, "utf-8")
            clip.took("report", start)
        record = clip.record
        record.kind, record.exercise = "exercise", options
        record.exercise_file = definition.model_dump(mode="json")
        clip.complete()
    return ExerciseResult(clip.target, clip.poses, analyses, record)


def _analyses(
    poses: PoseSequence, definition: ExerciseDefinition, view: ViewOption, person: int | None
) -> list[ExerciseAnalysis]:
    """Analyses of all who do the exercise; the person who does most of it comes first."""
    if person is not None:
        return [analyze_exercise(poses, definition, view=view, person=person)]
    return sorted(analyze_all(poses, definition, view=view), key=lambda one: -one.count)


def _render(
    clip: Input, people: list[Person], folder: Path, *, overlay: bool, report: bool, progress: Progress | None
) -> Rendered:
    """The overlay, the clips of faults and the pictures of the report, in one pass over the video."""
    poses = clip.poses
    wanted = [one for person in people for one in person.wanted_pictures()] if report else []
    if not poses.n_frames or not (overlay or wanted):
        return Rendered()
    drawing = ExerciseDrawing(poses, [(person.analysis, person.curves) for person in people])

    def draw(source: Source) -> Rendered:
        return render_exercise(
            source,
            poses,
            drawing,
            overlay=folder / "overlay.mp4" if overlay else None,
            clips=[one for i, person in enumerate(people) for one in _clips(person, folder, i)] if overlay else [],
            pictures=wanted,
            progress=progress,
        )

    return clip.drawn(draw, without=lambda: Rendered(pictures=draw_on_canvas(poses, drawing, wanted)))


def _clips(person: Person, folder: Path, number: int) -> list[Clip]:
    return [
        Clip(folder / _clip_name(person, number, repetition.index, fault.name), fault.start_s, fault.end_s)
        for repetition in person.analysis.repetitions
        for fault in worst_faults(repetition)
    ]


def _clip_name(person: Person, number: int, repetition: int, fault: str) -> str:
    whose = f"person{person.analysis.track_id}_" if number else ""
    return f"{_FAULTS}/{whose}rep{repetition:02d}_{fault}.mp4"


def renew_report(folder: Path, video: Path | None, said: Mapping[int, Said], judged: str) -> None:
    """Write report.html of a finished analysis again, with the therapist's judgements of its findings.

    Args:
        folder: of the run.
        video: its source, for the pictures; None for pictures of the joints alone.
        said: by track id.
        judged: what tells these words from others; see `Report.judged`.

    Raises:
        InputError: the folder holds no analysis of an exercise, or the video is another one.
        OutputError: the folder cannot be written.
    """
    record, movement = RunRecord.read(folder), read_movement(folder)
    people = []
    for one in movement.analyses:
        mine = said.get(one.track_id or 0, Said())
        curves = Curves(movement.poses, one, movement.view)
        people.append(Person(one, curves, said=mine))
    shown = [replace(one, analysis=overruled(one.analysis, one.said)) for one in people]
    with ExitStack() as stack:
        source = video_of(movement.poses, None if video is None else str(video), stack, skeletons_only=settled(None))
        wanted = [picture for one in shown for picture in one.wanted_pictures()]
        drawing = ExerciseDrawing(movement.poses, [(one.analysis, one.curves) for one in shown])
        if source is None:
            rendered = Rendered(pictures=draw_on_canvas(movement.poses, drawing, wanted))
        else:
            rendered = render_exercise(source, movement.poses, drawing, overlay=None, clips=[], pictures=wanted)
    rendered.videos = sorted((folder / _FAULTS).glob("*.mp4"))
    details = _details(movement.poses, people, record.exercise or ExerciseRecord(name=""))
    page = _page(people, rendered, folder, details, record, from_video=source is not None, judged=judged)
    with whole(folder / REPORT_FILE) as temporary:
        temporary.write_text(page, "utf-8")


def _page(
    people: list[Person],
    rendered: Rendered,
    folder: Path,
    details: dict[str, str],
    record: RunRecord,
    *,
    from_video: bool,
    judged: str = "",
) -> str:
    written = {path.relative_to(folder).as_posix() for path in rendered.videos}
    complete = []
    for i, person in enumerate(people):
        clips = {
            (repetition.index, fault.name): name
            for repetition in person.analysis.repetitions
            for fault in worst_faults(repetition)
            if (name := _clip_name(person, i, repetition.index, fault.name)) in written
        }
        complete.append(replace(person, pictures=rendered.pictures, clips=clips))
    report = Report(tuple(complete), details, tuple(record.warnings), from_video, judged)
    return render_report(report, datetime.now().astimezone())


def _details(poses: PoseSequence, people: list[Person], options: ExerciseRecord) -> dict[str, str]:
    """Facts for the report about how it was made."""
    ids = ", ".join(f"#{i}" for person in people for i in person.analysis.track_ids) or "nobody was found"
    found = "who does the exercise" if people[0].analysis.count else "the nearest to it"
    chosen = "as asked for" if options.person is not None else found
    return {
        **clip_facts(poses),
        "Person": f"{ids} ({chosen})" if people[0].analysis.track_id is not None else ids,
        "View": "found from the joints" if options.view == "auto" else f"{options.view}, as asked for",
        "Joints": f"{model_words(poses.pose_model)}, {'also' if poses.world is not None else 'not'} in 3-D",
        "Poses made by": maker_of(poses),
    }
