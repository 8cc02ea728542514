"""Growing a forest of one's own, as ONNX.

    examples = examples_of(clips, poses_of, copies=3)          # examples.py: labelled windows of clips and their poses
    forest = grown(examples, ForestSettings())
    write_forest(forest, "my-forest", Path("my-forest.onnx"))  # and my-forest.skops beside it, to go on from

scikit-learn, skl2onnx and skops are needed here alone: `pip install 'posespotter[train]'`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.arrays import Float64
from posespotter.errors import InputError, ModelError
from posespotter.falls.classifier import CLASSES, METADATA_KEY
from posespotter.falls.features import FEATURES, N_FEATURES
from posespotter.falls.training.examples import Examples
from posespotter.files import whole

_OPSET = 17  # of ONNX: old enough for every ONNX Runtime that PoseSpotter runs on


@dataclass(frozen=True)
class ForestSettings:
    """Settings for growing a forest.

    Attributes:
        trees: how many.
        leaves: the most leaves of one tree.
        leaf_windows: the fewest windows of a leaf.
        share: of the features, that each split may choose from.
        seed: of the random numbers.
    """

    trees: int = 36
    leaves: int = 400
    leaf_windows: int = 8
    share: float = 0.3
    seed: int = 0


class Grown:
    """A scikit-learn forest in the place of an ONNX file: for measuring, without writing it.

    Attributes:
        name: written into results.
        forest: the scikit-learn ExtraTreesClassifier.
    """

    def __init__(self, forest: Any, name: str = "forest") -> None:
        self.name, self.forest = name, forest

    def probabilities(self, features: Any) -> Float64:
        """Probabilities, as of `FallClassifier`."""
        if not len(features):
            return np.zeros((0, len(CLASSES)))
        return np.asarray(self.forest.predict_proba(features), np.float64)


def grown(examples: Examples, settings: ForestSettings) -> Any:
    """A forest of extremely randomised trees (Geurts et al. 2006), with thresholds that float32 holds exactly.

    Raises:
        InputError: a class is missing.
        ModelError: the training extra is not installed.
    """
    counts = np.bincount(examples.label, minlength=len(CLASSES))
    if not counts.all():
        missing = ", ".join(word for word, count in zip(CLASSES, counts, strict=True) if not count)
        raise InputError(f"expected windows of {', '.join(CLASSES)} to train on, got none of {missing}.")
    forest = needed("sklearn.ensemble").ExtraTreesClassifier(
        n_estimators=settings.trees,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.leaf_windows,
        max_features=settings.share,
        random_state=settings.seed,
    )
    forest.fit(examples.features, examples.label, sample_weight=window_weights(examples))
    for tree in forest.estimators_:
        # x <= t for a float32 x is x <= (t rounded down to float32): so ONNX, which keeps float32, decides alike.
        threshold = tree.tree_.threshold
        rounded = threshold.astype(np.float32)
        above = rounded > threshold
        rounded[above] = np.nextafter(rounded[above], np.float32(-np.inf))
        threshold[:] = rounded
    return forest


def window_weights(examples: Examples) -> Float64:
    """(N,) so that every class counts alike, and within it large groups count little more than small ones."""
    n_groups = len(examples.groups)
    cell = examples.label.astype(np.int64) * n_groups + examples.group
    weight = 1 / np.sqrt(np.bincount(cell, minlength=len(CLASSES) * n_groups)[cell])
    weight /= np.bincount(examples.label, weight)[examples.label]
    return np.asarray(weight * len(examples) / weight.sum(), np.float64)


def onnx_bytes(forest: Any, name: str) -> bytes:
    """The file that `FallClassifier.load` reads.

    Raises:
        ModelError: the training extra is not installed.
    """
    skl2onnx, types = needed("skl2onnx"), needed("skl2onnx.common.data_types")
    model = skl2onnx.to_onnx(
        forest,
        initial_types=[("windows", types.FloatTensorType([None, N_FEATURES]))],
        options={id(forest): {"zipmap": False}},
        target_opset=_OPSET,
    )
    entry = model.metadata_props.add()
    card = {"name": name, "features": [feature.name for feature in FEATURES], "classes": list(CLASSES)}
    entry.key, entry.value = METADATA_KEY, json.dumps(card)
    return bytes(model.SerializeToString())


def write_forest(forest: Any, name: str, path: Path) -> None:
    """Write the ONNX file, and the scikit-learn forest as .skops beside it.

    Raises:
        ModelError: the training extra is not installed.
        OutputError: the folder cannot be written.
    """
    skops = needed("skops.io")
    data = onnx_bytes(forest, name)
    with whole(path) as temporary:
        temporary.write_bytes(data)
    with whole(path.with_suffix(".skops")) as temporary:
        skops.dump(forest, temporary)


def needed(module: str) -> Any:
    """A module of the training extra.

    Raises:
        ModelError: it is not installed.
    """
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        raise ModelError(
            f"Training needs {module.partition('.')[0]}, which is not installed: pip install 'posespotter[train]'."
        ) from None
