"""The figures of a measurement in words, each with how often it was counted and its 95 % interval."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from posespotter.exercises.words.phrases import clock, counted
from posespotter.falls.classifier import CLASSES
from posespotter.falls.training.evaluation import EARLY_S, LATE_S, ClipResult, Evaluation
from posespotter.falls.training.scores import Confusion, HourlyRate, Share

_NOTHING = "–"


@dataclass(frozen=True)
class Measured:
    """One method on the clips.

    Attributes:
        label: what people call it: `forest-1, boxes of movenet-multipose`.
        evaluation: what came of it.
    """

    label: str
    evaluation: Evaluation


@dataclass(frozen=True)
class FallsReport:
    """The content of the page.

    Attributes:
        data: name of the labelled clips.
        methods: side by side in one table; of the first one everything is told.
        curve: the first method at each sensitivity.
        facts: how it was made, by what.
        cautions: sentences on what weakens the figures.
    """

    data: str
    methods: tuple[Measured, ...]
    curve: tuple[Evaluation, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()

    @property
    def main(self) -> Evaluation:
        """The one of which everything is told."""
        return self.methods[0].evaluation


@dataclass(frozen=True)
class Figure:
    """A number in words: `94 %`, `29 of 31, 79 to 98 %`."""

    value: str
    detail: str = ""


def share(value: Share) -> Figure:
    """A share with its counts and interval."""
    if not value.n:
        return Figure(_NOTHING, "none")
    low, high = (f"{edge * 100:.0f}" for edge in value.interval)
    return Figure(f"{value.value * 100:.0f} %", f"{value.hits} of {value.n}; {low} to {high} %")


def rate(value: HourlyRate) -> Figure:
    """Events an hour with their number, the hours and the interval."""
    if not value.hours:
        return Figure(_NOTHING, "no time")
    low, high = value.interval
    return Figure(f"{value.value:.1f}", f"{value.count} in {value.hours:.2f} h; {low:.1f} to {high:.1f}")


def seconds(value: float, n: int) -> Figure:
    """A time."""
    return Figure(_signed(value), f"{counted(n, 'fall')}") if np.isfinite(value) else Figure(_NOTHING, "none")


def ratio(value: float, n: int) -> Figure:
    """An F1 score of windows."""
    return Figure(f"{value:.2f}", f"{n:,} windows".replace(",", "\N{NO-BREAK SPACE}")) if n else Figure(_NOTHING)


Rows = list[tuple[str, list[Figure]]]
"""Of a table: a name, and a figure for each column."""


def figure_rows(evaluations: Sequence[Evaluation]) -> Rows:
    """Everything that is measured, a column for each of the evaluations."""
    rows = alarm_rows(evaluations)
    windows = [int(one.windows.counts.sum()) for one in evaluations]
    rows.append(
        ("Windows, macro-F1", [ratio(one.windows.macro_f1, n) for one, n in zip(evaluations, windows, strict=True)])
    )
    for i, name in enumerate(CLASSES):
        f1 = [ratio(float(one.windows.f1[i]), n) for one, n in zip(evaluations, windows, strict=True)]
        rows.append((f"F1 of “{name}”", f1))
    return _known(rows)


def alarm_rows(evaluations: Sequence[Evaluation]) -> Rows:
    """Figures about alarms; windows do not depend on the sensitivity."""
    rows: Rows = [
        ("Falls that raised an alarm", [share(one.recall) for one in evaluations]),
        ("Clips without a fall, free of alarms", [share(one.clean) for one in evaluations]),
        ("of these, with lying down on purpose", [share(one.clean_lying) for one in evaluations]),
        ("Clips with a fall, all of their falls caught", [share(one.clip_sensitivity) for one in evaluations]),
        ("Alarms that were falls", [share(one.precision) for one in evaluations]),
        ("False alarms an hour of video", [rate(one.false_alarms) for one in evaluations]),
        ("Alarm after the impact, median, s", [seconds(one.delay_s(50), len(one.delays_s)) for one in evaluations]),
        ("the same, 95th percentile, s", [seconds(one.delay_s(95), len(one.delays_s)) for one in evaluations]),
    ]
    return _known(rows)


def _known(rows: Rows) -> Rows:
    """Without the rows that no method has a number for."""
    return [
        (name, figures) for name, figures in rows if any(figure.value not in {_NOTHING, "nan"} for figure in figures)
    ]


def summary(evaluation: Evaluation) -> str:
    """One sentence: what was caught, and what was not left in peace."""
    falls, clean, false_alarms = evaluation.recall, evaluation.clean, evaluation.false_alarms
    caught = f"{falls.hits} of {counted(falls.n, 'fall')} caught" if falls.n else "no falls to catch"
    quiet = f"{clean.hits} of {counted(clean.n, 'clip')} without a fall free of alarms" if clean.n else ""
    hourly = f"{false_alarms.value:.1f} false alarms an hour of video" if false_alarms.hours else ""
    return f"{', '.join(part for part in (caught, quiet, hourly) if part)}."


@dataclass(frozen=True)
class ClipRow:
    """A clip in the table of clips."""

    clip_id: str
    group: str
    length: str
    falls: str
    caught: str
    missed: str
    false_alarms: str
    seen: str
    wrong: bool


def clip_rows(clips: Sequence[ClipResult]) -> list[ClipRow]:
    """All clips, those that went wrong first."""
    return [_clip_row(clip) for clip in sorted(clips, key=lambda clip: not (clip.missed or clip.false_alarms))]


def _clip_row(clip: ClipResult) -> ClipRow:
    delays = ", ".join(f"{_signed(one.delay_s)} s after impact" for one in clip.caught)
    lies = "lies down on purpose" if clip.lies_down and not clip.n_falls else "none"
    return ClipRow(
        clip_id=clip.clip_id,
        group=clip.group,
        length=clock(clip.duration_s),
        falls=counted(clip.n_falls, "fall") if clip.n_falls else lies,
        caught=delays,
        missed=f"{counted(clip.missed, 'fall')} missed" if clip.missed else "",
        false_alarms=", ".join(clock(moment) for moment in clip.false_alarms),
        seen=f"{clip.seen * 100:.0f} %",
        wrong=bool(clip.missed or clip.false_alarms),
    )


def confusion_rows(confusion: Confusion) -> Rows:
    """Rows the truth: of each answer the share and the number of windows."""
    totals = confusion.counts.sum(axis=1)
    return [
        (name, [Figure(f"{n / max(totals[i], 1) * 100:.0f} %", f"{n}") for n in confusion.counts[i]])
        for i, name in enumerate(CLASSES)
    ]


def rules() -> str:
    """The rules for matching alarms and falls, in one sentence."""
    return (
        f"An alarm counts for a fall from {EARLY_S:g} s before its first frame to {LATE_S:g} s after its last one; "
        "each fall once, every other alarm is a false one. Intervals are 95 %: Wilson's of shares, Garwood's of rates."
    )


def _signed(value: float) -> str:
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")
