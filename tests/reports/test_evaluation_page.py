"""The report of a measurement: right figures, one file that loads nothing, nothing from outside unescaped."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import numpy as np
import pytest

from posespotter.falls.training.evaluation import CaughtFall, ClipResult, Evaluation
from posespotter.falls.training.scores import Confusion, HourlyRate, Share
from posespotter.reports.evaluation_content import FallsReport, Measured, clip_rows, figure_rows, rate, share, summary
from posespotter.reports.evaluation_page import render_falls_report, to_markdown

WHEN = datetime(2026, 3, 7, 14, 5, tzinfo=UTC)
WINDOWS = Confusion(np.array([[90, 5, 5], [1, 8, 1], [2, 0, 18]]))
CAUGHT = CaughtFall(4.0, 5.0, 5.6, 0.64)


def clip(
    name: str, *, n_falls: int = 0, caught: int = 0, false: tuple[float, ...] = (), lies: bool = False
) -> ClipResult:
    return ClipResult(name, "scene hall", 90.0, n_falls, lies, (), (CAUGHT,) * caught, false, WINDOWS, 0.8)


CLIPS = (
    clip("quiet"), clip("caught", n_falls=1, caught=1), clip("missed", n_falls=1), clip("noisy", false=(3.0, 71.5)),
    clip("bed", lies=True),
)  # fmt: skip
MIXED = Evaluation("forest-1", "normal", CLIPS)


def report(evaluation: Evaluation = MIXED, label: str = "forest-1", curve: bool = True) -> FallsReport:
    other = Measured("a rule", Evaluation("rule", "normal", CLIPS[1:]))
    levels = tuple(Evaluation("forest-1", name, evaluation.clips) for name in ("low", "normal", "high"))
    return FallsReport(
        "room", (Measured(label, evaluation), other), levels if curve else (), {"Clips": "5"}, ("Mind.",)
    )


@pytest.mark.parametrize(
    ("figure", "value", "detail"),
    [
        (share(Share(29, 31)), "94 %", "29 of 31; 79 to 98 %"),
        (share(Share(0, 0)), "–", "none"),
        (rate(HourlyRate(0, 2.0)), "0.0", "0 in 2.00 h; 0.0 to 1.8"),
        (rate(HourlyRate(0, 0.0)), "–", "no time"),
    ],
)
def test_figures_have_their_counts_and_intervals(figure: object, value: str, detail: str) -> None:
    assert (figure.value, figure.detail) == (value, detail)


def test_rows_of_the_table() -> None:
    rows = {name: [one.value for one in figures] for name, figures in figure_rows([MIXED])}
    assert rows["Falls that raised an alarm"] == ["50 %"]
    assert rows["Clips without a fall, free of alarms"] == ["67 %"]
    assert rows["of these, with lying down on purpose"] == ["100 %"]
    assert rows["Alarms that were falls"] == ["33 %"]
    assert rows["False alarms an hour of video"] == ["16.0"]
    assert rows["Alarm after the impact, median, s"] == ["0.64"]
    only_calm = {name for name, _ in figure_rows([Evaluation("f", "normal", (clip("quiet"),))])}
    assert "Falls that raised an alarm" not in only_calm  # a row of dashes says nothing


@pytest.mark.parametrize(
    ("clips", "words"),
    [
        (CLIPS, "1 of 2 falls caught, 2 of 3 clips without a fall free of alarms, 16.0 false alarms an hour of video."),
        (CLIPS[:1], "no falls to catch, 1 of 1 clip without a fall free of alarms, 0.0 false alarms an hour of video."),
        ((), "no falls to catch."),
    ],
)
def test_the_summary(clips: tuple[ClipResult, ...], words: str) -> None:
    assert summary(Evaluation("f", "normal", clips)) == words


def test_what_went_wrong_comes_first() -> None:
    rows = clip_rows(CLIPS)
    assert [row.clip_id for row in rows] == ["missed", "noisy", "quiet", "caught", "bed"]
    assert (rows[0].missed, rows[1].false_alarms, rows[3].caught) == (
        "1 fall missed", "0:03.0, 1:11.5", "0.64 s after impact",
    )  # fmt: skip
    assert rows[4].falls == "lies down on purpose"


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_page_needs_nothing_else() -> None:
    page = render_falls_report(report(), WHEN)
    tags = _Tags()
    tags.feed(page)
    assert sum(tag == "svg" for tag, _ in tags.seen) == 4
    assert not {"script", "link", "img", "iframe"} & {tag for tag, _ in tags.seen}
    for _, attributes in tags.seen:
        assert not any(name.startswith("on") for name in attributes)
        assert all(not (attributes.get(name) or "#").startswith("http") for name in ("src", "href", "xlink:href"))
    assert "default-src 'none'" in page
    assert "7 March 2026, 14:05" in page
    assert "#0102" not in page  # the stand-ins of the charts' colours


def test_names_from_outside_are_escaped() -> None:
    nasty = "<script>alert(1)</script>"
    clips = (clip(nasty, n_falls=1, caught=1),)
    page = render_falls_report(report(Evaluation("f", "normal", clips), label=nasty), WHEN)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "a\\|b" in to_markdown(report(Evaluation("f", "normal", (clip("a|b", false=(1.0,)),))))


@pytest.mark.parametrize("clips", [CLIPS, CLIPS[:1], CLIPS[2:3], ()])
@pytest.mark.parametrize("curve", [True, False])
def test_pages_of_little(clips: tuple[ClipResult, ...], curve: bool) -> None:
    little = report(Evaluation("f", "normal", clips), curve=curve)
    assert "</html>" in render_falls_report(little, WHEN)
    assert summary(little.main) in to_markdown(little)


def test_the_markdown_has_the_same_figures() -> None:
    text = to_markdown(report())
    for name, (figure,) in figure_rows([MIXED]):
        assert f"| {name} | {figure.value}" in text
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    columns = [{line.count("|") for line in table} for table in tables]
    assert columns == [{4}, {5}, {5}, {8}]  # two methods, three sensitivities, three classes, the clips
