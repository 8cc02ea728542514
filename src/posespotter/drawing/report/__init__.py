"""report.html: one file that a coach can read, keep, send and print; it asks nothing of any server."""

from posespotter.drawing.report.content import Person, Report
from posespotter.drawing.report.page import render_report

__all__ = ["Person", "Report", "render_report"]
