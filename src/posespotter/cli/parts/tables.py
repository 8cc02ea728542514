"""Plain tables for the terminal."""

from typing import TYPE_CHECKING

from posespotter.exercises.words.phrases import VERDICTS, metric_words, number, of_judged, spoken, unit_words

if TYPE_CHECKING:
    from posespotter.exercises.comparison import Comparison, MetricChange, Sample


def comparison_lines(comparison: "Comparison") -> list[str]:
    """Two analyses side by side, a line a metric: mean and spread of both, the change and how sure it is."""
    first, second = (source or which for source, which in zip(comparison.sources, ("first", "second"), strict=True))
    counts, good, seen, views = (
        comparison.repetitions, comparison.good, comparison.nothing_wrong_seen, comparison.views
    )  # fmt: skip
    nothing_wrong = f", {VERDICTS['nothing_wrong_seen']} {seen[0]} -> {seen[1]}" if any(seen) else ""
    lines = [
        f"{spoken(comparison.exercise).capitalize()}: {first} -> {second}",
        f"  repetitions {counts[0]} -> {counts[1]}, good {good[0]} -> {good[1]}{nothing_wrong}, "
        f"seen from {views[0]} -> {views[1]}",
        "",
        *aligned([("metric", "first", "second", "change", ""), *(_row(change) for change in comparison.metrics)]),
    ]
    if comparison.faults:
        faults = [
            (
                spoken(fault.name) + (" (note)" if fault.severity == "note" else ""),
                of_judged(fault.first, fault.first_judged),
                of_judged(fault.second, fault.second_judged),
            )
            for fault in comparison.faults
        ]
        lines += ["", *aligned([("repetitions with", "first", "second"), *faults])]
    lines += ["", "Mean ± standard deviation between repetitions; change ± its 95 % confidence interval."]
    return [*lines, *(f"Mind: {caution}" for caution in comparison.cautions)]


def aligned(rows: "list[tuple[str, ...]]") -> list[str]:
    """Columns of equal width: names to the left, numbers to the right, and a fifth column to the left."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [  # names stand at the left, numbers at the right
            cell.ljust(width) if i in (0, 4) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(f"  {'  '.join(cells)}".rstrip())
    return lines


def _row(change: "MetricChange") -> tuple[str, ...]:
    title, unit = metric_words(change.name)
    words = unit_words(unit).strip()
    margin = "" if change.margin is None else f" ± {number(change.margin, unit)}"
    sign = "+" if change.change is not None and change.change > 0 else ""
    return (
        f"{title}{f', {words}' if words else ''}",
        _sample(change.first, unit),
        _sample(change.second, unit),
        f"{sign}{number(change.change, unit)}{margin}",
        change.finding,
    )


def _sample(sample: "Sample", unit: str) -> str:
    spread = "" if sample.spread is None else f" ± {number(sample.spread, unit)}"
    return f"{number(sample.mean, unit)}{spread}"
