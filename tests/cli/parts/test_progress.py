"""Progress of long work: a bar on a terminal, a plain line now and then elsewhere."""

import io
import sys

import pytest

from posespotter.cli.parts import progress as module
from posespotter.cli.parts.progress import progress


class Clock:
    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_plain_lines_now_and_then(clock, capsys):
    with progress("walk.mp4", "frames") as tell:
        for done in range(1, 26):
            clock.now += 1
            tell("estimate", done * 10, 500)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "walk.mp4: estimate, 110 frames of 500, 35 s left (11.0/s)",
        "walk.mp4: estimate, 210 frames of 500, 28 s left (10.5/s)",
    ]


@pytest.mark.parametrize(
    ("done", "total", "line"),
    [
        (100, None, "x: estimate, 100 frames (10.0/s)"),
        (100, 0, "x: estimate, 100 frames (10.0/s)"),
        (100, 50, "x: estimate, 100 frames of 50, 0 s left (10.0/s)"),  # a header that lies
        (0, 100, "x: estimate, 0 frames (0.0/s)"),
    ],
)
def test_odd_totals(clock, capsys, done, total, line):
    with progress("x", "frames") as tell:
        tell("estimate", 0, total)
        clock.now += 10
        tell("estimate", done, total)
    assert capsys.readouterr().err.splitlines() == [line]


def test_each_stage_has_its_own_time(clock, capsys):
    with progress("x", "frames") as tell:
        tell("estimate", 0, 100)
        clock.now += 9
        tell("overlay", 10, 100)
        clock.now += 9
        tell("overlay", 50, 100)
        clock.now += 1
        tell("overlay", 50, 100)
    assert capsys.readouterr().err.splitlines() == ["x: overlay, 50 frames of 100, 10 s left (5.0/s)"]


def test_quiet(clock, capsys):
    with progress("x", "frames", quiet=True) as tell:
        clock.now += 100
        tell("estimate", 50, 100)
    assert capsys.readouterr() == ("", "")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("error", [None, KeyboardInterrupt(), ValueError()])
def test_a_bar_on_a_terminal(monkeypatch, capsys, error):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")

    def work():
        with progress("[red]walk[/red].mp4", "frames") as tell:
            for done in range(0, 200, 20):
                tell("estimate", done, 100)  # past what the header claimed
            tell("overlay", 1, None)
            if error:
                raise error

    if error:
        with pytest.raises(type(error)):
            work()
    else:
        work()
    assert "overlay" in terminal.getvalue()
    assert "[red]walk[/red].mp4" in terminal.getvalue()  # names are no markup
    assert "\x1b[?25h" in terminal.getvalue()  # the cursor is there again
    assert capsys.readouterr().out == ""
