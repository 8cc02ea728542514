"""What was found, stored and read back."""

import json
from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.errors import InputError
from posespotter.falls.detect import FallAnalysis, Windows
from posespotter.falls.events import STATES, FallEvent
from posespotter.formats.falls import EVENTS_FILE, PROBABILITIES_FILE, read_analysis, write_analysis

EVENT = FallEvent("fall", 3, 1.0, 1.6, 1.733, None, 0.91, "down")


def analysis(n_moments=7, events=(EVENT,)):
    rng = np.random.default_rng(n_moments)
    windows = Windows(
        np.arange(n_moments) / 15,
        np.ones(n_moments, np.int32),
        rng.dirichlet(np.ones(3), n_moments).reshape(-1, 3),
        rng.dirichlet(np.ones(3), n_moments).reshape(-1, 3),
        rng.integers(0, len(STATES), n_moments).astype(np.int32),
    )
    return FallAnalysis(events, windows, 120, 29.97, "küche.mp4", "forest-1")


def read(folder):
    return read_analysis(folder / EVENTS_FILE, folder / PROBABILITIES_FILE)


@given(
    n_moments=st.integers(0, 40),
    end_s=st.none() | st.floats(2, 1e5),
    state=st.sampled_from(["down", "recovered"]),
    n_events=st.integers(0, 3),
)
def test_what_is_stored_comes_back(tmp_path_factory, n_moments, end_s, state, n_events):
    folder = tmp_path_factory.mktemp("falls")
    event = FallEvent("fall", 2, 0.5, 1.25, 1.3, end_s and round(end_s, 3), 0.875, state)
    given_ = analysis(n_moments, (event,) * n_events)
    write_analysis(given_, folder)
    found = read(folder)
    assert found.events == given_.events
    assert (found.n_frames, found.fps, found.source, found.classifier) == (120, 29.97, "küche.mp4", "forest-1")
    for name, values in asdict(given_.windows).items():
        assert getattr(found.windows, name) == pytest.approx(values, abs=0)
        assert getattr(found.windows, name).dtype == values.dtype


@pytest.mark.parametrize(
    ("events", "probabilities"),
    [
        (None, b""),
        (b"", None),
        (b"{", None),
        (b"[]", None),
        (json.dumps({"events": [{"kind": "fall"}]}).encode(), None),
        (json.dumps({"events": []}).encode(), None),
        (b"\xff\xfe", None),
        (None, b"PAR1 no table PAR1"),
    ],
)
def test_other_files_are_refused(tmp_path, events, probabilities):
    write_analysis(analysis(), tmp_path)
    for name, content in ((EVENTS_FILE, events), (PROBABILITIES_FILE, probabilities)):
        if content is not None:
            (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match="of a search for falls"):
        read(tmp_path)


def test_missing_files_are_told(tmp_path):
    with pytest.raises(InputError, match=EVENTS_FILE):
        read(tmp_path)
