"""What a measurement of fall detection says: as a page, as Markdown, and as JSON."""

from posespotter.drawing.falls_report.content import FallsReport, Measured
from posespotter.drawing.falls_report.page import render_falls_report, to_markdown

__all__ = ["FallsReport", "Measured", "render_falls_report", "to_markdown"]
