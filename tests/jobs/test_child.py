"""The process of a job says in one sentence what nobody foresaw, and keeps the details."""

import io
from types import SimpleNamespace
from typing import Any

import pytest

from posespotter.jobs.child import _answer
from posespotter.last_resort import FILE
from posespotter.settings import expanded, own_folder


def job(error: BaseException) -> Any:
    def perform(_stage: str, _tell: object) -> None:
        raise error

    return SimpleNamespace(
        perform=perform, request=SimpleNamespace(name="walk.mp4"), source="/tmp/x/input.mp4", workspace="/tmp/x"
    )


@pytest.mark.parametrize(("error", "words"), [
    (ZeroDivisionError("/tmp/x/input.mp4"), "walk.mp4: unexpected ZeroDivisionError: walk.mp4. Please report it."),
    (MemoryError(), "walk.mp4: there is not enough memory for this work on this machine."),
])  # fmt: skip
def test_an_error_that_nobody_foresaw(error: BaseException, words: str) -> None:
    answer = _answer(job(error), "estimate", io.StringIO())
    assert answer["refused"].startswith(words)
    if not isinstance(error, MemoryError):
        assert answer["refused"].endswith(f"The details are in {expanded(own_folder('log')) / FILE}.")
        assert "ZeroDivisionError" in (expanded(own_folder("log")) / FILE).read_text("utf-8")
