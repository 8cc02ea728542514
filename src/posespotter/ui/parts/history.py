"""A person's sessions over time: each exercise as curves and a table, to look at and to take along."""

from collections.abc import Sequence

import streamlit as st

from posespotter.errors import InputError
from posespotter.exercises.baseline import against, baseline_of
from posespotter.exercises.comparison import ANALYSIS_FILE, StoredAnalysis, read_analysis
from posespotter.exercises.sessions.history import PastSession, past_session
from posespotter.exercises.words import phrases as words
from posespotter.reports.progress_workbook import progress_workbook
from posespotter.runs import Run, RunState
from posespotter.runs.clips import Clip
from posespotter.ui.parts.over_time import DAY_AXIS, choose_kind, save_as_csv
from posespotter.ui.shared import library
from posespotter.ui.words import day_words

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FINDINGS = {"changed": "changed", "within": "within the usual", "cannot_tell": "cannot tell"}


def show_history(clips: Sequence[Clip], name: str, *, key: str) -> None:
    """The sessions of a person, an exercise after the other; nothing where none was analysed.

    Args:
        clips: of the person.
        name: of the person, for the files.
        key: of the elements.
    """
    by_exercise: dict[str, list[tuple[PastSession, StoredAnalysis]]] = {}
    for clip in sorted(clips, key=lambda one: (one.day, one.head.id)):
        for run in reversed(clip.runs):
            if run.kind == "exercise" and run.state is RunState.DONE:
                by_exercise.setdefault(str(run.settings.get("exercise")), []).append(_session(clip, run))
    if not by_exercise:
        return
    st.header("Progress", anchor=False)
    titles = {one: one.replace("-", " ").capitalize() for one in by_exercise}
    exercise = choose_kind("Exercise", titles, key=f"{key}-exercise")
    sessions = [session for session, _ in by_exercise[exercise]]
    _curves(sessions, key=key)
    _against_norm(by_exercise[exercise], key=f"{key}-{exercise}")
    rows = [_row(session) for session in sessions]
    st.dataframe(rows, hide_index=True, key=f"{key}-table")
    st.caption("Mean ± standard deviation between repetitions. Numbers of different views are not comparable.")
    every = {one: [session for session, _ in both] for one, both in by_exercise.items()}
    with st.container(horizontal=True):
        st.download_button(
            "Save as Excel", lambda: progress_workbook(every), f"{name}.xlsx", _EXCEL, help="A sheet for each exercise",
            icon=":material/table:", key=f"{key}-excel", on_click="ignore",
        )  # fmt: skip
        save_as_csv(rows, f"{name} {exercise}.csv", key=f"{key}-csv")


def _session(clip: Clip, run: Run) -> tuple[PastSession, StoredAnalysis]:
    """One analysis as a table has it, without the findings that a therapist has dismissed; and as it is stored."""
    dismissed = {
        (one.repetition, one.fault)
        for one in clip.session.judgements
        if one.run == run.id and one.verdict == "dismissed"
    }
    stored = read_analysis(library().artefact(run.id, ANALYSIS_FILE).parent)
    return past_session(stored, clip.day, run.name, dismissed), stored


def _against_norm(sessions: Sequence[tuple[PastSession, StoredAnalysis]], *, key: str) -> None:
    """Compare the last session with the person's own norm, the sessions marked as good."""
    if len(sessions) < 2:
        return
    numbers = list(range(len(sessions) - 1))
    good = st.multiselect(
        "Own norm: sessions that were good", numbers, default=numbers[:1], key=f"{key}-norm",
        format_func=lambda i: f"{day_words(sessions[i][0].day)}, {sessions[i][0].name}",
    )  # fmt: skip
    if not good:
        return
    try:
        norm = baseline_of([sessions[i][1] for i in sorted(good)])
        last = against(norm, sessions[-1][1])
    except InputError as error:
        st.info(str(error), icon=":material/info:")
        return
    st.markdown(f"**The last session, {day_words(sessions[-1][0].day)}, against the own norm**")
    rows = []
    for change in last.changes:
        unit = words.metric_words(change.name)[1]
        rows.append({
            "Measure": _title(change.name),
            "Norm": words.number(norm.metrics[change.name].mean, unit),
            "Now": words.number(change.mean, unit),
            "Change": words.number(change.change, unit),
            "Least change that counts": words.number(change.mdc, unit),
            "Result": _FINDINGS[change.finding],
        })  # fmt: skip
    st.dataframe(rows, hide_index=True, key=f"{key}-against")
    st.caption(
        "A change counts beyond the minimal detectable change (MDC95)."
        + (" The norm is of one day only: what changes from day to day is not known." if norm.one_day else "")
    )


def _curves(sessions: Sequence[PastSession], *, key: str) -> None:
    """One number over the days."""
    if len({session.day for session in sessions}) < 2:
        st.info("The curve begins with a second session, of another day.", icon=":material/show_chart:")
        return
    names = list(dict.fromkeys(metric for session in sessions for metric in session.metrics))
    chosen = st.selectbox(
        "What to look at", names, index=min(1, len(names) - 1), format_func=_title, key=f"{key}-metric"
    )  # fmt: skip
    unit = words.metric_words(chosen)[1]
    points = [
        {
            "day": session.day.isoformat(),
            "mean": words.shown(sample.mean, unit),
            "least": words.shown(sample.mean - (sample.spread or 0), unit),
            "most": words.shown(sample.mean + (sample.spread or 0), unit),
            "view": session.view,
        }
        for session in sessions
        if (sample := session.metrics.get(chosen)) is not None and sample.mean is not None
    ]
    st.vega_lite_chart({"data": {"values": points}, **_drawing(_title(chosen))}, height=280, key=f"{key}-curve")


def _drawing(title: str) -> dict[str, object]:
    """Vega-Lite: means with their spreads over the days, a line a view."""
    axis = {"type": "quantitative", "title": title, "scale": {"zero": False}}
    view = {"field": "view", "type": "nominal", "title": "Seen from"}
    return {
        "description": f"{title} over the days, mean and standard deviation of each session",
        "encoding": {"x": DAY_AXIS, "color": view},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {"y": {"field": "least", **axis}, "y2": {"field": "most"}},
            },
            {
                "mark": {"type": "line", "point": {"size": 70, "filled": True}, "tooltip": True},
                "encoding": {"y": {"field": "mean", **axis}},
            },
        ],
    }


def _title(metric: str) -> str:
    title, unit = words.metric_words(metric)
    return f"{title[:1].upper()}{title[1:]}, {words.unit_words(unit).strip()}".rstrip(", ")


def _row(session: PastSession) -> dict[str, object]:
    found = [f"{words.spoken(fault)} in {count}" for fault, count in session.faults.items()]
    row: dict[str, object] = {
        "Day": day_words(session.day),
        "Clip": session.name,
        "Seen from": session.view,
        "Repetitions": session.repetitions,
        "Found": ", ".join(found) + (f" ({session.dismissed} dismissed)" if session.dismissed else ""),
    }
    for metric, sample in session.metrics.items():
        unit = words.metric_words(metric)[1]
        spread = "" if sample.spread is None else f" ± {words.number(sample.spread, unit)}"
        row[_title(metric)] = f"{words.number(sample.mean, unit)}{spread}"
    return row
