"""A person's everyday tests over time: each test as a curve, a table, and whether the last one has changed."""

from collections.abc import Sequence

import streamlit as st

from posespotter.assessments import AssessmentDefinition, load_assessment
from posespotter.assessments.past_results import PastResult, change_over, read_result
from posespotter.assessments.result_words import STATUS_WORDS, change_words, quantity
from posespotter.errors import PoseSpotterError
from posespotter.exercises.words.phrases import sentence
from posespotter.runs import RunState
from posespotter.runs.clips import Clip
from posespotter.ui.parts.over_time import DAY_AXIS, choose_kind, save_as_csv
from posespotter.ui.shared import library
from posespotter.ui.words import day_words, plain

_CHANGES = {
    "changed": "a change beyond what the test's own spread explains",
    "within": "within what the test's own spread explains",
}


def show_results(clips: Sequence[Clip], name: str, *, key: str) -> None:
    """The tests of a person; nothing where none was carried out.

    Args:
        clips: of the person.
        name: of the person, for the file.
        key: of the elements.
    """
    by_test = _results(clips)
    if not by_test:
        return
    st.header("Progress in tests", anchor=False)
    chosen = choose_kind("Test", {one: load_assessment(one).title for one in by_test}, key=f"{key}-test")
    test, results = load_assessment(chosen), by_test[chosen]
    if len(by_test) == 1:
        st.markdown(f"**{plain(test.title)}**")
    _curve(results, test, key=key)
    _change(results, test)
    rows = [_row(one, test) for one in results]
    st.dataframe(rows, hide_index=True, key=f"{key}-table")
    save_as_csv(rows, f"{name} {chosen}.csv", key=f"{key}-csv")


def _results(clips: Sequence[Clip]) -> dict[str, list[PastResult]]:
    """The results by the name of their test, in order of time; what cannot be read is left out."""
    found: dict[str, list[PastResult]] = {}
    for clip in sorted(clips, key=lambda one: (one.day, one.head.id)):
        for run in reversed(clip.runs):
            if run.kind != "test" or run.state is not RunState.DONE:
                continue
            try:
                result = read_result(library().folder(run.id), clip.day, run.name)
                load_assessment(result.test)
            except PoseSpotterError:  # of another version
                continue
            found.setdefault(result.test, []).append(result)
    return found


def _curve(results: Sequence[PastResult], test: AssessmentDefinition, *, key: str) -> None:
    """The results over the days with their errors; those that do not count are hollow."""
    shown = [one for one in results if one.value is not None]
    if len({one.day for one in shown}) < 2:
        st.info("The curve begins with a second result, of another day.", icon=":material/show_chart:")
        return
    points = [
        {
            "day": one.day.isoformat(), "value": one.value, "counts": STATUS_WORDS[one.status],
            "least": (one.value or 0) - (one.error or 0), "most": (one.value or 0) + (one.error or 0),
        }
        for one in shown
    ]  # fmt: skip
    title = f"{test.result.title}, {test.result.unit}".rstrip(", ")
    axis = {"type": "quantitative", "title": title, "scale": {"zero": False}}
    counts = {"field": "counts", "type": "nominal", "title": "Result"}
    drawing = {
        "description": f"{title} over the days, each with its error",
        "data": {"values": points},
        "encoding": {"x": DAY_AXIS},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"y": {"field": "least", **axis}, "y2": {"field": "most"}, "color": counts},
            },
            {"mark": {"type": "line", "opacity": 0.5}, "encoding": {"y": {"field": "value", **axis}}},
            {
                "mark": {"type": "point", "size": 80, "filled": True, "tooltip": True},
                "encoding": {"y": {"field": "value", **axis}, "color": counts},
            },
        ],
    }
    st.vega_lite_chart(drawing, height=260, key=f"{key}-curve")


def _change(results: Sequence[PastResult], test: AssessmentDefinition) -> None:
    """The last result beside the first."""
    change = change_over(results, test)
    if change is None:
        return
    rule = test.result
    said = quantity(change.change, rule.unit, rule.digits)
    sign = "+" if change.change > 0 else ""
    verdict = _CHANGES.get(change.finding) or f"whether that is a change cannot be told: {change.reason}"
    st.markdown(
        plain(f"{day_words(change.first.day)} to {day_words(change.last.day)}: {sign}{said}, {verdict}.")
    )  # fmt: skip
    if rule.change is not None:
        st.caption(plain(f"{change_words(rule)}. {rule.change.source}."))


def _row(one: PastResult, test: AssessmentDefinition) -> dict[str, object]:
    rule = test.result
    return {
        "Day": day_words(one.day),
        "Clip": one.name,
        rule.title: "" if one.value is None else quantity(one.value, rule.unit, rule.digits, one.error),
        "Result": STATUS_WORDS[one.status],
        "Seen from": one.view,
        "Side": one.side,
        "Seen beside it": " ".join(sentence(finding) for finding in one.findings) or one.reason,
    }
