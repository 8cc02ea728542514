"""Results of one test over time, read from what was stored: what came of it each time, and whether it changed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, cast

from posespotter.assessments.assessment_file import AssessmentDefinition
from posespotter.assessments.result import Status
from posespotter.assessments.result_words import STATUS_WORDS
from posespotter.errors import InputError
from posespotter.files import read_plain

ASSESSMENT_FILE = "assessment.json"

_MOST_BYTES = 16_000_000  # no record of ours is larger; what is, is not read
ChangeFinding = Literal["changed", "within", "cannot_tell"]


@dataclass(frozen=True)
class PastResult:
    """A test of a person, as it was stored.

    Attributes:
        day: when it was filmed.
        name: of the clip.
        test: name of the test.
        status: as in `Assessment`.
        value: in the test's unit; None without a result.
        error: +- of it; None where it is not known.
        view: from which it was seen.
        side: that was measured; empty where both were, or none in particular.
        started_by: `go`, `movement` or empty.
        findings: what was seen beside it, each a few words.
        reason: why there is no result; else empty.
    """

    day: date
    name: str
    test: str
    status: Status
    value: float | None
    error: float | None
    view: str
    side: str
    started_by: str
    findings: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class ResultChange:
    """The last result that counts beside the first.

    Attributes:
        first, last: of the results.
        change: last less first, in the test's unit.
        finding: `changed` beyond the minimal detectable change; `within` it; `cannot_tell` where nobody has published
            one, or the two were not taken alike.
        reason: why it cannot be told; else empty.
    """

    first: PastResult
    last: PastResult
    change: float
    finding: ChangeFinding
    reason: str = ""


def read_result(folder: Path, day: date, name: str) -> PastResult:
    """The result that a run has stored in its folder.

    Args:
        folder: of the run.
        day: when it was filmed.
        name: of the clip.

    Raises:
        InputError: there is none that can be read.
    """
    file = folder / ASSESSMENT_FILE
    try:
        content: dict[str, Any] = json.loads(read_plain(file, _MOST_BYTES))
        status = content["status"]
        if status not in STATUS_WORDS:
            raise ValueError(f"no status {status!r}")
        sides = {str(event["side"]) for event in content["events"]} - {""}
        return PastResult(
            day=day,
            name=name,
            test=str(content["test"]),
            status=cast("Status", status),
            value=_number(content["value"]),
            error=_number(content["error"]),
            view=str(content["view"]),
            side=sides.pop() if len(sides) == 1 else "",
            started_by=str(content["started_by"]),
            findings=tuple(str(one["sentence"]) for one in content["findings"]),
            reason=str(content["reason"]),
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"{file}: expected the result of a test, it cannot be read as one.") from error


def change_over(results: Sequence[PastResult], test: AssessmentDefinition) -> ResultChange | None:
    """Compare the last result that counts with the first, of another day; None where there are no two.

    Results that do not count by the protocol, or that somebody has to look at first, are left out.
    """
    counted = [one for one in results if one.status == "valid" and one.value is not None]
    if not counted or counted[0].day == counted[-1].day:
        return None
    first, last = counted[0], counted[-1]
    change = cast("float", last.value) - cast("float", first.value)
    if reason := _apart(first, last) or ("" if test.result.change else "nobody has published from where on it is one"):
        return ResultChange(first, last, change, "cannot_tell", reason)
    least = test.result.change.value if test.result.change else 0.0
    return ResultChange(first, last, change, "changed" if abs(change) > least else "within")


def _apart(first: PastResult, last: PastResult) -> str:
    """Reason why two results cannot be compared; empty where they can."""
    if first.started_by != last.started_by:
        return "one was timed from Go, the other from the first movement"
    if first.side != last.side:
        return f"one is of the {first.side or 'two sides'}, the other of the {last.side or 'two sides'}"
    return "" if first.view == last.view else f"seen from {first.view}, then from {last.view}"


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
