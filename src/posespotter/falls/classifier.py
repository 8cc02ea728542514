"""The classifier of windows: a Random Forest as ONNX, embedded or of one's own."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np

from posespotter.arrays import Float32, Float64, require_shape
from posespotter.errors import ModelError
from posespotter.falls.features import FEATURES
from posespotter.files import open_plain

CLASSES = ("normal", "fall", "lying")
"""The classes in the order of the columns of `FallClassifier.probabilities`."""

EMBEDDED = Path(__file__).parent / "weights" / "forest-2.onnx"
EMBEDDED_SHA256 = "b113904313bb4d57d51d24133e6f5c8d2ee4c74dedbf1740b25c0e35c6ba811c"

METADATA_KEY = "posespotter_falls"
"""Key of an ONNX file's description: JSON with `name`, `features` and `classes`."""


class Classifier(Protocol):
    """A classifier of windows: a `FallClassifier`, or a forest that was only just grown."""

    @property
    def name(self) -> str:
        """Name as written into results."""
        ...

    def probabilities(self, features: Float32) -> Float64:
        """(N, 3) of (N, F) features, columns as in `CLASSES`; each row adds up to 1."""
        ...


class FallClassifier:
    """A forest that tells windows of movement apart.

    Attributes:
        name: as written into results, e.g. "forest-2".
        sha256: of the file.
    """

    def __init__(self, name: str, sha256: str, session: Any) -> None:
        self.name, self.sha256 = name, sha256
        self._session = session
        self._input = session.inputs[0][0]

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """Load a file made by `falls train`, or the embedded forest-2.

        Raises:
            ModelError: the file is missing, damaged, or no classifier for these features.
        """
        from posespotter.models.session import Session

        source = path or EMBEDDED
        try:
            with open_plain(source) as file:
                data = file.read()
        except OSError:
            raise ModelError(f"{source}: expected a fall classifier made by `falls train`, there is no file.") from None
        sha256 = hashlib.sha256(data).hexdigest()
        if path is None and sha256 != EMBEDDED_SHA256:
            raise ModelError(
                f"{source.name}: expected SHA-256 {EMBEDDED_SHA256[:12]}..., got {sha256[:12]}...: "
                "the file is damaged, install PoseSpotter again."
            )
        session = Session(source, "cpu", threads=1)
        card = _card(session.metadata.get(METADATA_KEY), source)
        _check(session, card, source)
        return cls(str(card["name"]), sha256, session)

    def probabilities(self, features: Float32) -> Float64:
        """(N, 3) of (N, F) features, columns as in `CLASSES`; the shares of the forest's votes; each row adds up to 1.

        Raises:
            ShapeError: `features` has another number of columns.
        """
        require_shape("features", features, (None, len(FEATURES)))
        if not len(features):
            return np.zeros((0, len(CLASSES)))
        return np.asarray(self._session.run({self._input: features})[-1], np.float64)


@cache
def embedded() -> FallClassifier:
    """The classifier of the package, loaded once."""
    return FallClassifier.load()


def _card(text: str | None, source: Path) -> dict[str, Any]:
    try:
        card = json.loads(text or "")
        if not isinstance(card["name"], str):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise ModelError(
            f"{source.name}: expected a fall classifier made by `falls train`, this ONNX file is something else."
        ) from None
    return dict(card)


def _check(session: Any, card: dict[str, Any], source: Path) -> None:
    expected = [feature.name for feature in FEATURES]
    shapes = [shape for _, shape in session.inputs]
    if card.get("features") != expected or len(shapes) != 1 or shapes[0][-1] != len(expected):
        raise ModelError(
            f"{source.name}: expected a forest for the {len(expected)} features of this version, got one for "
            f"{len(card.get('features') or [])}; train it again with `falls train`."
        )
    if list(card.get("classes", [])) != list(CLASSES):
        raise ModelError(f"{source.name}: expected the classes {', '.join(CLASSES)}, got {card.get('classes')}.")
