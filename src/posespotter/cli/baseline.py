"""`posespotter exercise --baseline`: sessions against a person's own norm, in lines, as JSON and as a page."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from posespotter.cli.parts.say import say, warn

if TYPE_CHECKING:
    from posespotter.exercises.baseline import Baseline, Progress, SessionChange
    from posespotter.exercises.comparison import StoredAnalysis

PAGE = "progress.html"
FLAG = "--baseline"


def spread_out(arguments: Sequence[str]) -> list[str]:
    """`--baseline A B C` as `--baseline A --baseline B --baseline C`, which is how options take several values."""
    out: list[str] = []
    taking = False
    for one in arguments:
        if one == FLAG:
            taking = True
        elif one.startswith("-"):
            taking = False
            out.append(one)
        else:
            out += [FLAG, one] if taking else [one]
    return out


def is_session(spec: str) -> bool:
    """Whether an input is an analysis of an earlier run rather than something to analyse."""
    from posespotter.exercises.comparison import ANALYSIS_FILE

    path = Path(spec)
    return path.suffix.lower() == ".json" or (path / ANALYSIS_FILE).is_file()


def read_sessions(paths: Sequence[Path]) -> "list[StoredAnalysis]":
    """The analyses of result folders or analysis.json files.

    Raises:
        InputError: one is none.
    """
    from posespotter.exercises.comparison import read_analysis

    return [read_analysis(path) for path in paths]


def norm_of(good: "Sequence[StoredAnalysis]") -> "Baseline | None":
    """The norm of some sessions; None where none are given.

    Raises:
        InputError: they are of different exercises or views, or hold too few repetitions.
    """
    if not good:
        return None
    from posespotter.exercises.baseline import baseline_of

    return baseline_of(good)


def progress_of(good: Sequence[Path], later: Sequence[Path]) -> "Progress":
    """Sessions against their norm, with cautions.

    Raises:
        InputError: one is no analysis, they are of different exercises or views, or hold too few repetitions.
    """
    from posespotter.exercises.baseline import progress
    from posespotter.exercises.sessions.same_person import cautions

    first, last = read_sessions(good), read_sessions(later)
    return progress(first, last, cautions(good, later, [*first, *last]))


def show_progress(found: "Progress", out: Path | None, *, as_json: bool) -> None:
    """Print sessions against their norm, and write the page into `out`.

    Raises:
        OutputError: the page cannot be written.
    """
    if as_json:
        say(json.dumps(found.to_json()))
    else:
        for line in norm_lines(found.baseline):
            say(line)
        for session, in_norm in zip(found.sessions, found.in_norm, strict=True):
            if not in_norm:
                for line in change_lines(session):
                    say(line)
    if out is not None:
        write_page(found, out, quiet=as_json)
    for caution in found.cautions:
        warn(caution)


def write_page(found: "Progress", out: Path, *, quiet: bool) -> None:
    """Write progress.html into a folder.

    Raises:
        OutputError: it cannot be written.
    """
    from posespotter.errors import OutputError
    from posespotter.exercises import exercise_names, load_exercise
    from posespotter.files import reason, whole
    from posespotter.reports.progress_page import render_progress

    name = found.baseline.exercise
    title = load_exercise(name).title if name in exercise_names() else name
    page = render_progress(found, title, datetime.now().astimezone())
    try:
        out.mkdir(parents=True, exist_ok=True)
        with whole(out / PAGE) as temporary:
            temporary.write_text(page, "utf-8")
    except OSError as error:
        raise OutputError(f"{out / PAGE} could not be written: {reason(error)}.") from error
    if not quiet:
        say(f"Progress of {len(found.sessions)} sessions -> {out / PAGE}")


def norm_lines(norm: "Baseline") -> list[str]:
    """The norm, a line a number."""
    from posespotter.exercises.words.phrases import counted, metric_words, number, unit_words, view_words

    lines = [f"Own norm in {norm.exercise}, {view_words(norm.view)}, {counted(len(norm.sources), 'session')}:"]
    for one in norm.metrics.values():
        words, unit = metric_words(one.name)
        mean, spread, mdc = (number(value, unit) for value in (one.mean, one.spread, one.mdc))
        lines.append(f"  {words}: {mean}{unit_words(unit)}, spread {spread}; a change is one from {mdc} on")
    if norm.one_day:
        lines.append("  One session only: how much it changes from day to day is not known.")
    return lines


def change_lines(session: "SessionChange") -> list[str]:
    """Describe the changes of a session, a line a number."""
    from posespotter.exercises.words.phrases import metric_words, number, unit_words

    lines = [f"{session.source or 'session'}: {session.repetitions} repetitions against the own norm"]
    for one in session.changes:
        words, unit = metric_words(one.name)
        if one.change is None:
            lines.append(f"  {words}: cannot tell")
            continue
        sign = "+" if one.change >= 0 else "-"
        said = f"{sign}{number(abs(one.change), unit)}{unit_words(unit)}"
        finding = "changed" if one.finding == "changed" else "no change beyond what is usual"
        lines.append(f"  {words}: {number(one.mean, unit)}{unit_words(unit)} ({said}), {finding}")
    return lines
