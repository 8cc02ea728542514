"""`OneStageTracker`: the people of one video by a model that finds them with their joints in every frame."""

import numpy as np

from posespotter.arrays import Image
from posespotter.boxes import apart
from posespotter.estimation.pose_tracker import NEAR, People
from posespotter.models.interfaces import Joints, OneStageModel
from posespotter.tracking.oks import duplicates
from posespotter.tracking.state import Kept
from posespotter.tracking.tracker import Tracker


class OneStageTracker(Kept):
    """State of one video. Call `step` with its frames in order; no frame is worked on before its turn."""

    kept = ("_tracker",)

    def __init__(self, model: OneStageModel, max_people: int | None = None) -> None:
        self._model = model
        self._max_people = max_people
        self._tracker = Tracker(model.skeleton)

    def step(self, time_s: float, image: Image, *, damaged: bool = False) -> People:
        """Find and track the people of the next frame; a frame that shows damage adds no new people."""
        joints = self._people(image)
        if damaged:  # smears look like people
            known = np.concatenate([self._tracker.predict(time_s).boxes, self._tracker.lost.boxes])
            joints = joints.take(np.flatnonzero((apart(joints.regions.boxes, known) < NEAR).any(1)))
        ids = self._tracker.update(
            time_s,
            joints.keypoints,
            joints.regions.boxes,
            frame_size=(image.shape[1], image.shape[0]),
        )
        order = np.argsort(ids)[np.count_nonzero(ids == 0) :]
        return People(ids[order], joints.take(order), detected=True)

    def step_still(self, image: Image) -> People:
        """The people of a picture that stands alone."""
        joints = self._people(image)
        return People(np.arange(1, len(joints) + 1, dtype=np.int32), joints, detected=True)

    def _people(self, image: Image) -> Joints:
        """All people in the picture, each once; of more than `max_people` the ones with the highest scores."""
        joints = self._model.people(image)
        joints = joints.take(joints.presence >= self._model.presence_limit)
        joints = joints.take(~duplicates(joints.keypoints, joints.scores, joints.presence, self._model.skeleton))
        return joints if self._max_people is None else joints.take(slice(self._max_people))
