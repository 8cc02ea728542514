"""Progress of long work: a bar with rate and time left on a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from posespotter.cli.parts.say import say
from posespotter.progress import Progress, no_progress


@contextmanager
def progress(name: str, unit: str, *, quiet: bool = False) -> Iterator[Progress]:
    """Show how work on `name` goes on, on stderr.

    Args:
        name: what is worked on, for people.
        unit: what is counted, in the plural.
        quiet: show nothing.
    """
    if quiet:
        yield no_progress
    elif sys.stderr.isatty():
        with _bar(name, unit) as report:
            yield report
    else:
        yield _PlainLines(name, unit)


class _PlainLines:
    def __init__(self, name: str, unit: str) -> None:
        self._name, self._unit = name, unit
        self._stage = ""
        self._start = self._last = time.monotonic()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._start, self._last = stage, now, now
        if now - self._last < 10.0:  # a line every ten seconds is enough for a log
            return
        self._last = now
        rate = done / (now - self._start)
        of_total = f" of {total}, {max(0, total - done) / rate:.0f} s left" if total and rate else ""
        say(f"{self._name}: {stage}, {done} {self._unit}{of_total} ({rate:.1f}/s)", err=True)


@contextmanager
def _bar(name: str, unit: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, ProgressColumn, Task, TaskID, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars
    from rich.text import Text

    class Rate(ProgressColumn):
        def render(self, task: Task) -> Text:
            rate = task.finished_speed or task.speed
            return Text(f"{rate:.1f} {unit}/s" if rate else "", style="dim")

    columns = (
        TextColumn("{task.fields[source]}", markup=False),
        TextColumn("[dim]{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}"),
        Rate(),
        TimeRemainingColumn(),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def report(stage: str, done: int, total: int | None) -> None:
            if stage not in tasks:
                for earlier in tasks.values():
                    bars.update(earlier, visible=False)
                tasks[stage] = bars.add_task(stage, source=name)
            # Headers claim wrong numbers: a bar past its end starts to pulse instead.
            known = total if total is not None and done <= total else None
            bars.update(tasks[stage], completed=done, total=known)

        yield report
