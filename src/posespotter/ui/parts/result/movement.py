"""An exercise that was analysed: what a page shows of it."""

from datetime import date

import streamlit as st

from posespotter.exercises import exercise_names, load_exercise
from posespotter.exercises.analysis import ExerciseAnalysis, Fault, Repetition
from posespotter.exercises.comparison import Comparison, MetricChange, Sample, compare, read_analysis
from posespotter.exercises.recognition import recognise
from posespotter.exercises.words import phrases as words
from posespotter.exercises.words.explanation import own_limits
from posespotter.exercises.words.judgements import Said, dismissed_in, overruled
from posespotter.reports.charts import signal_chart
from posespotter.reports.exercise_content import looked_through
from posespotter.reports.movement_charts import Along, angles_chart, places_chart, shoulder_chart
from posespotter.runs import Run, RunState
from posespotter.tasks.movement import Movement, read_movement
from posespotter.ui.parts.choosing.choice import Chosen, looked_at, start
from posespotter.ui.parts.clinic import report_link
from posespotter.ui.parts.result.downloads import downloads
from posespotter.ui.parts.result.judging import judging
from posespotter.ui.parts.result.limits import analyse_with_limits, limits_of_person
from posespotter.ui.parts.result.pair import Mark, PairClip, pair
from posespotter.ui.parts.result.player import file_address, player
from posespotter.ui.parts.result.replay import Jump, Moment, TimeChart, ask_jump, asked_jump, replay, time_chart
from posespotter.ui.parts.result.result import offered
from posespotter.ui.shared import library, people
from posespotter.ui.words import day_words, plain, plural, run_labels

CHARTS = ("Signals", "Joint angles", "Horizontal positions", "Vertical positions", "Shoulders over feet")
MARKS = {
    "good": ":material/check:", "nothing_wrong_seen": ":material/visibility:", "fault": ":material/close:",
    "cannot_tell": ":material/question_mark:",
}  # fmt: skip

_READY = "movement-charts-ready"


@st.cache_resource(max_entries=4, show_spinner=False)
def movement_of(run_id: str) -> Movement:
    """The analysis of a run with its curves."""
    return read_movement(library().folder(run_id))


@st.cache_data(max_entries=40, show_spinner=False)
def chart_of(run_id: str, person: int, kind: str) -> TimeChart:
    """One of `CHARTS`."""
    movement = movement_of(run_id)
    poses, analysis = movement.poses, movement.analyses[person]
    if kind == "Signals":
        figure = signal_chart(analysis, "narrow")
    elif kind == "Joint angles":
        figure = angles_chart(poses, analysis, movement.view, "narrow")
    elif kind == "Shoulders over feet":
        figure = shoulder_chart(poses, analysis, movement.view, "narrow")
    else:
        along: Along = "horizontal" if kind == "Horizontal positions" else "vertical"
        figure = places_chart(poses, analysis, along, "narrow")
    return time_chart(figure, kind.lower().replace(" ", "-"))


@st.cache_data(max_entries=40, show_spinner=False)
def recognised_in(run_id: str) -> list[tuple[str, str, int]]:
    """Name, title and repetitions of the exercises that a run may show, the likeliest first."""
    known = [load_exercise(name) for name in exercise_names()]
    found = recognise(movement_of(run_id).poses, known)
    return [(one.exercise.name, one.exercise.title, one.count) for one in found]


def show_movement(run: Run) -> None:
    """Everything of one analysis."""
    movement = movement_of(run.id)
    number = _choose_person(run, movement)
    found = movement.analyses[number]
    said = people().session(run).said(run.id, found.track_id or 0)
    analysis = overruled(found, said)
    names = library().artefacts(run.id)
    with st.container():  # one element, whatever stands in it: what moves down would lose its open tab
        _say(analysis, said)
        analyse_with_limits(run, analysis)
    with st.container():
        _show_recognised(run, analysis.exercise, counted=any(one.count for one in movement.analyses))
    repetition = _choose_repetition(run, found, said)
    to_draw = _show_replay(run, analysis, number, names, repetition)
    with st.container():
        if repetition is not None:
            _show_repetition(run, repetition, names, number, movement)
    every, open_, limited, other, files = st.tabs(
        [
            ":material/table_rows: All repetitions",
            ":material/help: Not judged",
            ":material/straighten: Limits",
            ":material/compare_arrows: Compare",
            ":material/download: Report and files",
        ]
    )
    with every:
        _show_table(found, said)
    with open_:
        _show_open(analysis)
    with limited:
        limits_of_person(run, analysis.definition)
    with other:
        _show_comparison(run, analysis.exercise)
    with files:
        report_link(run, number)
        if "report.html" in names:
            st.link_button(
                "Open the report with all details", file_address(run.id, "report.html"), icon=":material/description:"
            )
        downloads(offered(run, names), key=f"movement-files-{run.id}")
    if to_draw is not None:
        chart_of(*to_draw)
        st.session_state.setdefault(_READY, set()).add(to_draw)
        st.rerun()


