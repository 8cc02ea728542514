"""An estimation that is cut off anywhere and goes on ends bit for bit as one that was not."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tests.clips import cut
from tests.painted import PaintedDetector, PaintedPose, PaintedSource, always, between, standing, together

from posespotter.errors import InputError
from posespotter.estimation import estimator as module
from posespotter.estimation.checkpoint import Checkpoints
from posespotter.estimation.estimator import PoseEstimator
from posespotter.estimation.pose_tracker import PoseTracker
from posespotter.media import Source, open_source
from posespotter.models.load import Loaded
from posespotter.poses.metadata import metadata_of
from posespotter.tracking.state import read_state, write_state

BUSY = together([
    always(standing(120)),
    between(0.2, 1.1, standing(300), number=2),
    lambda t: {3: standing(560 - 260 * t)},  # walks in front of both
    between(1.5, 2.1, standing(330), number=4),
])  # fmt: skip
"""Two seconds in which people come, go, hide one another and are found again."""


def equal(one, other):
    assert one.columns().keys() == other.columns().keys()
    for name, column in one.columns().items():
        assert column.tobytes() == getattr(other, name).tobytes(), name
    assert metadata_of(one) == metadata_of(other)


class Broken(Source):
    """A source that the machine stops reading at a frame, as `kill -9` would."""

    def __init__(self, source, at):
        self._source, self._at = source, at
        self.info, self.warnings = source.info, []

    def __iter__(self):
        for frame in self._source:
            if frame.index == self._at:
                raise RuntimeError("the power went")
            yield frame


class Stuttering(Source):
    """A source that pauses after every twelfth frame, so that not all frames ahead are looked at early."""

    def __init__(self, source):
        self._source = source
        self.info, self.warnings = source.info, []

    def __iter__(self):
        for frame in self._source:
            yield replace(frame, time_s=frame.time_s + 0.2 * (frame.index // 12))


@pytest.fixture
def painted(monkeypatch):
    def make(**options):
        # Short-sighted, so that parts of the picture are searched in turn.
        monkeypatch.setattr(module, "load_detector", lambda *_: Loaded("d", "0" * 64, PaintedDetector(input_size=224)))
        monkeypatch.setattr(module, "load_pose_model", lambda *_: Loaded("p", "1" * 64, PaintedPose()))
        return PoseEstimator(**options)

    return make


def source(frames=66):
    return PaintedSource(BUSY, frames, 30, noisy=True)


@pytest.mark.parametrize("every", ["auto", 7])
def test_a_tracker_restored_at_every_frame_does_the_same(every, tmp_path):
    def fresh():
        return PoseTracker(PaintedDetector(input_size=224), PaintedPose(), every)

    steady, restored = fresh(), fresh()
    for frame in source():
        expected = steady.step(frame.time_s, frame.image)
        write_state(restored.state(), tmp_path / "state.npz")
        restored = fresh()
        restored.restore(read_state(tmp_path / "state.npz"))
        got = restored.step(frame.time_s, frame.image)
        assert list(got.ids) == list(expected.ids)
        assert got.detected == expected.detected
        np.testing.assert_array_equal(got.joints.keypoints, expected.joints.keypoints)
        np.testing.assert_array_equal(got.joints.regions.boxes, expected.joints.regions.boxes)


@pytest.mark.parametrize(
    ("cuts", "every_s"), [((0,), 0.1), ((1,), 0.0), ((40, 20, 64), 0.3), ((65, 65), 0.0), ((20,), 30.0)]
)
def test_an_estimation_cut_off_at_any_frame_ends_the_same(painted, cuts, every_s, tmp_path):
    expected = painted().run(source())
    for at in cuts:
        with pytest.raises(RuntimeError):
            painted().run(Broken(source(), at), checkpoints=Checkpoints(tmp_path / "kept", every_s=every_s))
    estimator = painted()
    result = estimator.run(source(), checkpoints=Checkpoints(tmp_path / "kept", every_s=every_s))
    equal(result.poses, expected.poses)
    assert result.poses.n_frames == 66
    if every_s == 0 and max(cuts) == 65:  # what was done is not done again, and is counted
        assert estimator.detector.model.session.calls < 5
        assert result.timings.detector_runs == expected.timings.detector_runs
        assert result.timings.pose_runs == expected.timings.pose_runs


def test_another_model_or_setting_begins_anew(painted, tmp_path):
    checkpoints = Checkpoints(tmp_path, every_s=0)
    painted().run(source(12), checkpoints=checkpoints)
    result = painted(max_people=1).run(source(12), checkpoints=Checkpoints(tmp_path, every_s=0))
    equal(result.poses, painted(max_people=1).run(source(12)).poses)


@pytest.mark.parametrize("damage", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[:99])])
@pytest.mark.parametrize("file", ["state.npz", "part-00003.parquet"])
def test_a_damaged_or_missing_checkpoint_costs_time_and_nothing_else(painted, damage, file, tmp_path):
    painted().run(source(12), checkpoints=Checkpoints(tmp_path, every_s=0))
    damage(tmp_path / file)
    result = painted().run(source(12), checkpoints=Checkpoints(tmp_path, every_s=0))
    equal(result.poses, painted().run(source(12)).poses)


def test_an_empty_room_can_be_cut_off_too(painted, tmp_path):
    def empty():
        return PaintedSource(lambda _: {}, 20, 30)

    with pytest.raises(RuntimeError):
        painted().run(Broken(empty(), 15), checkpoints=Checkpoints(tmp_path, every_s=0.1))
    result = painted().run(empty(), checkpoints=Checkpoints(tmp_path, every_s=0.1))
    equal(result.poses, painted().run(empty()).poses)
    assert result.poses.n_frames == 20


def test_slow_work_is_kept_by_the_clock_too(tmp_path):
    assert not Checkpoints(tmp_path, every_s=30, work_s=60).due(29)
    assert Checkpoints(tmp_path, every_s=30, work_s=60).due(30)
    assert Checkpoints(tmp_path, every_s=30, work_s=0).due(0)


@cache
def fast():
    return PoseEstimator(pose="movenet-lightning")


@pytest.mark.parametrize(
    ("as_it_is", "cuts", "every_s"), [(lambda source: source, (13, 31), 0.2), (Stuttering, (13, 25, 37), 0.0)]
)
def test_a_real_clip_cut_off_several_times_gives_the_same_file(demo_clip, as_it_is, cuts, every_s, tmp_path):
    clip = cut(demo_clip, tmp_path / "walk.mp4", 40)

    def run(checkpoints=None, at=None):
        with open_source(clip) as opened:
            source = as_it_is(opened)
            return fast().run(source if at is None else Broken(source, at), checkpoints=checkpoints)

    expected = run()
    for at in cuts:
        with pytest.raises(RuntimeError):
            run(Checkpoints(tmp_path / "kept", every_s=every_s), at)
    result = run(Checkpoints(tmp_path / "kept", every_s=every_s))
    assert len(expected.poses) > 30
    expected.poses.to_parquet(tmp_path / "expected.parquet")
    result.poses.to_parquet(tmp_path / "result.parquet")
    assert (tmp_path / "result.parquet").read_bytes() == (tmp_path / "expected.parquet").read_bytes()


_VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5), st.lists(st.integers())
)
_ARRAYS = hnp.arrays(
    st.sampled_from([np.float32, np.float64, np.int32, np.bool_]), hnp.array_shapes(min_dims=1, min_side=0, max_side=3)
)
_NAMES = st.text("abc_", min_size=1, max_size=4)


@settings(max_examples=40)
@given(
    state=st.dictionaries(
        _NAMES, st.one_of(_VALUES, _ARRAYS, st.dictionaries(_NAMES, st.one_of(_VALUES, _ARRAYS), min_size=1))
    )
)
def test_a_state_is_read_as_it_was_written(state, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "any.npz"
    write_state(state, path)
    _same(read_state(path), state)


def _same(got, expected):
    if isinstance(expected, dict):
        assert got.keys() == expected.keys()
        for name, value in expected.items():
            _same(got[name], value)
    elif isinstance(expected, np.ndarray):
        assert got.dtype == expected.dtype
        assert got.shape == expected.shape
        assert got.tobytes() == expected.tobytes()
    else:
        assert got == expected
        assert type(got) is type(expected)


@pytest.mark.parametrize("content", [b"", b"no zip at all", b"PK\x03\x04 cut off"])
def test_what_is_no_state_is_said(content, tmp_path):
    (tmp_path / "state.npz").write_bytes(content)
    with pytest.raises(InputError, match="stored state"):
        read_state(tmp_path / "state.npz")
    with pytest.raises(InputError, match="stored state"):
        read_state(tmp_path / "none.npz")


def test_a_state_never_unpickles(tmp_path):
    np.savez(tmp_path / "state.npz", values=np.array("{}"), evil=np.array([{}], dtype=object))
    with pytest.raises(InputError, match="stored state"):
        read_state(tmp_path / "state.npz")
