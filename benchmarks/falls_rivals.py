"""What fall detection is measured beside: the method we follow, as it was described, and a simple rule."""

from collections.abc import Iterable

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from posespotter.falls.detect import people_in
from posespotter.falls.features import INDEX, stretch_features, stretch_signals
from posespotter.falls.sampling import ticks_of
from posespotter.falls.training.data import FallClip
from posespotter.falls.training.evaluation import ClipResult, match
from posespotter.falls.training.examples import IGNORED
from posespotter.falls.training.scores import Confusion
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17

FRAMES, STEP = 10, 5
WEIGHTS = {0: 1.0, 1: 5.0, 2: 3.0}
QUIET_S = 5.0
"""Windows that say "fall" within this time of each other are one alarm."""


def pixel_windows(poses: PoseSequence) -> tuple[np.ndarray, np.ndarray]:
    """Last frames and features of all tracks: mean, std, min and max of 17 joints, px, of 10 frames."""
    coco = poses.to_skeleton(COCO17)
    frames, features = [np.zeros(0, int)], [np.zeros((0, 4 * 34))]
    for track_id in coco.track_ids:
        person = coco.person(track_id)
        joints = np.nan_to_num(person.keypoints.reshape(len(person), -1))
        starts = np.arange(0, len(person) - FRAMES + 1, STEP)
        if len(starts):
            windows = joints[starts[:, None] + np.arange(FRAMES)]
            statistics = [windows.mean(1), windows.std(1), windows.min(1), windows.max(1)]
            frames.append(person.frame[starts + FRAMES - 1])
            features.append(np.concatenate(statistics, axis=1))
    return np.concatenate(frames), np.concatenate(features)


def train_pixels(cases: Iterable[tuple[FallClip, tuple[np.ndarray, np.ndarray]]]) -> RandomForestClassifier:
    """The forest of the method we follow: class weights 1, 5 and 3, labels as of the last frame."""
    features, labels = [], []
    for clip, (frames, part) in cases:
        label = clip.frame_labels[np.minimum(frames, clip.n_frames - 1)]
        features.append(part[label != IGNORED])
        labels.append(label[label != IGNORED])
    forest = RandomForestClassifier(100, class_weight=WEIGHTS, random_state=0)
    return forest.fit(np.concatenate(features), np.concatenate(labels))


def run_pixels(clip: FallClip, windows: tuple[np.ndarray, np.ndarray], forest: RandomForestClassifier) -> ClipResult:
    frames, features = windows
    said = forest.predict(features) if len(features) else np.zeros(0)
    return result(clip, (frames / clip.fps)[said == 1])


def rule_windows(poses: PoseSequence) -> np.ndarray:
    """(N, 3) time, trunk angle now and highest speed of the hips in a second, of everybody."""
    columns = [INDEX["trunk_now"], INDEX["hip_down_high_1"]]
    rows = [np.zeros((0, 3))]
    for person in people_in(poses):
        for ticks in ticks_of(person.time_s, person.points):
            ends = np.flatnonzero(ticks.known)
            features = stretch_features(stretch_signals(ticks.points, person.frame_size), ends)[:, columns]
            rows.append(np.concatenate([ticks.time_s[ends, None], features], axis=1))
    return np.concatenate(rows)


def run_rule(clip: FallClip, windows: np.ndarray, trunk_deg: float, hip_speed: float) -> ClipResult:
    """A fall: the trunk leans further than `trunk_deg`, and the hips sank faster than `hip_speed` bl/s just before."""
    time_s, trunk, sinking = windows.T
    return result(clip, time_s[(trunk > trunk_deg) & (sinking > hip_speed)])


def fitted_rule(cases: Iterable[tuple[FallClip, np.ndarray]]) -> tuple[float, float]:
    """The two limits that do best on `cases`: most falls caught and clips without a fall left alone, on average."""
    cases = list(cases)

    def score(trunk_deg: float, hip_speed: float) -> float:
        results = [run_rule(clip, windows, trunk_deg, hip_speed) for clip, windows in cases]
        falls = [one for one in results if one.n_falls]
        others = [one for one in results if not one.n_falls]
        return float(np.mean([not one.missed for one in falls]) + np.mean([not one.false_alarms for one in others]))

    limits = [(trunk, speed) for trunk in (45.0, 60.0, 75.0) for speed in (0.4, 0.6, 0.8, 1.0)]
    return max(limits, key=lambda pair: score(*pair))


def result(clip: FallClip, alarms_s: Iterable[float]) -> ClipResult:
    """What comes of the times that say "fall"; those within `QUIET_S` of each other are one alarm."""
    merged: list[float] = []
    last = -np.inf
    for time_s in sorted(alarms_s):
        if time_s - last > QUIET_S:
            merged.append(float(time_s))
        last = time_s
    caught, false_alarms = match(clip, merged)
    nothing = Confusion(np.zeros((3, 3), np.int64))
    return ClipResult(
        clip.clip_id, clip.group, clip.n_frames / clip.fps, len(clip.falls), clip.lies_down, (), caught, false_alarms,
        nothing, 1.0,
    )  # fmt: skip
