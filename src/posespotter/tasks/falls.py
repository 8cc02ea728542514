"""Detect falls in one clip: its poses, the events, the probabilities, the overlay, in a folder that appears whole."""

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from posespotter.drawing.event_clips import Clip
from posespotter.drawing.fall_overlay import render_falls
from posespotter.estimation.estimator import PoseEstimator
from posespotter.exercises.words.phrases import counted
from posespotter.falls.classifier import FallClassifier
from posespotter.falls.detect import FallAnalysis, NotJudged, detect_falls
from posespotter.falls.events import FallEvent, Sensitivity
from posespotter.falls.zones import Zone
from posespotter.formats.falls import write_analysis
from posespotter.media import WHOLE, Part, Source
from posespotter.media.sources.turned import Turn
from posespotter.poses import PoseSequence
from posespotter.progress import Progress
from posespotter.tasks.inputs import Input, open_input
from posespotter.tasks.model_choices import DEFAULT_POSE_FALLS
from posespotter.tasks.run_folder.folders import POSES_FILE
from posespotter.tasks.run_folder.record import ClassifierRecord, FallsRecord, RunRecord, ZoneRecord
from posespotter.tasks.turned import hint_of_pose

_MOSTLY, _WORTH_TELLING = 0.5, 0.01  # of the time

OVERLAY_FILE = "overlay.mp4"


@dataclass(frozen=True)
class FallsResult:
    """The folder of a run, and what is in its files.

    Attributes:
        folder: the run's folder.
        poses: what poses.parquet holds.
        analysis: what events.json and probabilities.parquet hold.
        record: what run.json holds.
    """

    folder: Path
    poses: PoseSequence
    analysis: FallAnalysis
    record: RunRecord


def find_falls(
    spec: str,
    classifier: FallClassifier,
    out: Path,
    *,
    estimator: PoseEstimator | None = None,
    video: str | None = None,
    sensitivity: Sensitivity = "normal",
    zones: Sequence[Zone] = (),
    overlay: bool = True,
    overwrite: bool = False,
    fps: float | None = None,
    rotate: Turn = 0,
    part: Part = WHOLE,
    progress: Progress | None = None,
    skeletons_only: bool | None = None,
) -> FallsResult:
    """Find the falls in one source and store the results in `out`/<name of the source>.

    Args:
        spec: path, pattern, camera number or address; or poses.parquet.
        classifier: of windows.
        out: folder of folders.
        estimator: the models, ready; not needed for poses that are there already.
        video: what poses.parquet was estimated from, for the overlay.
        sensitivity: `low` for fewer alarms, `high` for fewer missed falls.
        zones: beds, sofas and places not to look at, in the picture of this camera.
        overlay: also make overlay.mp4 and a clip of each event.
        overwrite: replace an earlier result instead of numbering the new one.
        fps: pictures a second of numbered ones.
        rotate: degrees by which the pictures are turned clockwise.
        part: of the video that is processed; times then begin at 0.
        progress: called with how far it is.
        skeletons_only: write no pixels of people; None for what the settings say.

    A clip without people gives no events, and a warning that says so. What ends the estimation or the drawing on the
    way (Ctrl-C, a damaged file, a full disk) does not take the events with it: the record says it.

    Raises:
        InputError: the source cannot be used.
        OutputError: the results cannot be written.
    """
    with ExitStack() as stack:
        clip = open_input(
            spec, out, stack, estimator=estimator, video=video, overwrite=overwrite, fps=fps, rotate=rotate, part=part,
            progress=progress, skeletons_only=skeletons_only,
        )  # fmt: skip
        start = time.perf_counter()
        analysis = detect_falls(clip.poses, classifier=classifier, sensitivity=sensitivity, zones=zones)
        clip.took("detect_falls", start)
        clip.record.warnings += _cautions(clip.poses, analysis)
        clip.record.warn(hint_of_pose(clip.poses))
        clip.poses.to_parquet(clip.folder / POSES_FILE)
        write_analysis(analysis, clip.folder)
        if overlay:
            _draw(clip, analysis, zones, progress)
        record = clip.record
        record.kind = "falls"
        record.falls = FallsRecord(
            classifier=ClassifierRecord(name=classifier.name, sha256=classifier.sha256),
            sensitivity=sensitivity,
            zones=[ZoneRecord(name=zone.name, kind=zone.kind, polygon=zone.polygon) for zone in zones],
            events=len(analysis.events),
            ignored=len(analysis.ignored),
        )
        clip.complete()
    return FallsResult(clip.target, clip.poses, analysis, record)


