"""Style of charts: colours that follow the page's light or dark, letters, grid; and figures as SVG inside a page."""

import html
import io
import re
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Width = Literal["wide", "narrow"]
INCHES: dict[Width, float] = {"wide": 9.6, "narrow": 4.4}
"""Width of a chart on a page, and on the page of a telephone."""

# Stand-ins that become CSS variables of the page, so that one chart serves light and dark.
INK, SOFT, GRID, LINE, FAULT, BAND, LIMIT, CARD = (
    "#010203", "#010204", "#010205", "#010206", "#010207", "#010208", "#010209", "#01020a",
)  # fmt: skip
_VARIABLES = {
    INK: "ink", SOFT: "soft", GRID: "grid", LINE: "line", FAULT: "fault", BAND: "band", LIMIT: "limit",
    CARD: "card",
}  # fmt: skip
_PLAIN = {
    INK: "#1b2430", SOFT: "#5a6675", GRID: "#dfe4ea", LINE: "#0072b2", FAULT: "#d0142c", BAND: "#e3eaf2",
    LIMIT: "#8a4b00", CARD: "#ffffff",
}  # fmt: skip
"""Blue and red of the overlay, darker for white paper; told apart by width and brightness too."""


def svg(figure: "Figure", *, name: str, themed: bool = True) -> str:
    """A figure as SVG to stand inside a page.

    Args:
        figure: made within `chart_style`.
        name: tells this chart from others of the page.
        themed: colours are CSS variables of the page (--ink, --soft, --grid, --line, --fault, --band, --limit, --card);
            otherwise those of white paper.
    """
    import matplotlib as mpl

    text = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(text, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = text.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    # Its pixels are those of 72 to the inch; the page decides how large it is shown.
    drawing = re.sub(r'(<svg\b[^>]*?) height="[^"]*"', r"\1", drawing, count=1)
    drawing = re.sub(r'(<svg\b[^>]*?) width="[^"]*"', r"\1", drawing, count=1)
    drawing = drawing.replace("<svg", f'<svg role="img" aria-label="{html.escape(_subjects(figure))}"', 1)
    for colour, variable in _VARIABLES.items():
        drawing = drawing.replace(colour, f"var(--{variable})" if themed else _PLAIN[colour])
    return drawing


def _subjects(figure: "Figure") -> str:
    """Text alternative of a figure, for screen readers: the titles of its parts, or the labels of its axes."""
    words = [
        axis.get_title(loc="left") or axis.get_title() or f"{axis.get_ylabel()} over {axis.get_xlabel()}"
        for axis in figure.axes
    ]
    return f"Chart: {'; '.join(words)}"


def new_figure(width: float, height: float) -> "Figure":
    """An empty figure, sizes in inches; use it within `chart_style`."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def chart_style() -> Any:
    """Seaborn's white grid in the colours of the page."""
    import matplotlib as mpl
    import seaborn as sns

    return mpl.rc_context({
        **sns.axes_style("whitegrid"),
        "font.family": ["DejaVu Sans"], "font.size": 9.5, "axes.edgecolor": SOFT, "grid.color": GRID,
        "grid.linewidth": 0.8, "text.color": INK, "axes.labelcolor": SOFT, "xtick.color": SOFT,
        "ytick.color": SOFT, "xtick.labelsize": 9, "ytick.labelsize": 9, "axes.labelsize": 9.5,
    })  # fmt: skip