def _say(analysis: ExerciseAnalysis, said: Said) -> None:
    """The result in a sentence, and in small print what qualifies it."""
    st.markdown(f"### {plain(words.summary(analysis))}")
    limits = own_limits(analysis.definition)
    for line in (words.notes(analysis), words.coverage(analysis), limits, looked_through(said)):
        if line:
            st.caption(plain(line))


def _show_recognised(run: Run, asked: str, *, counted: bool) -> None:
    """Show the exercise that the clip shows more of than of the requested one, with a button to analyse it as that."""
    if counted and asked not in exercise_names():  # a file of one's own: what else it looks like says nothing
        return
    with st.spinner("Looking for another exercise…"):
        found = recognised_in(run.id)
    if not found and not counted:
        st.info("It is none of the exercises that are known here, as far as could be seen.", icon=":material/help:")
    if not found or found[0][0] == asked:
        return
    name, title, count = found[0]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/lightbulb: This looks like **{plain(title)}**: {plural(count, 'repetition')}.")
        if st.button(f"Analyse it as {title}", type="primary", icon=":material/play_arrow:", key="movement-instead"):
            start("exercise", Chosen(run=looked_at(run)), {"exercise": name})


def _choose_person(run: Run, movement: Movement) -> int:
    """Choose whom to show, where several people did the exercise."""
    if len(movement.analyses) == 1:
        return 0
    people = range(len(movement.analyses))
    return st.pills(
        "Person", list(people), default=0, required=True, key=f"movement-person-{run.id}",
        format_func=lambda i: f"Person {movement.analyses[i].track_id}",
    )  # fmt: skip


def _choose_repetition(run: Run, analysis: ExerciseAnalysis, said: Said) -> Repetition | None:
    """The selected repetition: the first with a fault, until another is chosen."""
    by_index = {one.index: one for one in analysis.repetitions}
    if not by_index:
        return None
    first = next((one.index for one in analysis.repetitions if one.verdict == "fault"), next(iter(by_index)))
    chosen = st.pills(
        "Repetitions", list(by_index), default=first, key=f"movement-repetition-{run.id}-{analysis.track_id}",
        format_func=lambda i: f"{_mark(by_index[i], said)} {i}",
    )  # fmt: skip
    return None if chosen is None else by_index[chosen]


def _mark(repetition: Repetition, said: Said) -> str:
    """The symbol of a repetition; one whose faults were all dismissed has a symbol of its own."""
    faults = [fault for fault in repetition.faults if fault.severity == "fault"]
    none = dismissed_in(repetition, said)
    if faults and all(fault in none for fault in faults):
        return ":material/person_check:"
    return MARKS[repetition.verdict]


def _show_replay(
    run: Run, analysis: ExerciseAnalysis, number: int, names: list[str], repetition: Repetition | None
) -> tuple[str, int, str] | None:
    """The video with the chart; which chart is still to be drawn."""
    kind = st.segmented_control(
        "Chart", CHARTS, default=CHARTS[0], required=True, key="movement-chart", label_visibility="collapsed"
    )
    video = "overlay.mp4" if "overlay.mp4" in names else ""
    wanted = (run.id, number, kind)
    # A chart takes a moment to draw; meanwhile the video and the verdicts are there.
    drawn = wanted in st.session_state.get(_READY, set())
    jump = None  # to the far end of the repetition, or to the fault that was clicked
    if repetition is not None:
        jump = asked_jump(run.id, repetition.index) or Jump(repetition.bottom_s)
    chart = chart_of(*wanted) if drawn else None
    part = None if repetition is None else (repetition.start_s, repetition.end_s)
    moments = [
        moment
        for one in analysis.repetitions
        for moment in (
            Moment(f"{one.index}, {words.near_end(analysis, one)}", one.start_s),
            Moment(f"{one.index}, {words.far_end(analysis, one)}", one.bottom_s),
        )
    ]
    replay(
        run.id, video, chart, key=f"movement-replay-{run.id}", fps=analysis.fps, jump=jump, part=part, title=run.name,
        moments=moments, tracks=analysis.track_ids,
    )  # fmt: skip
    return None if drawn or not len(analysis.series.time_s) else wanted