def clip_name(number: int) -> str:
    """The file of the clip of the event of this number, from 0, in the run's folder."""
    return f"events/fall{number + 1:02d}.mp4"


def clip_names(analysis: FallAnalysis) -> list[tuple[str, FallEvent]]:
    """The file of each event's clip in the run's folder; those that were ignored come last."""
    return [
        *((clip_name(i), event) for i, event in enumerate(analysis.events)),
        *((f"events/ignored{i + 1:02d}.mp4", event) for i, event in enumerate(analysis.ignored)),
    ]


def _shown(event: FallEvent, before_s: float = 1.0, after_s: float = 3.0) -> tuple[float, float]:
    """Span of an event's clip: the fall, and the first seconds after it."""
    return event.onset_s - before_s, max(event.impact_s, event.alert_s) + after_s


def _cautions(poses: PoseSequence, analysis: FallAnalysis) -> list[str]:
    """Circumstances that make the result less sure than it looks."""
    if not len(poses):
        return ["Nobody was found in this clip, so nobody was seen to fall."]
    cautions = []
    if analysis.not_judged.share >= _MOSTLY:
        cautions.append(not_judged_in_words(analysis.not_judged))
    if poses.pose_model != DEFAULT_POSE_FALLS:
        named = poses.pose_model or "unknown"
        cautions.append(
            f"The joints are those of {named}; the classifier was grown from and is measured with those of "
            f"{DEFAULT_POSE_FALLS}."
        )
    return cautions


def found_in_words(analysis: FallAnalysis) -> str:
    """`2 falls, 1 person lying`; "no fall" only where people could mostly be judged and nothing was ignored."""
    kinds = [event.kind for event in analysis.events]
    falls, lying, ignored = kinds.count("fall"), kinds.count("lying"), len(analysis.ignored)
    parts = [counted(falls, "fall")] if falls else []
    parts += [f"{lying} {'person' if lying == 1 else 'people'} lying"] if lying else []
    parts += [f"{counted(ignored, 'event')} ignored in a zone"] if ignored else []
    if parts:
        return ", ".join(parts)
    return "could not be judged" if analysis.not_judged.mostly or not len(analysis.windows) else "no fall"


def not_judged_in_words(shares: NotJudged) -> str:
    """`Could not be judged 12 % of the time (nobody in the picture 9 %, people too small 3 %).`; empty below 1 %."""
    reasons = (
        ("nobody in the picture", shares.nobody),
        ("too few frames", shares.too_few_frames),
        ("people too small", shares.too_small),
    )
    known = ", ".join(f"{words} {share:.0%}" for words, share in reasons if share >= _WORTH_TELLING)
    if shares.share < _WORTH_TELLING:
        return ""
    return f"Could not be judged {shares.share:.0%} of the time ({known}).".replace("%", " %")


def _draw(clip: Input, analysis: FallAnalysis, zones: Sequence[Zone], progress: Progress | None) -> None:
    """The overlay, where there is a video that can be read again."""

    def draw(source: Source) -> None:
        render_falls(
            source,
            clip.poses,
            analysis,
            clip.folder / OVERLAY_FILE,
            zones=zones,
            clips=[Clip(clip.folder / name, *_shown(event)) for name, event in clip_names(analysis)],
            progress=progress,
        )

    clip.drawn(draw, without=lambda: None)
