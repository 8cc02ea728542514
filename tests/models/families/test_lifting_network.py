"""The lifting network: its file, its shapes, and that left and right are treated alike."""

import numpy as np
import pytest

from posespotter.errors import ModelError, ShapeError
from posespotter.models.families import lifting_network as lifting
from posespotter.skeletons import COCO17


def joints(moments: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(0, 0.3, (moments, 17, 3)).astype(np.float32)


@pytest.mark.parametrize("moments", [1, 2, 25, 60])
def test_each_moment_has_an_answer(moments) -> None:
    places = lifting.embedded()(joints(moments))
    assert places.shape == (moments, 17, 3)
    assert places.dtype == np.float32
    assert np.isfinite(places).all()


def test_the_mirror_image_has_the_mirrored_answer() -> None:
    seen = joints(30)
    flip = np.array([-1, 1, 1], np.float32)
    mirrored = lifting.embedded()(seen[:, COCO17.mirror] * flip)
    np.testing.assert_allclose(mirrored, lifting.embedded()(seen)[:, COCO17.mirror] * flip, atol=1e-5)


def test_the_past_and_the_future_are_seen_for_half_a_second() -> None:
    seen = joints(60)
    changed = seen.copy()
    changed[40:] = seen[:39:-1]  # the same moments in another order, for the reach of limbs is that of all the clip
    before, after = (lifting.embedded()(one) for one in (seen, changed))
    half = lifting.WINDOW // 2
    np.testing.assert_allclose(after[: 40 - half], before[: 40 - half], atol=1e-6)
    assert np.abs(after[38] - before[38]).max() > 1e-3


def test_shapes_are_checked() -> None:
    with pytest.raises(ShapeError, match=r"expected an array of shape \(any, 17, 3\)"):
        lifting.embedded()(np.zeros((4, 51), np.float32))


@pytest.mark.parametrize("content", [None, b"not this network"])
def test_a_damaged_file_is_refused(tmp_path, monkeypatch, content) -> None:
    path = tmp_path / "lifting.onnx"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(lifting, "EMBEDDED", path)
    with pytest.raises(ModelError, match=r"lifting.onnx: expected SHA-256"):
        lifting.LiftingNetwork.load()