def _show_repetition(run: Run, repetition: Repetition, names: list[str], number: int, movement: Movement) -> None:
    """The verdict with its reasons, and each fault with its clip."""
    verdict = words.verdict_words(repetition.verdict, repetition.judged, len(repetition.checks), repetition.borderline)
    level = f" · {repetition.level}" if repetition.level else ""
    when = f"{words.clock(repetition.start_s)} to {words.clock(repetition.end_s)}"
    st.markdown(f"**Repetition {repetition.index}: {verdict}**{level} · {when} · {words.view_words(repetition.view)}")
    analysis = movement.analyses[number]
    track_id = analysis.track_id or 0
    none = dismissed_in(repetition, people().session(run).said(run.id, track_id))
    whose = f"person{movement.analyses[number].track_id}_" if number else ""
    for fault in sorted(repetition.faults, key=lambda one: one.severity != "fault"):
        with st.container(border=True):
            text, clip = st.columns([3, 2], gap="medium")
            icon = ":material/error:" if fault.severity == "fault" else ":material/info:"
            name = words.spoken(fault.name).capitalize()
            kind = "" if words.kind_of(fault) == "fault" else f" :gray-badge[{words.kind_of(fault)}]"
            text.markdown(f"{icon} ~~{name}~~ :gray-badge[dismissed]" if fault in none else f"{icon} **{name}**{kind}")
            text.markdown(plain(words.sentence(fault.finding)))
            text.markdown(plain(fault.advice))
            text.caption(
                f"{words.clock(fault.start_s)} to {words.clock(fault.end_s)} · {100 * fault.confidence:.0f} % sure"
            )
            text.button(
                "Show it above", icon=":material/play_arrow:", key=f"show-{repetition.index}-{fault.name}",
                on_click=ask_jump, args=(run.id, repetition.index, fault.start_s, fault.end_s),
            )  # fmt: skip
            with text:
                judging(run, track_id, repetition.index, fault.name, analysis.definition)
            file = f"faults/{whose}rep{repetition.index:02d}_{fault.name}.mp4"
            if file in names:
                with clip:
                    player(run.id, file, key=f"clip-{file}", poster=False, loop=True)


def _show_table(analysis: ExerciseAnalysis, said: Said) -> None:
    """A line a repetition: verdict, times and numbers."""
    if not analysis.repetitions:
        st.info(plain(words.sentence(analysis.reason)), icon=":material/info:")
        return
    rows = []
    for one in analysis.repetitions:
        none = dismissed_in(one, said)
        row: dict[str, object] = {
            "Repetition": one.index,
            "Verdict": words.VERDICTS[one.verdict],
            "Found": ", ".join(_found(fault, dismissed=fault in none) for fault in one.faults),
            "From": words.clock(one.start_s),
            "To": words.clock(one.end_s),
            "How far": one.level,
            "Seen": words.view_words(one.view),
        }
        for metric in analysis.definition.metric:
            title, unit = words.metric_words(metric.name)
            label = f"{title[:1].upper()}{title[1:]}, {words.unit_words(unit).strip()}".rstrip(", ")
            row[label] = words.number(one.metrics.get(metric.name), unit)
        rows.append(row)
    st.dataframe(rows, hide_index=True, height="content", key="movement-table")


def _found(fault: Fault, *, dismissed: bool) -> str:
    """Words for a finding, with its severity where it is no fault: `drops down (note)`."""
    kind = "dismissed" if dismissed else words.kind_of(fault)
    return words.spoken(fault.name) + ("" if kind == "fault" else f" ({kind})")


def _show_open(analysis: ExerciseAnalysis) -> None:
    """Show what could not be judged or was not counted, and why."""
    reasons: dict[str, dict[str, None]] = {}
    for one in analysis.repetitions:
        for check in one.checks:
            if check.verdict == "cannot_tell":
                reasons.setdefault(check.reason, {})[words.spoken(check.name)] = None
    for reason, names in reasons.items():
        st.markdown(f"- **{plain(words.listed(list(names)).capitalize())}**: {plain(words.sentence(reason))}")
    for movement in analysis.uncounted:
        when = f"{words.clock(movement.start_s)} to {words.clock(movement.end_s)}"
        st.markdown(f"- **Not counted, {when}**: {plain(words.sentence(movement.reason))}")
    if not reasons and not analysis.uncounted:
        st.markdown("Everything that this exercise file checks was judged." if analysis.count else "Nothing was seen.")


