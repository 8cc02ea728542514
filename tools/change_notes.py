"""Check the change notes in changes/, and put them into CHANGELOG.md.

    python tools/change_notes.py check
    python tools/change_notes.py assemble    # into "Unreleased"; deletes the notes

changes/README.md says what a note looks like.
"""

import re
import sys
from pathlib import Path

KINDS = ("added", "changed", "fixed", "removed", "security")
ROOT = Path(__file__).resolve().parents[1]
LONGEST_LINE = 125
_NAME = re.compile(rf"[a-z0-9][a-z0-9-]*\.({'|'.join(KINDS)})\.md")
_UNRELEASED = "## Unreleased\n"


class NoteError(Exception):
    """A note, or the changelog, is not what is expected; the message says what is."""


def notes(folder: Path) -> dict[str, list[str]]:
    """Read the notes of `folder`, by kind, each as the lines of one list item."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.iterdir()):
        if path.name == "README.md":
            continue
        name = _NAME.fullmatch(path.name)
        if not name:
            raise NoteError(
                f"{path.name}: expected a name such as faster-start.fixed.md; kinds are {', '.join(KINDS)}."
            )
        found.setdefault(name[1], []).append(_item(path))
    return found


def _item(path: Path) -> str:
    lines = path.read_text("utf-8").strip().splitlines()
    if not lines or not all(line.strip() for line in lines):
        raise NoteError(f"{path.name}: expected one paragraph of text without empty lines.")
    if lines[0].lstrip().startswith(("-", "#", "*")):
        raise NoteError(f"{path.name}: expected plain text, got a list or a heading: {lines[0]!r}.")
    if max(map(len, lines)) > LONGEST_LINE - 2:
        raise NoteError(f"{path.name}: expected lines of at most {LONGEST_LINE - 2} characters.")
    return "- " + "\n  ".join(line.strip() for line in lines)


def assembled(changelog: str, found: dict[str, list[str]]) -> str:
    """Return `changelog` with the notes at the end of their sections under "Unreleased"."""
    if _UNRELEASED not in changelog:
        raise NoteError(f"CHANGELOG.md: expected a line {_UNRELEASED.strip()!r}.")
    before, after = changelog.split(_UNRELEASED, 1)
    unreleased, *older = re.split(r"^(?=## )", after, maxsplit=1, flags=re.MULTILINE)
    head, *sections = re.split(r"^### ", unreleased, flags=re.MULTILINE)
    items = {kind: [] for kind in KINDS}
    for section in sections:
        title, _, text = section.partition("\n")
        if title.lower() not in items:
            raise NoteError(f"CHANGELOG.md: expected sections {', '.join(KINDS)} under Unreleased, got {title!r}.")
        items[title.lower()].append(text.strip())
    for kind, new in found.items():
        items[kind] += new
    parts = [f"### {kind.capitalize()}\n" + "\n".join(texts) + "\n" for kind, texts in items.items() if texts]
    return before + _UNRELEASED + "\n".join([head.rstrip("\n") and head.rstrip("\n") + "\n", *parts, *older])


def main(arguments: list[str]) -> int:
    if arguments not in (["check"], ["assemble"]):
        print(__doc__, file=sys.stderr)
        return 2
    folder, changelog = ROOT / "changes", ROOT / "CHANGELOG.md"
    try:
        found = notes(folder)
        text = assembled(changelog.read_text("utf-8"), found)
    except NoteError as error:
        print(error, file=sys.stderr)
        return 1
    if arguments == ["assemble"]:
        changelog.write_text(text, "utf-8")
        for path in folder.iterdir():
            if path.name != "README.md":
                path.unlink()
    print(f"{sum(map(len, found.values()))} change notes in order.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
