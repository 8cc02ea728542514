"""Numbers as people say them."""

from datetime import UTC, datetime, timedelta

import pytest

from posespotter.jobs.stages import STAGES
from posespotter.runs import Run, RunState
from posespotter.ui.words import (
    duration_words,
    found_words,
    plain,
    plural,
    run_labels,
    size_words,
    stage_words,
    when_words,
)


@pytest.mark.parametrize(
    ("n_bytes", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (953_178, "953 KB"), (999_700, "1.0 MB"), (27_552_734, "28 MB"),
     (1_240_000_000, "1.2 GB"), (5e15, "5000 TB")],
)  # fmt: skip
def test_sizes(n_bytes, words):
    assert size_words(n_bytes) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0.0 s"), (6.24, "6.2 s"), (9.96, "10 s"), (59.6, "1 min 0 s"), (185, "3 min 5 s"), (7800, "2 h 10 min")],
)
def test_durations(seconds, words):
    assert duration_words(seconds) == words


@pytest.mark.parametrize(
    ("count", "word", "words"),
    [(0, "person", "0 people"), (1, "person", "1 person"), (2, "person", "2 people"), (1, "run", "1 run"),
     (1234, "frame", "1,234 frames")],
)  # fmt: skip
def test_plurals(count, word, words):
    assert plural(count, word) == words


NOW = datetime(2026, 5, 12, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ago", "zone", "words"),
    [
        (timedelta(seconds=5), None, "just now"),
        (timedelta(minutes=5), None, "5 min ago"),
        (timedelta(hours=3), None, "today 11:00"),
        (timedelta(hours=3), "Europe/Berlin", "today 13:00"),
        (timedelta(hours=3), "No/Where", "today 11:00"),
        (timedelta(days=1), None, "11 May 14:00"),
        (timedelta(days=400), None, "7 Apr 2025"),
    ],
)
def test_moments(ago, zone, words):
    assert when_words(NOW - ago, zone, NOW) == words


@pytest.mark.parametrize(
    ("test", "counts", "words"),
    [
        ("gait", {"value": 1.21, "invalid": 0, "video_s": 19.0}, "Gait: 1.21 m/s · 19 s"),
        ("sit-to-stand", {"value": 12.41, "error": 0.2}, "Five times sit-to-stand: 12.4 s ± 0.2 s"),
        ("gait", {"value": 1.21, "invalid": 0, "look": 2}, "Gait: 1.21 m/s, to be looked at"),
        ("gait", {"value": 1.21, "invalid": 1, "look": 2}, "Gait: 1.21 m/s, does not count"),
        ("gait", {"invalid": 0, "look": 0}, "Gait: no result"),
        ("of-another-version", {"value": 3.0}, "Of another version"),
    ],
)
def test_what_a_test_gave(test, counts, words):
    run = Run("20260512-140000000-b36nh2smbs", "test", "a", RunState.DONE, NOW, counts=counts, settings={"test": test})
    assert found_words(run) == words


@pytest.mark.parametrize(
    ("kind", "counts", "words"),
    [
        ("estimate", {"people": 2, "frames": 121, "video_s": 4.03}, "2 people · 4.0 s"),
        ("estimate", {"people": 1, "frames": 1}, "1 person · picture"),
        ("exercise", {"repetitions": 5, "faults": 2, "video_s": 19.0}, "5 repetitions · 2 faults · 19 s"),
        ("falls", {"falls": 0, "video_s": 61.0}, "0 falls · 1 min 1 s"),
        ("recording", {"frames": 300, "people": 0, "video_s": 10.0}, "10 s"),
        ("estimate", {}, ""),
    ],
)
def test_what_was_found(kind, counts, words):
    assert found_words(Run("20260512-140000000-b36nh2smbs", kind, "a", RunState.DONE, NOW, counts=counts)) == words


def test_runs_in_a_list_are_told_apart_and_keep_their_words():
    ids = [f"20260512-14000000{i}-b36nh2smbs" for i in range(3)]
    walk, stairs, again = (
        Run(one, "estimate", name, RunState.DONE, NOW, counts={"people": 1, "frames": 60, "video_s": 2.0})
        for one, name in zip(ids, ("walk.mp4", "stairs.mp4", "walk.mp4"), strict=True)
    )
    labels = run_labels([again, stairs, walk], "Europe/Berlin")
    assert labels == {
        walk.id: "walk.mp4 · 1 person · 2.0 s · 12 May 2026 16:00",
        stairs.id: "stairs.mp4 · 1 person · 2.0 s · 12 May 2026 16:00",
        again.id: "walk.mp4 · 1 person · 2.0 s · 12 May 2026 16:00 (2)",
    }
    assert run_labels([walk, stairs], "Europe/Berlin")[walk.id] == labels[walk.id]


def test_a_name_means_nothing_to_markdown():
    assert plain("*a* [b](c) :smile: $x$ <i>") == r"\*a\* \[b\]\(c\) \:smile\: \$x\$ \<i\>"


@pytest.mark.parametrize("stage", ["", "draw", "overlay", *sorted(set().union(*STAGES.values()))])
def test_stages_are_no_private_words(stage):
    assert stage_words(stage) != stage


def test_a_stage_that_has_no_words_is_told_as_it_is():
    assert stage_words("fetch rtmpose-m") == "fetch rtmpose-m"
