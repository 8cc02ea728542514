"""Growing a forest on people made of sticks."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from posespotter.errors import InputError, ModelError
from posespotter.falls.training.examples import Examples
from posespotter.falls.training.forest import ForestSettings, Grown, grown, window_weights

TINY = ForestSettings(trees=3, leaves=20)


def rows(examples: Examples, kept: np.ndarray) -> Examples:
    return replace(examples, features=examples.features[kept], label=examples.label[kept], group=examples.group[kept])


def test_classes_count_alike_and_large_rooms_little_more_than_small_ones(examples: Examples) -> None:
    few = rows(examples, (examples.group == 0) | (np.arange(len(examples)) % 9 == 0))
    weights = window_weights(few)
    of = np.array([[weights[(few.label == k) & (few.group == g)].sum() for g in (0, 1)] for k in range(3)])
    np.testing.assert_allclose(of.sum(axis=1), len(few) / 3)
    assert ((of[:, 0] / of[:, 1] > 2) & (of[:, 0] / of[:, 1] < 4.5)).all()  # nine times as many windows


def test_what_cannot_be_trained(examples: Examples) -> None:
    with pytest.raises(InputError, match="got none of fall"):
        grown(rows(examples, examples.label != 1), TINY)


def test_training_says_what_is_not_installed(examples: Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "sklearn.ensemble", None)
    with pytest.raises(ModelError, match=r"Training needs sklearn, .*pip install 'posespotter\[train\]'"):
        grown(examples, TINY)


def test_the_forest_is_kept_as_skops(forest_file: Path, forest: Grown, examples: Examples) -> None:
    import skops.io

    path = forest_file.with_suffix(".skops")
    again = skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
    some = examples.features[:50]
    np.testing.assert_allclose(again.predict_proba(some), forest.probabilities(some))


def test_the_same_seed_gives_the_same_forest(examples: Examples) -> None:
    one, other = (Grown(grown(examples, TINY)).probabilities(examples.features[::50]) for _ in range(2))
    np.testing.assert_array_equal(one, other)
