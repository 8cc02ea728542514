"""Training a classifier of one's own: a Random Forest with its calibration, as ONNX.

    examples = examples_of(clips, poses_of, copies=4)          # examples.py: labelled windows of clips and their poses
    trained = train(examples, name="my-forest")
    trained.write(Path("my-forest.onnx"))                      # and my-forest.skops beside it, to go on from

scikit-learn, skl2onnx and skops are needed here alone: `pip install 'posespotter[train]'`.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.arrays import Bool, Float64
from posespotter.errors import InputError, ModelError
from posespotter.falls.classifier import CLASSES, METADATA_KEY, Calibration
from posespotter.falls.examples import Examples
from posespotter.falls.features import FEATURES, N_FEATURES
from posespotter.files import whole

OnForests = Callable[[int, int], None]
"""Is told how many forests are grown, and how many there are to grow."""

_FOLDS = 5
_HELD_OUT_TREES = 40  # votes of more trees are hardly any different, and there is a forest for each fold
_FARTHEST = 3.0  # a calibration by a factor of e³ = 20: few windows that fall apart by themselves ask for infinity
_OPSET = 17  # of ONNX: old enough for every ONNX Runtime that PoseSpotter runs on


@dataclass(frozen=True)
class ForestSettings:
    """How a forest grows.

    Attributes:
        trees: how many.
        leaves: the most leaves of one tree.
        leaf_windows: the fewest windows of a leaf.
        share: of the features, that each split may choose from.
        sample: share of the windows that each tree sees.
        weights: how much a window of each of `CLASSES` counts, before rooms and clips are evened out.
        seed: of the random numbers.
    """

    trees: int = 48
    leaves: int = 250
    leaf_windows: int = 10
    share: float = 0.1
    sample: float = 0.3
    weights: tuple[float, float, float] = (1.0, 1.0, 1.0)
    seed: int = 0


@dataclass(frozen=True, eq=False)
class TrainedForest:
    """A forest and what is needed to use it.

    Attributes:
        name: written into results.
        settings: how it grew.
        calibration: from votes to probabilities.
        forest: the scikit-learn RandomForestClassifier.
        n_windows: trained on, changed copies included.
        groups: the rooms or people it was trained on.
        held_out: (N, 3) calibrated probabilities of the original windows, each by forests that never saw its group.
    """

    name: str
    settings: ForestSettings
    calibration: Calibration
    forest: Any
    n_windows: int
    groups: tuple[str, ...]
    held_out: Float64

    def votes(self, features: Any) -> Float64:
        """(N, 3) shares of votes, before calibration."""
        return np.asarray(self.forest.predict_proba(features), np.float64)

    def onnx_bytes(self) -> bytes:
        """The file that `FallClassifier.load` reads.

        Raises:
            ModelError: the training extra is not installed.
        """
        return _onnx_bytes(self)

    def write(self, path: Path) -> None:
        """Write the ONNX file, and the scikit-learn forest as .skops beside it.

        Raises:
            OutputError: the folder cannot be written.
        """
        skops = _needed("skops.io")
        data = self.onnx_bytes()
        with whole(path) as temporary:
            temporary.write_bytes(data)
        with whole(path.with_suffix(".skops")) as temporary:
            skops.dump(self.forest, temporary)


def train(
    examples: Examples,
    *,
    name: str,
    settings: ForestSettings | None = None,
    calibrate: bool = True,
    progress: OnForests | None = None,
) -> TrainedForest:
    """Train on all of `examples`; calibrated on forests that left out one group after the other.

    Raises:
        InputError: a class is missing, or there are fewer than two groups.
        ModelError: the training extra is not installed.
    """
    settings = settings or ForestSettings()
    counts = np.bincount(examples.label, minlength=len(CLASSES))
    if not counts.all():
        missing = ", ".join(word for word, count in zip(CLASSES, counts, strict=True) if not count)
        raise InputError(f"expected windows of {', '.join(CLASSES)} to train on, got none of {missing}.")
    if calibrate:
        votes = held_out_votes(examples, replace(settings, trees=min(settings.trees, _HELD_OUT_TREES)), progress)
        original = examples.original
        calibration = fitted_calibration(votes[original], examples.label[original])
        held_out = calibration(votes[original])
    else:
        calibration, held_out = Calibration(1.0, (1.0, 1.0, 1.0)), np.zeros((0, len(CLASSES)))
    forest = grown(examples, settings)
    return TrainedForest(
        name, settings, calibration, forest, len(examples), tuple(sorted(set(examples.groups))), held_out
    )


def grown(examples: Examples, settings: ForestSettings) -> Any:
    """A scikit-learn forest on all of `examples` that are sure, with thresholds that float32 holds exactly."""
    ensemble = _needed("sklearn.ensemble")
    examples = examples.where(examples.sure)
    forest = ensemble.RandomForestClassifier(
        n_estimators=settings.trees,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.leaf_windows,
        max_features=settings.share,
        bootstrap=True,
        max_samples=settings.sample,
        n_jobs=-1,
        random_state=settings.seed,
    )
    forest.fit(examples.features, examples.label, sample_weight=window_weights(examples, settings))
    for tree in forest.estimators_:
        # x <= t for a float32 x is x <= (t rounded down to float32): so ONNX, which keeps float32, decides alike.
        threshold = tree.tree_.threshold
        rounded = threshold.astype(np.float32)
        above = rounded > threshold
        rounded[above] = np.nextafter(rounded[above], np.float32(-np.inf))
        threshold[:] = rounded
    return forest


def window_weights(examples: Examples, settings: ForestSettings) -> Float64:
    """(N,) so that every class counts as `settings.weights` say.

    Within a class every room or person counts alike, for others are what the forest will see, and within those long
    clips count little more than short ones.
    """
    n_clips = len(examples.clip_ids)
    cell = examples.label.astype(np.int64) * n_clips + examples.clip
    counts = np.bincount(cell, minlength=len(CLASSES) * n_clips)
    weight = 1 / np.sqrt(counts[cell])
    group = examples.group
    for k, share in enumerate(settings.weights):
        rows = examples.label == k
        of_group = np.bincount(group[rows], weight[rows])
        weight[rows] /= of_group[group[rows]]
        weight[rows] *= share / weight[rows].sum()
    return np.asarray(weight * len(examples) / weight.sum(), np.float64)


def group_folds(examples: Examples, most: int = _FOLDS) -> Iterator[tuple[Bool, Bool]]:
    """Training and held-out masks, by group; every group is held out once, and never on both sides.

    Raises:
        InputError: there are fewer than two groups.
    """
    group = examples.group
    numbers, sizes = np.unique(group, return_counts=True)
    if len(numbers) < 2:
        raise InputError(f"expected clips of at least two groups to train on, got {len(numbers)}.")
    fold_of: dict[int, int] = {}
    filled = np.zeros(min(most, len(numbers)), np.int64)
    for i in np.argsort(-sizes, kind="stable"):
        fold = int(np.argmin(filled))
        fold_of[int(numbers[i])] = fold
        filled[fold] += sizes[i]
    folds = np.array([fold_of[int(g)] for g in group])
    for fold in range(len(filled)):
        yield folds != fold, folds == fold


def held_out_votes(examples: Examples, settings: ForestSettings, progress: OnForests | None = None) -> Float64:
    """(N, 3) votes on every window by a forest that saw nothing of its group."""
    votes = np.zeros((len(examples), len(CLASSES)))
    folds = list(group_folds(examples))
    for k, (training, held_out) in enumerate(folds):
        if progress is not None:
            progress(k, len(folds) + 1)  # one more is grown on everything
        forest = grown(examples.where(training), settings)
        votes[held_out] = forest.predict_proba(examples.features[held_out])
    if progress is not None:
        progress(len(folds), len(folds) + 1)
    return votes


def fitted_calibration(votes: Float64, label: Any) -> Calibration:
    """The calibration under which `label` is the most likely, classes being as frequent as in `label`."""
    from scipy.optimize import minimize

    rows = np.arange(len(label))

    def surprise(x: Float64) -> float:
        power, fall, lying = np.exp(np.clip(x, -_FARTHEST, _FARTHEST)).tolist()
        return float(-np.log(Calibration(power, (1.0, fall, lying))(votes)[rows, label]).mean())

    found = minimize(surprise, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-3, "fatol": 1e-6}).x
    power, fall, lying = np.exp(np.clip(found, -_FARTHEST, _FARTHEST)).tolist()
    return Calibration(round(power, 4), (1.0, round(fall, 4), round(lying, 4)))


def _onnx_bytes(trained: TrainedForest) -> bytes:
    skl2onnx, types = _needed("skl2onnx"), _needed("skl2onnx.common.data_types")
    model = skl2onnx.to_onnx(
        trained.forest,
        initial_types=[("windows", types.FloatTensorType([None, N_FEATURES]))],
        options={id(trained.forest): {"zipmap": False}},
        target_opset=_OPSET,
    )
    card = {
        "name": trained.name,
        "features": [feature.name for feature in FEATURES],
        "classes": list(CLASSES),
        "calibration": {"power": trained.calibration.power, "weights": list(trained.calibration.weights)},
    }
    entry = model.metadata_props.add()
    entry.key, entry.value = METADATA_KEY, json.dumps(card)
    return bytes(model.SerializeToString())


def _needed(module: str) -> Any:
    from importlib import import_module

    try:
        return import_module(module)
    except ImportError:
        raise ModelError(
            f"Training needs {module.partition('.')[0]}, which is not installed: pip install 'posespotter[train]'."
        ) from None
