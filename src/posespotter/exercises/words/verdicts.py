"""The words of every verdict, once: report, page, overlay, comparison and command line take them from here."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from posespotter.exercises.definitions.definition import ExerciseDefinition

Verdict = Literal["good", "nothing_wrong_seen", "fault", "cannot_tell"]
"""Of a repetition, as analysis.json has it. `good`: nothing is wrong, and what makes the exercise (`core` of its file)
was judged; `nothing_wrong_seen`: nothing is wrong in what could be judged, which is less; `fault`: something is;
`cannot_tell`: nothing about its form could be judged."""

Outcome = Literal["good", "fault", "note", "borderline", "cannot_tell"]
"""Of a check. `borderline`: the value is nearer to the limit than one camera can measure."""

VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "good": "good",
        "nothing_wrong_seen": "nothing wrong seen",
        "fault": "fault",
        "note": "note",
        "borderline": "borderline",
        "cannot_tell": "cannot tell",
    }
)
"""Each verdict and outcome in words."""

MARKS: Mapping[str, str] = MappingProxyType(
    {"good": "✓", "nothing_wrong_seen": "○", "fault": "✕", "note": "i", "borderline": "≈", "cannot_tell": "?"}
)
"""A sign for each, where there is no room for words."""


def judged_words(judged: int, checks: int, borderline: int = 0) -> str:
    """Share of the checks that were judged: `4 of 11 checks judged`, `3 of 3 checks judged, 1 borderline`."""
    words = f"{judged} of {checks} check{'' if checks == 1 else 's'} judged"
    return f"{words}, {borderline} borderline" if borderline else words


def of_judged(found: int, judged: int | None) -> str:
    """Number of repetitions with a finding: `2 of 3 judged`; `not judged` where none was."""
    if judged is None:
        return str(found)
    return f"{found} of {judged} judged" if judged else "not judged"


def verdict_words(verdict: Verdict, judged: int, checks: int, borderline: int = 0) -> str:
    """A repetition's verdict: `good`, `fault`, `nothing wrong seen (4 of 11 checks judged)`."""
    words = VERDICTS[verdict]
    return f"{words} ({judged_words(judged, checks, borderline)})" if verdict == "nothing_wrong_seen" else words


def repetition_verdict(outcomes: Mapping[str, Outcome], exercise: "ExerciseDefinition") -> Verdict:
    """The verdict on a repetition of an exercise, from the outcomes of all its checks by name."""
    verdict = verdict_of(outcomes, exercise.form, exercise.decisive)
    return "nothing_wrong_seen" if exercise.unseen and verdict == "good" else verdict


def verdict_of(outcomes: Mapping[str, Outcome], form: Iterable[str], core: Iterable[Iterable[str]]) -> Verdict:
    """The verdict on a repetition.

    Args:
        outcomes: of all its checks by name.
        form: the checks of which a breach is a fault; notes do not decide.
        core: groups of checks; of each group one must have come out good for the repetition to be called good.
    """
    if "fault" in outcomes.values():
        return "fault"
    if not any(outcomes[name] == "good" for name in form):
        return "cannot_tell"
    seen_through = all(any(outcomes[name] == "good" for name in group) for group in core)
    return "good" if seen_through else "nothing_wrong_seen"
