"""Write the table of features into docs/falls-features.md, from what the code says of each.

python tools/falls_features.py
"""

from pathlib import Path

from posespotter.falls.features import CONTEXT_S, FEATURES, WINDOW_S
from posespotter.falls.sampling import RATE_HZ

PAGE = Path(__file__).resolve().parents[1] / "docs" / "falls-features.md"


def page() -> str:
    """The whole page."""
    rows = [f"| `{one.name}` | {one.unit} | {one.meaning} | {one.absent:g} |" for one in FEATURES]
    return "\n".join([
        "# The features of fall detection",
        "",
        f"Each person is looked at {RATE_HZ} times a second, at any frame rate, and from the past alone: the last "
        f"{WINDOW_S:g} s, and for the standing height the last {CONTEXT_S:g} s. Lengths are in body lengths (bl): the "
        "person's own standing height, measured by the limbs that are seen in full. Left is never told from right. "
        "Where the joints for a number were never seen it has the value in the last column, that of standing still; "
        "`score_now` to `seen_1s` say how far the joints can be trusted.",
        "",
        f"{len(FEATURES)} features; this page is written by `tools/falls_features.py`.",
        "",
        "| feature | unit | meaning | when not seen |",
        "|---|---|---|---|",
        *rows,
        "",
    ])  # fmt: skip


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
    print(f"wrote {PAGE}")
