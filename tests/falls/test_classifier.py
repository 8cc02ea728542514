import json
from pathlib import Path

import numpy as np
import onnx
import pytest

from posespotter.errors import ModelError, ShapeError
from posespotter.falls.classifier import CLASSES, EMBEDDED, METADATA_KEY, FallClassifier, embedded
from posespotter.falls.features import N_FEATURES
from posespotter.falls.training.examples import Examples
from posespotter.falls.training.forest import Grown


def test_the_embedded_forest() -> None:
    classifier = embedded()
    assert classifier.name == "forest-2"
    assert EMBEDDED.stat().st_size < 3_500_000
    probabilities = classifier.probabilities(np.zeros((1, N_FEATURES), np.float32))
    assert probabilities.shape == (1, len(CLASSES))
    assert probabilities.sum() == pytest.approx(1)


def test_onnx_says_what_scikit_learn_says(forest: Grown, classifier: FallClassifier, examples: Examples) -> None:
    """On 100 000 windows: real ones, and ones that lie exactly on the thresholds of the trees."""
    random = np.random.default_rng(0)
    thresholds = [tree.tree_ for tree in forest.forest.estimators_]
    features = examples.features[random.integers(len(examples), size=100_000)].copy()
    for tree in thresholds:
        for column, value in zip(tree.feature, tree.threshold, strict=True):
            if column >= 0:
                features[random.integers(len(features), size=20), column] = value
    ours = classifier.probabilities(features)
    theirs = forest.probabilities(features)
    assert np.array_equal(ours.argmax(axis=1), theirs.argmax(axis=1))
    assert np.abs(ours - theirs).max() < 1e-5
    alone = np.concatenate([classifier.probabilities(features[i : i + 1]) for i in range(200)])
    assert np.array_equal(alone, ours[:200])


def test_no_windows_and_wrong_windows(classifier: FallClassifier) -> None:
    assert classifier.probabilities(np.zeros((0, N_FEATURES), np.float32)).shape == (0, 3)
    with pytest.raises(ShapeError, match=rf"features: expected an array of shape \(any, {N_FEATURES}\), got \(2, 5\)"):
        classifier.probabilities(np.zeros((2, 5), np.float32))


def changed_file(path: Path, source: Path, **card: object) -> Path:
    model = onnx.load(source)
    entry = next(one for one in model.metadata_props if one.key == METADATA_KEY)
    entry.value = json.dumps(json.loads(entry.value) | card)
    onnx.save(model, path)
    return path


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ({"features": ["speed"]}, f"expected a forest for the {N_FEATURES} features of this version, got one for 1"),
        ({"classes": ["sits", "stands"]}, "expected the classes normal, fall, lying, got"),
        ({"name": None}, "expected a fall classifier made by `falls train`"),
    ],
)
def test_a_file_for_something_else(card: dict[str, object], message: str, forest_file: Path, tmp_path: Path) -> None:
    path = changed_file(tmp_path / "other.onnx", forest_file, **card)
    with pytest.raises(ModelError, match=message):
        FallClassifier.load(path)


def test_a_file_that_is_no_classifier(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="there is no file"):
        FallClassifier.load(tmp_path / "missing.onnx")
    (tmp_path / "text.onnx").write_text("hello")
    with pytest.raises(ModelError, match="expected an ONNX model file"):
        FallClassifier.load(tmp_path / "text.onnx")
    with pytest.raises(ModelError, match="this ONNX file is something else"):
        FallClassifier.load(EMBEDDED.parents[2] / "models" / "weights" / "movenet_lightning_192.onnx")


def test_a_damaged_package_is_noticed(monkeypatch: pytest.MonkeyPatch, forest_file: Path) -> None:
    monkeypatch.setattr("posespotter.falls.classifier.EMBEDDED", forest_file)
    with pytest.raises(ModelError, match="the file is damaged, install PoseSpotter again"):
        FallClassifier.load()
