"""Change notes: what a note may look like, and where it goes in the changelog."""

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "change_notes.py"
tool = runpy.run_path(str(TOOL))
CHANGELOG = "# Changelog\n\n## Unreleased\n\n### Added\n- Old.\n\n## 0.1.0\n\n### Added\n- Older.\n"


def test_notes_go_to_the_end_of_their_sections() -> None:
    found = {"fixed": ["- A hole."], "added": ["- A door.\n  And a window."]}
    assert tool["assembled"](CHANGELOG, found) == CHANGELOG.replace(
        "- Old.\n", "- Old.\n- A door.\n  And a window.\n\n### Fixed\n- A hole.\n"
    )


@pytest.mark.parametrize("changelog", [CHANGELOG, CHANGELOG.replace("ed\n\n###", "ed\n\nA word before.\n\n###", 1)])
def test_without_notes_the_changelog_stays(changelog: str) -> None:
    assert tool["assembled"](changelog, {}) == changelog


def test_nothing_of_an_unknown_section_is_lost() -> None:
    with pytest.raises(tool["NoteError"], match="got 'Deprecated'"):
        tool["assembled"](CHANGELOG.replace("Added", "Deprecated", 1), {})


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("note.md", "Text.", "expected a name"),
        ("note.improved.md", "Text.", "expected a name"),
        ("Note.fixed.txt", "Text.", "expected a name"),
        ("note.fixed.md", " \n", "one paragraph"),
        ("note.fixed.md", "Two.\n\nParagraphs.", "one paragraph"),
        ("note.fixed.md", "- A list.", "got a list"),
        ("note.fixed.md", "word " * 30, "lines of at most"),
    ],
)
def test_a_note_that_is_none_is_named(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(tool["NoteError"], match=f"{name}: .*{says}"):
        tool["notes"](tmp_path)


def test_assemble_moves_the_notes(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "changes").mkdir()
    shutil.copy(TOOL, tmp_path / "tools")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    (tmp_path / "changes" / "README.md").write_text("How to.", "utf-8")
    (tmp_path / "changes" / "door.added.md").write_text("A door.\n", "utf-8")
    command = [sys.executable, str(tmp_path / "tools" / TOOL.name)]
    said = subprocess.run([*command, "assemble"], capture_output=True, text=True, check=True).stdout
    assert said == "1 change notes in order.\n"
    assert [path.name for path in (tmp_path / "changes").iterdir()] == ["README.md"]
    assert "- Old.\n- A door.\n" in (tmp_path / "CHANGELOG.md").read_text("utf-8")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


def test_the_notes_of_the_project_are_in_order() -> None:
    assert tool["main"](["check"]) == 0
