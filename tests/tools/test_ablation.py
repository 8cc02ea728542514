"""The ablation leaves out what is there: its rules are named by words, which a renaming does not find."""

import importlib.util
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"


def test_every_rule_that_is_left_out_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(FOLDER), *sys.path])
    spec = importlib.util.spec_from_file_location("ablation", FOLDER / "ablation.py")
    assert spec is not None
    assert spec.loader is not None
    ablation = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(ablation)
    assert len(ablation.PARTS) > 30
    for rule in ablation.PARTS.values():
        with ExitStack() as left_out:
            for patch in rule():  # raises where there is no such name
                left_out.enter_context(patch)
