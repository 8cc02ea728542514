"""The page and the Markdown of a measurement."""

from datetime import datetime

from posespotter.falls.classifier import CLASSES
from posespotter.reports.chart_style import svg
from posespotter.reports.evaluation_charts import confusion_chart, delay_chart, precision_chart, trade_chart
from posespotter.reports.evaluation_content import (
    FallsReport,
    Rows,
    alarm_rows,
    clip_rows,
    confusion_rows,
    figure_rows,
    rules,
    summary,
)
from posespotter.reports.page import page_template, written_date
from posespotter.version import __version__


def render_falls_report(report: FallsReport, made_at: datetime) -> str:
    """The report as one HTML page without scripts, whose policy forbids it to load anything."""
    main = report.main
    curve = [one for one in report.curve if one.recall.n and one.false_alarms.hours]
    return page_template("falls.html.j2").render(
        data=report.data,
        made_at=written_date(made_at),
        version=__version__,
        summary=summary(main),
        labels=[method.label for method in report.methods],
        figures=figure_rows([method.evaluation for method in report.methods]),
        sensitivities=[one.sensitivity for one in report.curve],
        curve_figures=alarm_rows(report.curve),
        trade=svg(trade_chart(curve, report.methods[1:]), name="trade") if curve else "",
        precision=svg(precision_chart(curve), name="precision") if curve else "",
        delays=svg(delay_chart(main), name="delays") if len(main.delays_s) else "",
        confusion=svg(confusion_chart(main.windows), name="confusion") if main.windows.counts.any() else "",
        clips=clip_rows(main.clips),
        facts=report.facts,
        cautions=report.cautions,
        rules=rules(),
    )


def to_markdown(report: FallsReport) -> str:
    """The same without the charts, for a file beside the code."""
    main = report.main
    lines = [f"# Fall detection measured on {report.data}", "", f"**{summary(main)}** {rules()}", ""]
    lines += [f"- {name}: {value}" for name, value in report.facts.items()]
    lines += [f"- {caution}" for caution in report.cautions]
    labels = [method.label for method in report.methods]
    lines += ["", "## Figures", "", *_table(["", *labels], figure_rows([one.evaluation for one in report.methods]))]
    if report.curve:
        names = [one.sensitivity for one in report.curve]
        lines += ["", "## Sensitivity", "", *_table(["", *names], alarm_rows(report.curve))]
    if main.windows.counts.any():
        rows = confusion_rows(main.windows)
        lines += ["", "## Windows", "", *_table(["truth \\ taken for", *CLASSES], rows)]
    lines += ["", "## Clips that went wrong", ""]
    wrong = [row for row in clip_rows(main.clips) if row.wrong]
    if not wrong:
        return "\n".join([*lines, "None."]) + "\n"
    lines += _header(["clip", "room or person", "length", "falls", "caught", "false alarms at", "seen"])
    for row in wrong:
        cells = (row.clip_id, row.group, row.length, row.falls, row.caught or row.missed, row.false_alarms, row.seen)
        lines.append(_row(list(cells)))
    return "\n".join(lines) + "\n"


def _table(names: list[str], rows: Rows) -> list[str]:
    lines = _header(names)
    for name, figures in rows:
        lines.append(_row([name, *(f"{one.value} ({one.detail})" if one.detail else one.value for one in figures)]))
    return lines


def _header(names: list[str]) -> list[str]:
    return [_row(names), f"|{'---|' * len(names)}"]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
