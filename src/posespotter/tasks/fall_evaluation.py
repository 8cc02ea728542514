"""Measure a fall classifier on labelled clips: a report as page, Markdown and JSON, in a folder that appears whole."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, Field

from posespotter.errors import InputError
from posespotter.exercises.words.phrases import counted
from posespotter.falls.classifier import CLASSES, FallClassifier
from posespotter.falls.events import Sensitivity
from posespotter.falls.training.data import FallData
from posespotter.falls.training.evaluation import ClipResult, Evaluation, evaluate
from posespotter.falls.training.scores import HourlyRate, Share
from posespotter.poses.checked_json import json_values
from posespotter.progress import Progress
from posespotter.reports.evaluation_content import FallsReport, Measured
from posespotter.reports.evaluation_page import render_falls_report, to_markdown
from posespotter.tasks.fall_poses import Models, PosesOfClips, reporting
from posespotter.tasks.fall_training import TrainingRecord
from posespotter.tasks.run_folder.folders import run_folder
from posespotter.tasks.run_folder.record import ClassifierRecord, Record, now, versions
from posespotter.version import __version__

REPORT_FILE = "report.html"
MARKDOWN_FILE = "evaluation.md"
NUMBERS_FILE = "evaluation.json"
SENSITIVITIES: tuple[Sensitivity, ...] = get_args(Sensitivity)


class MeasuredOn(BaseModel):
    """The clips of an evaluation: their folder's name, which part of them, and their ids."""

    folder: str = ""
    split: str | None = None
    clips: list[str] = Field(default_factory=list)


class EvaluationRecord(Record):
    """run.json of an evaluation."""

    data: MeasuredOn = MeasuredOn()
    classifier: ClassifierRecord = ClassifierRecord()
    models: list[Models] = Field(default_factory=list)


@dataclass(frozen=True)
class EvaluationResult:
    """The folder of a report, and its content.

    Attributes:
        folder: the run's folder.
        report: what report.html shows.
        record: what run.json holds.
    """

    folder: Path
    report: FallsReport
    record: EvaluationRecord


def evaluate_falls(
    data: FallData,
    poses: PosesOfClips,
    classifier: FallClassifier,
    out: Path,
    *,
    split: str | None = None,
    classifier_file: Path | None = None,
    beside: Sequence[FallClassifier] = (),
    overwrite: bool = False,
    progress: Progress | None = None,
) -> EvaluationResult:
    """Measure `classifier` on all clips of `data`, by every detector of `poses` and at every sensitivity.

    Args:
        data: labelled clips.
        poses: of them, estimated first where they are missing.
        classifier: what is measured.
        out: folder of folders.
        split: which part of the data this is, for the report.
        classifier_file: where the classifier was loaded from, if it is not the embedded one.
        beside: others to compare it with, by the first detector.
        overwrite: replace an earlier result instead of numbering the new one.
        progress: called with how far the poses that are missing are, and then the search for falls, in frames.

    Raises:
        InputError: a video cannot be used.
        ModelError: a model is missing.
        OutputError: the results cannot be written.
    """
    poses.fill(data, progress)
    passes = count()
    times = len(SENSITIVITIES) * len(poses.models) + len(beside)

    def measured(models: Models, by: FallClassifier, sensitivity: Sensitivity = "normal") -> Evaluation:
        clips = reporting(data, progress, "falls", next(passes), times)
        return evaluate(clips, partial(poses.by, models), by, sensitivity=sensitivity)

    by_sensitivity = {
        models: [measured(models, classifier, sensitivity) for sensitivity in SENSITIVITIES] for models in poses.models
    }
    usual = SENSITIVITIES.index("normal")
    methods = [
        Measured(f"{classifier.name}, boxes of {models.detector_name}", curve[usual])
        for models, curve in by_sensitivity.items()
    ]
    curve = by_sensitivity[poses.models[0]]
    for other in beside:
        label = f"{other.name}, boxes of {poses.models[0].detector_name}"
        methods.append(Measured(label, measured(poses.models[0], other)))
    name = "-".join([data.folder.resolve().name, *([split] if split else [])])
    report = FallsReport(
        name, tuple(methods), tuple(curve), _facts(data, poses, classifier), _cautions(data, classifier_file)
    )
    with run_folder(out, name, overwrite=overwrite) as (folder, target):
        (folder / REPORT_FILE).write_text(render_falls_report(report, datetime.now().astimezone()), "utf-8")
        (folder / MARKDOWN_FILE).write_text(to_markdown(report), "utf-8")
        (folder / NUMBERS_FILE).write_text(json.dumps(to_numbers(report), indent=2) + "\n", "utf-8")
        record = EvaluationRecord(
            kind="falls evaluate",
            finished_at=now(),
            data=MeasuredOn(folder=data.folder.resolve().name, split=split, clips=[clip.clip_id for clip in data]),
            classifier=ClassifierRecord(name=classifier.name, sha256=classifier.sha256),
            models=list(poses.models),
            versions=versions(),
        )
        record.write(folder)
    return EvaluationResult(target, report, record)


