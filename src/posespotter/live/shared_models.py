"""The estimators that clients share: each loaded once, at its first use."""

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from posespotter.errors import SettingsError
from posespotter.live.limits import LIMITS

if TYPE_CHECKING:
    from posespotter.estimation.estimator import PoseEstimator


def live_models() -> tuple[str, ...]:
    """The pose models a page may choose: some of the package, the usual one first.

    Others would have to be fetched while a user waits in front of a camera.
    """
    from posespotter.tasks.model_choices import LIVE_CHOICES

    return tuple(choice.pose for choice in LIVE_CHOICES)


class LiveModels:
    """Estimators by the name of their pose model. Their networks may run in several threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loaded: OrderedDict[str, PoseEstimator] = OrderedDict()

    def estimator(self, pose: str) -> "PoseEstimator":
        """The estimator with this pose model, loaded if need be.

        Raises:
            SettingsError: it is none of `live_models()`.
            ModelError: it cannot be loaded.
        """
        from posespotter.estimation.estimator import PoseEstimator

        if pose not in live_models():
            raise SettingsError(f"pose model: expected one of {', '.join(live_models())}, got {pose!r}.")
        with self._lock:
            if pose not in self._loaded:
                self._loaded[pose] = PoseEstimator(pose=pose, max_people=LIMITS.people)
            self._loaded.move_to_end(pose)
            while len(self._loaded) > LIMITS.models:
                self._loaded.popitem(last=False)
            return self._loaded[pose]
