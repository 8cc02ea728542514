"""Draw how the rooms of the package use each other, docs/figures/architecture.svg; `check` says whether it is current.

    python tools/draw_architecture.py write|check

The lines are the imports: from a room to those that it uses, without those that follow from others. A room stands
below all that it uses.
"""

import ast
import sys
from functools import cache
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "posespotter"
TARGET = ROOT / "docs" / "figures" / "architecture.svg"

ROOMS = {
    "poses": (0.42, "PoseSequence, its file"),
    "media": (0.11, "open, decode, write video"),
    "models": (0.72, "ONNX files, fetched and run"),
    "synthetic": (0.89, "figures with known truth"),
    "filtering": (0.42, "gaps, smoothing, swaps"),
    "kinematics": (0.50, "angles, views, body scale"),
    "tracking": (0.50, "who is who"),
    "estimation": (0.29, "people in pictures"),
    "exercises": (0.53, "count, judge, compare"),
    "falls": (0.76, "classify, raise events"),
    "assessments": (0.49, "everyday tests"),
    "formats": (0.75, "files of other programs"),
    "drawing": (0.11, "overlays on frames"),
    "reports": (0.16, "charts and pages"),
    "tasks": (0.50, "a source to its folder"),
    "live": (0.28, "frames in, answers out"),
    "runs": (0.66, "the library of runs"),
    "jobs": (0.66, "queue and workers"),
    "ui": (0.50, "the web application"),
    "cli": (0.50, "the command line"),
}
"""How far from the left each room stands, as a share of the width, and what it is for."""
WIDTH, BOX, BOX_HIGH, STEP = 900, 176, 46, 82


def used_by(room: str) -> set[str]:
    """The other rooms that the modules of a room import from."""
    found = set()
    for path in (SRC / room).rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for_types = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and id(node) not in for_types:
                found |= {node.module.split(".")[1]} if node.module.startswith("posespotter.") else set()
    return (found & set(ROOMS)) - {room}


USES = {room: used_by(room) for room in ROOMS}


@cache
def reached(room: str) -> frozenset[str]:
    """All that a room uses, itself or through others."""
    return frozenset(USES[room]).union(*(reached(other) for other in USES[room]))


@cache
def row(room: str) -> int:
    """How far down a room stands: below all that it uses."""
    return max((row(other) + 1 for other in USES[room]), default=0)


def lines_between() -> list[tuple[str, str]]:
    """Each room and a room that it uses, without what follows from others."""
    return [
        (room, other)
        for room in ROOMS
        for other in ROOMS
        if other in USES[room] and not any(other in reached(third) for third in USES[room])
    ]


def picture() -> str:
    """The SVG."""
    middle = {room: (WIDTH * across, 40 + row(room) * STEP) for room, (across, _) in ROOMS.items()}
    high = max(y for _, y in middle.values()) + BOX_HIGH
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high:.0f}" font-family="sans-serif" '
        'role="img">',
        "<title>The rooms of PoseSpotter; each uses only what stands above it</title>",
        f'<rect width="{WIDTH}" height="{high:.0f}" fill="white"/>',
    ]
    for room, other in lines_between():
        (x0, y0), (x1, y1) = middle[room], middle[other]
        start, end = y0 - BOX_HIGH / 2, y1 + BOX_HIGH / 2
        turn = start - (STEP - BOX_HIGH)  # down the column of the upper room, and across between the last two rows
        half = (turn + start) / 2
        lines.append(
            f'<path d="M{x1:.0f},{end:.0f} V{turn:.0f} C{x1:.0f},{half:.0f} {x0:.0f},{half:.0f} {x0:.0f},{start:.0f}" '
            'fill="none" stroke="#9fb3c1" stroke-width="1.5"/>'
        )
    for room, (x, y) in middle.items():
        lines += [
            f'<rect x="{x - BOX / 2:.0f}" y="{y - BOX_HIGH / 2:.0f}" width="{BOX}" height="{BOX_HIGH}" rx="6" '
            'fill="#f2f6f8" stroke="#37596d"/>',
            f'<text x="{x:.0f}" y="{y - 4:.0f}" text-anchor="middle" font-size="15" font-weight="bold" fill="#1d3440">'
            f"{room}</text>",
            f'<text x="{x:.0f}" y="{y + 14:.0f}" text-anchor="middle" font-size="12" fill="#37596d">'
            f"{escape(ROOMS[room][1])}</text>",
        ]
    return "\n".join([*lines, "</svg>", ""])


def main() -> int:
    """Write or check the picture."""
    rooms = {path.parent.name for path in SRC.glob("*/__init__.py")}
    if rooms != set(ROOMS):
        print(f"ROOMS: expected the rooms of the package, differs in {', '.join(sorted(rooms ^ set(ROOMS)))}")
        return 1
    if sys.argv[1:] == ["write"]:
        TARGET.write_text(picture(), "utf-8")
        return 0
    if sys.argv[1:] != ["check"]:
        print(__doc__)
        return 2
    current = TARGET.is_file() and TARGET.read_text("utf-8") == picture()
    if not current:
        print(f"{TARGET.name}: not as the imports say; run python tools/draw_architecture.py write")
    return 0 if current else 1


if __name__ == "__main__":
    sys.exit(main())