def _show_comparison(run: Run, exercise: str) -> None:
    """Another analysis of the same exercise beside this one."""
    others = [
        one for one in library().runs(kind="exercise", state=RunState.DONE)
        if one.id != run.id and one.settings.get("exercise") == exercise and one.counts.get("repetitions")
    ]  # fmt: skip
    whose = people().session(run).person
    others.sort(key=lambda one: people().session(one).person != whose)  # those of the same person first
    if not others:
        st.info(f"Analyse another {exercise.replace('-', ' ')} to compare the two.", icon=":material/compare_arrows:")
        return
    labels = run_labels(others, st.context.timezone)
    chosen = st.selectbox(
        "Compare with", [one.id for one in others], index=None, key=f"movement-compare-{run.id}",
        placeholder="Choose an earlier analysis", format_func=lambda one: labels[one],
    )  # fmt: skip
    if chosen:
        first, second = sorted([next(one for one in others if one.id == chosen), run], key=_day)
        analyses = [read_analysis(library().folder(one.id)) for one in (first, second)]
        labels_of = _dated([first, second])
        one_person = whose is not None and all(people().session(one).person == whose for one in (first, second))
        _show_change(compare(*analyses, one_person=one_person), (labels_of[first.id], labels_of[second.id]))
        if all("overlay.mp4" in library().artefacts(one.id) for one in (first, second)):
            pair(*(_pair_clip(one, labels_of[one.id]) for one in (first, second)), key=f"pair-{first.id}-{second.id}")


def _day(run: Run) -> tuple[date, str]:
    """Day a run's clip was filmed, as far as is known; runs of one day keep the order in which they were made."""
    return people().session(run).day or run.created_at.date(), run.id


def _dated(runs: list[Run]) -> dict[str, str]:
    """Name and day of each, and the time where that is all that tells them apart."""
    named = {run.id: f"{run.name}, {day_words(_day(run)[0])}" for run in runs}
    if len(set(named.values())) < len(runs):
        return run_labels(runs, st.context.timezone)
    return named


def _pair_clip(run: Run, title: str) -> PairClip:
    """An analysis beside another: from the bottom of a repetition, or from the start."""
    analysis = movement_of(run.id).analyses[0]
    marks = [Mark(f"Repetition {one.index}", one.bottom_s) for one in analysis.repetitions]
    return PairClip(run.id, title, analysis.fps, [*marks, Mark("Start of the video", 0.0)])


def _show_change(change: Comparison, names: tuple[str, str]) -> None:
    before, now = st.columns(2)
    for column, which, i in ((before, "Then", 0), (now, "Now", 1)):
        column.metric(f"{which}: {plain(names[i])}", f"{change.good[i]} of {change.repetitions[i]} good")
    st.dataframe([_change_row(metric) for metric in change.metrics], hide_index=True, key="movement-change")
    if change.faults:
        rows = [
            {
                "Found": words.spoken(one.name),
                "Then": words.of_judged(one.first, one.first_judged),
                "Now": words.of_judged(one.second, one.second_judged),
            }
            for one in change.faults
        ]
        st.dataframe(rows, hide_index=True, key="movement-change-faults")
    st.caption("Mean ± standard deviation between repetitions; change ± its 95 % confidence interval.")
    for caution in change.cautions:
        st.warning(plain(caution), icon=":material/warning:")


def _change_row(metric: MetricChange) -> dict[str, str]:
    title, unit = words.metric_words(metric.name)
    margin = "" if metric.margin is None else f" ± {words.number(metric.margin, unit)}"
    sign = "+" if metric.change is not None and metric.change > 0 else ""
    return {
        "Measure": f"{title[:1].upper()}{title[1:]}, {words.unit_words(unit).strip()}".rstrip(", "),
        "Then": _sample_words(metric.first, unit),
        "Now": _sample_words(metric.second, unit),
        "Change": f"{sign}{words.number(metric.change, unit)}{margin}",
        "Result": metric.finding,
    }


def _sample_words(sample: Sample, unit: str) -> str:
    spread = "" if sample.spread is None else f" ± {words.number(sample.spread, unit)}"
    return f"{words.number(sample.mean, unit)}{spread}"
