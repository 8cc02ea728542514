"""A movement screen: what the checks of an exercise file saw in each of five repetitions."""

from posespotter.assessments.assessment_file import AssessmentDefinition
from posespotter.assessments.outcome import Outcome
from posespotter.assessments.result import Curve, Event, Item
from posespotter.exercises.analysis import ExerciseAnalysis
from posespotter.exercises.analyze import ViewOption, analyze_exercise
from posespotter.exercises.definitions.definition import ExerciseDefinition
from posespotter.exercises.words.phrases import sentence
from posespotter.exercises.words.wording import measure_words, shown, unit_words
from posespotter.kinematics.lifting import lifted
from posespotter.poses import PoseSequence

_SEEN = ("fault", "note")
_MOST_OF = 0.5
"""An item belongs to the person, not to one repetition, where it is seen in more than half of them."""


def exercise_of(test: AssessmentDefinition) -> ExerciseDefinition:
    """The exercise whose checks are the items."""
    about = {"name": test.name, "title": test.title, "about": test.about}
    return ExerciseDefinition.model_validate(about | (test.exercise or {}))


def checklist(poses: PoseSequence, test: AssessmentDefinition, person: int | None, view: ViewOption) -> Outcome:
    """Count the items that were seen in most repetitions; each item comes with its repetitions."""
    analysis = analyze_exercise(lifted(poses), exercise_of(test), view=view, person=person)
    outcome = Outcome(amount=float(analysis.count), curve=_curve(analysis))
    wanted = int(test.number("repetitions"))
    if not analysis.count:
        outcome.reason = sentence(analysis.reason)
        return outcome
    outcome.start_s, outcome.end_s = analysis.repetitions[0].start_s, analysis.repetitions[-1].end_s
    outcome.events = [Event("bottom", one.bottom_s, one.bottom_frame, one.index) for one in analysis.repetitions]
    outcome.items = [_item(analysis, rule.name) for rule in analysis.definition.check]
    if analysis.count < wanted:
        outcome.found(test, "few_repetitions", f"{analysis.count} of {wanted}")
    judged = [item for item in outcome.items if item.judged]
    if not judged:
        outcome.reason = "None of the items could be told from this view: film from the front, then from the side."
        return outcome
    outcome.value = float(sum(len(item.seen) > _MOST_OF * item.judged for item in judged))
    if len(judged) < len(outcome.items):
        outcome.found(test, "other_view", f"{len(outcome.items) - len(judged)} of {len(outcome.items)}")
    return outcome


def _item(analysis: ExerciseAnalysis, name: str) -> Item:
    checks = [(one.index, check) for one in analysis.repetitions for check in one.checks if check.name == name]
    seen = tuple(index for index, check in checks if check.verdict in _SEEN)
    judged = sum(check.verdict != "cannot_tell" for _, check in checks)
    reason = next((check.reason for _, check in checks if check.verdict == "cannot_tell"), "") if not judged else ""
    return Item(name, seen, judged, analysis.count, reason)


def _curve(analysis: ExerciseAnalysis) -> Curve:
    first = analysis.definition.signal[0]
    words = measure_words(first.measure)
    title = f"{words[:1].upper()}{words[1:]}, {unit_words(first.parsed.word.unit).strip()}"
    scale = shown(1.0, first.parsed.word.unit)
    return Curve(title, analysis.series.time_s, scale * analysis.series.values[first.measure])