def to_numbers(report: FallsReport) -> dict[str, Any]:
    """The content of evaluation.json, as JSON values; what is not known is null."""
    content: dict[str, Any] = json_values(
        {
            "data": report.data,
            "facts": dict(report.facts),
            "cautions": list(report.cautions),
            "methods": [{"label": one.label, **_figures(one.evaluation)} for one in report.methods],
            "sensitivities": [_figures(one) for one in report.curve],
            "clips": [_clip(one) for one in report.main.clips],
        }
    )
    return content


def _figures(one: Evaluation) -> dict[str, Any]:
    return {
        "sensitivity": one.sensitivity,
        "recall": _share(one.recall),
        "recall_of_fall_alone": _share(one.fall_recall),
        "clips_free_of_alarms": _share(one.clean),
        "lying_clips_free_of_alarms": _share(one.clean_lying),
        "clip_sensitivity": _share(one.clip_sensitivity),
        "precision": _share(one.precision),
        "false_alarms_per_hour": _rate(one.false_alarms),
        "delay_s": {"p50": one.delay_s(50), "p95": one.delay_s(95), "n": len(one.delays_s)},
        "windows": {
            "classes": list(CLASSES),
            "confusion": one.windows.counts.tolist(),
            "f1": [*one.windows.f1],
            "macro_f1": one.windows.macro_f1,
        },
    }


def _clip(one: ClipResult) -> dict[str, Any]:
    return {
        "clip_id": one.clip_id,
        "group": one.group,
        "duration_s": one.duration_s,
        "falls": one.n_falls,
        "caught": [asdict(fall) for fall in one.caught],
        "lying_s": [event.alert_s for event in one.events if event.kind == "lying"],
        "false_alarms_s": one.false_alarms,
        "seen": one.seen,
    }


def _share(share: Share) -> dict[str, Any]:
    return {"value": share.value, "hits": share.hits, "n": share.n, "interval_95": share.interval}


def _rate(rate: HourlyRate) -> dict[str, Any]:
    return {"value": rate.value, "count": rate.count, "hours": rate.hours, "interval_95": rate.interval}


def _facts(data: FallData, poses: PosesOfClips, classifier: FallClassifier) -> dict[str, str]:
    hours = sum(clip.n_frames / clip.fps for clip in data) / 3600
    groups = sorted({clip.group for clip in data})
    falls = counted(sum(len(clip.falls) for clip in data), "fall")
    lying = sum(clip.lies_down for clip in data)
    return {
        "Clips": f"{len(data)}, {hours:.2f} h of video, {falls}, {lying} with lying down on purpose",
        "Rooms or people": ", ".join(groups),
        "Classifier": f"{classifier.name}, SHA-256 {classifier.sha256[:12]}",
        "Models": "; ".join(models.name for models in poses.models),
        "Program": f"PoseSpotter {__version__}",
    }


def _cautions(data: FallData, classifier_file: Path | None) -> tuple[str, ...]:
    """Known weaknesses of the figures."""
    cautions = []
    if classifier_file is not None:
        try:
            trained_on = set(TrainingRecord.read(classifier_file.parent).data.groups)
        except InputError:
            trained_on = None
        both = sorted({clip.group for clip in data} & (trained_on or set()))
        if trained_on is None:
            cautions.append("Nothing is known of what this classifier was trained on; its run.json is not beside it.")
        elif both:
            cautions.append(
                f"This classifier was trained on clips of {', '.join(both)} too: elsewhere the figures would be worse."
            )
    if len({clip.group for clip in data}) < 2:
        cautions.append("All clips show one person or room: the figures say nothing about others.")
    return tuple(cautions)
