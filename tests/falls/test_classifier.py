import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from posespotter.errors import InputError, ModelError, ShapeError
from posespotter.falls.classifier import CLASSES, EMBEDDED, METADATA_KEY, Calibration, FallClassifier, embedded
from posespotter.falls.training.examples import Examples
from posespotter.falls.features import FEATURES, N_FEATURES
from posespotter.falls.training.forest import (
    ForestSettings,
    TrainedForest,
    fitted_calibration,
    group_folds,
    grown,
    train,
    window_weights,
)


def test_the_embedded_forest() -> None:
    classifier = embedded()
    assert classifier.name == "forest-1"
    assert EMBEDDED.stat().st_size < 5_000_000
    probabilities = classifier.probabilities(np.array([[one.absent for one in FEATURES]], np.float32))
    assert probabilities.shape == (1, 3)
    assert probabilities.sum() == pytest.approx(1)
    assert CLASSES[int(probabilities.argmax())] == "normal"  # somebody stands still


def test_onnx_says_what_scikit_learn_says(
    forest: TrainedForest, classifier: FallClassifier, examples: Examples
) -> None:
    """On 100 000 windows: real ones, and ones that lie exactly on the thresholds of the trees."""
    random = np.random.default_rng(0)
    thresholds = [tree.tree_ for tree in forest.forest.estimators_]
    features = examples.features[random.integers(len(examples), size=100_000)].copy()
    for tree in thresholds:
        for column, value in zip(tree.feature, tree.threshold, strict=True):
            if column >= 0:
                features[random.integers(len(features), size=20), column] = value
    ours = classifier.probabilities(features)
    theirs = forest.calibration(forest.votes(features))
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
        ({"calibration": None}, "expected a fall classifier made by `falls train`"),
        ({"calibration": {"power": 1, "weights": [1, 2]}}, "expected a fall classifier made by `falls train`"),
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


@given(
    st.floats(0.1, 5), st.tuples(st.floats(0.01, 20), st.floats(0.01, 20)), st.tuples(st.floats(0, 1), st.floats(0, 1))
)
def test_calibrated_probabilities_add_up(
    power: float, weights: tuple[float, float], shares: tuple[float, float]
) -> None:
    first, second = sorted(shares)
    votes = np.array([[first, second - first, 1 - second]])
    probabilities = Calibration(power, (1.0, *weights))(votes)
    assert probabilities.sum() == pytest.approx(1)
    assert (probabilities >= 0).all()


def test_calibration_finds_how_often_it_was_so() -> None:
    """Votes of 0.8 of which only 60 % were right, and of which falls were rarer than said."""
    votes = np.repeat([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8]], 1000, axis=0)
    label = np.concatenate([np.repeat([0, 1, 2], [800, 100, 100]), np.repeat([0, 1, 2], [600, 300, 100]),
                            np.repeat([0, 1, 2], [300, 100, 600])])  # fmt: skip
    calibrated = fitted_calibration(votes, label)(votes)
    assert calibrated.mean(axis=0) == pytest.approx(np.bincount(label) / len(label), abs=0.02)


def test_groups_are_never_on_both_sides(examples: Examples) -> None:
    held = np.zeros(len(examples), int)
    for training, held_out in group_folds(examples):
        assert not set(examples.group[training]) & set(examples.group[held_out])
        held += held_out
    assert (held == 1).all()


def test_rooms_count_alike_within_a_class(examples: Examples) -> None:
    few = examples.where((examples.group == 0) | (np.arange(len(examples)) % 7 == 0))
    weights = window_weights(few, ForestSettings(weights=(1.0, 2.0, 1.0)))
    of = np.array([[weights[(few.label == k) & (few.group == g)].sum() for g in (0, 1)] for k in range(3)])
    np.testing.assert_allclose(of / of[0, 0], [[1, 1], [2, 2], [1, 1]])


def test_windows_near_a_change_are_measured_but_not_trained_on(examples: Examples) -> None:
    assert 0.8 < examples.sure.mean() < 0.999
    assert (examples.original & ~examples.sure).any()
    wrong = replace(examples, label=np.where(examples.sure, examples.label, (examples.label + 1) % 3))
    forest, other = (grown(one, ForestSettings(trees=3, leaves=20)) for one in (examples, wrong))
    # Not bit by bit: the threads of scikit-learn add up the trees in whatever order they end.
    np.testing.assert_allclose(
        forest.predict_proba(examples.features), other.predict_proba(examples.features), rtol=0, atol=1e-12
    )


def test_what_cannot_be_trained(examples: Examples) -> None:
    with pytest.raises(InputError, match="got none of fall"):
        train(examples.where(examples.label != 1), name="x")
    with pytest.raises(InputError, match="at least two groups to train on, got 1"):
        train(replace(examples, groups=("one",) * len(examples.groups)), name="x")


def test_training_says_what_is_not_installed(examples: Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn.ensemble", None)
    with pytest.raises(ModelError, match=r"Training needs sklearn, .*pip install 'posespotter\[train\]'"):
        train(examples, name="x")


def test_the_forest_is_kept_as_skops(forest_file: Path, forest: TrainedForest, examples: Examples) -> None:
    import skops.io

    path = forest_file.with_suffix(".skops")
    again = skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
    some = examples.features[:50]
    np.testing.assert_allclose(again.predict_proba(some), forest.votes(some))


def test_the_same_seed_gives_the_same_forest(forest: TrainedForest, examples: Examples) -> None:
    again = train(examples, name="sticks", settings=forest.settings, calibrate=False)
    some = examples.features[::50]
    np.testing.assert_allclose(again.votes(some), forest.votes(some), atol=1e-12)
