"""The audit says what it could not look up, and calls nothing clean that it did not see."""

import runpy
from pathlib import Path

tool = runpy.run_path(str(Path(__file__).resolve().parents[2] / "tools" / "audit.py"))
summary, rounds, floor_pins = tool["summary"], tool["rounds"], tool["floor_pins"]

PINS = {("av", "18.1"), ("numpy-typing", "2.0")}
HOLE = {"id": "CVE-1", "fix_versions": ["18.2"]}
SEEN = {"name": "numpy_typing", "version": "2.0", "vulns": []}


def test_clean_is_what_was_looked_up_and_has_no_hole() -> None:
    answers = [{"name": "av", "version": "18.1", "vulns": []}, SEEN]
    assert summary(PINS, set(), answers) == (True, "Looked up 2 of 2 versions; no known holes in them.")


def test_a_hole_is_named_with_its_cure() -> None:
    clean, text = summary(PINS, {("av", "18.1")}, [{"name": "av", "version": "18.1", "vulns": [HOLE]}, SEEN])
    assert not clean
    assert text.splitlines() == [
        "av 18.1 (oldest admitted): CVE-1, mended in 18.2",
        "Looked up 2 of 2 versions; 1 known holes in them.",
    ]


def test_what_was_skipped_is_not_clean() -> None:
    clean, text = summary(PINS, set(), [{"name": "av", "skip_reason": "not found: av (18.1)"}, SEEN])
    assert not clean
    assert "Looked up 1 of 2 versions" in text
    assert "nothing is known of:\nav 18.1\nReason: not found" in text


def test_nothing_answered_is_not_clean() -> None:
    assert not summary(PINS, set(), [])[0]


def test_a_pip_audit_that_fails_gives_its_reason(tmp_path: Path) -> None:
    broken = tmp_path / "pip-audit"
    broken.write_text("#!/bin/sh\necho 'no route to host' >&2\nexit 1\n")
    broken.chmod(0o755)
    answers = tool["audited"](broken, {"av": "18.1"}, tmp_path)
    assert answers == [{"name": "av", "version": "18.1", "skip_reason": "no route to host"}]


def test_no_name_comes_twice_in_a_round() -> None:
    shared = rounds({("av", "18.1"), ("av", "19.0"), ("rich", "14")})
    assert [sorted(one.items()) for one in shared] == [[("av", "18.1"), ("rich", "14")], [("av", "19.0")]]


def test_the_oldest_admitted_versions_are_read() -> None:
    text = """
        [project]
        dependencies = ["av>=18.1", "opencv>=4.14,<5"]
        [project.optional-dependencies]
        app = ["psycopg[binary]>=3.2", "onnx>=1.22; sys_platform == 'win32'"]
        [dependency-groups]
        dev = ["pytest>=9"]
    """
    expected = {("av", "18.1"), ("opencv", "4.14"), ("psycopg", "3.2"), ("onnx", "1.22"), ("pytest", "9")}
    assert floor_pins(text) == expected


def test_every_lock_file_is_read_for_all_systems() -> None:
    names = {name for name, _ in tool["locked_pins"]()}
    assert {"av", "onnxruntime-gpu", "colorama", "pytest"} <= names
