"""What fall detection is measured beside: the method we follow, as it was described, and a simple rule."""

from collections.abc import Callable, Iterable

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from posespotter.falls.training.augmentation import Trace
from posespotter.falls.training.data import LABELS, FallClip
from posespotter.falls.detect import people_in
from posespotter.falls.training.evaluation import ClipResult, match
from posespotter.falls.events import AVERAGE_S
from posespotter.falls.training.examples import labels_at, most_shown, windows_of
from posespotter.falls.features import INDEX
from posespotter.falls.training.scores import Confusion
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17

PosesOf = Callable[[FallClip], PoseSequence]
FRAMES, STEP = 10, 5
WEIGHTS = {0: 1.0, 1: 5.0, 2: 3.0}
QUIET_S = 5.0
"""Windows that say "fall" within this time of each other are one alarm."""

_IGNORED = LABELS.index("ignore")


def pixel_windows(poses: PoseSequence) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    """Last frames and features of one track after the other: mean, std, min and max of 17 joints, px, of 10 frames."""
    coco = poses.to_skeleton(COCO17)
    for track_id in coco.track_ids:
        person = coco.person(track_id)
        joints = np.nan_to_num(person.keypoints.reshape(len(person), -1))
        starts = np.arange(0, len(person) - FRAMES + 1, STEP)
        if len(starts):
            windows = joints[starts[:, None] + np.arange(FRAMES)]
            statistics = [windows.mean(1), windows.std(1), windows.min(1), windows.max(1)]
            yield person.frame[starts + FRAMES - 1], np.concatenate(statistics, axis=1)


def train_pixels(
    clips: Iterable[FallClip], poses_of: Callable[[FallClip], Iterable[PoseSequence]]
) -> RandomForestClassifier:
    """The forest of the method we follow: class weights 1, 5 and 3."""
    features, labels = [], []
    for clip in clips:
        for poses in poses_of(clip):
            for frames, part in pixel_windows(poses):
                label = labels_at(clip, frames / clip.fps)
                features.append(part[label != _IGNORED])
                labels.append(label[label != _IGNORED])
    forest = RandomForestClassifier(100, class_weight=WEIGHTS, random_state=0, n_jobs=-1)
    return forest.fit(np.concatenate(features), np.concatenate(labels))


def run_pixels(clip: FallClip, poses: PoseSequence, forest: RandomForestClassifier) -> ClipResult:
    told = [(frames / clip.fps, forest.predict_proba(features)) for frames, features in pixel_windows(poses)]
    return result(clip, told)


Windows = list[tuple[np.ndarray, np.ndarray]]


def rule_windows(poses: PoseSequence) -> Windows:
    """Times, and trunk angle and speed of the hips, of everybody."""
    columns = [INDEX["trunk_now"], INDEX["hip_down_high_1s"]]
    traces = [Trace(person.time_s, person.points) for person in people_in(poses)]
    return [(time_s, features[:, columns]) for trace in traces for time_s, features in windows_of(trace)]


def run_rule(clip: FallClip, windows: Windows, trunk_deg: float, hip_speed: float) -> ClipResult:
    """A fall: the trunk leans further than `trunk_deg`, and the hips sank faster than `hip_speed` bl/s just before."""
    told = []
    for time_s, (trunk, sinking) in ((time_s, columns.T) for time_s, columns in windows):
        leans, sank = trunk > trunk_deg, sinking > hip_speed
        told.append((time_s, np.eye(3)[np.where(leans & sank, 1, np.where(leans, 2, 0))]))
    return result(clip, told)


def fitted_rule(clips: Iterable[FallClip], poses_of: PosesOf) -> tuple[float, float]:
    """The two limits that do best on `clips`: most falls caught and clips without a fall left alone, on average."""
    cases = [(clip, rule_windows(poses_of(clip))) for clip in clips]

    def score(trunk_deg: float, hip_speed: float) -> float:
        results = [run_rule(clip, windows, trunk_deg, hip_speed) for clip, windows in cases]
        falls = [one for one in results if one.n_falls]
        others = [one for one in results if not one.n_falls]
        return float(np.mean([not one.missed for one in falls]) + np.mean([not one.false_alarms for one in others]))

    limits = [(trunk, speed) for trunk in (45.0, 60.0, 75.0) for speed in (0.4, 0.6, 0.8, 1.0)]
    return max(limits, key=lambda pair: score(*pair))


def merged(alarms: list[float]) -> list[float]:
    kept: list[float] = []
    last = -np.inf
    for time_s in sorted(alarms):
        if time_s - last > QUIET_S:
            kept.append(time_s)
        last = time_s
    return kept


def averaged(time_s: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The sliding average of a rival, as long as ours."""
    until = np.concatenate([np.zeros((1, shares.shape[1])), np.cumsum(shares, axis=0)])
    rows = np.arange(len(time_s))
    first = np.searchsorted(time_s, time_s - AVERAGE_S, side="right")
    return (until[rows + 1] - until[first]) / (rows + 1 - first)[:, None]


def result(clip: FallClip, told: Windows) -> ClipResult:
    """What comes of the times of windows and what each says of `classifier.CLASSES`, person by person."""
    tables = [Confusion(np.zeros((3, 3), np.int64)) for _ in range(3)]
    alarms: list[float] = []
    for time_s, shares in told:
        alarms += time_s[shares.argmax(axis=1) == 1].tolist()
        moments, shown = labels_at(clip, time_s), most_shown(clip, time_s)
        for k, (truth, said) in enumerate(((moments, shares), (shown, shares), (shown, averaged(time_s, shares)))):
            judged = truth != _IGNORED
            tables[k] += Confusion.of(truth[judged], said[judged].argmax(axis=1))
    caught, false_alarms = match(clip, merged(alarms))
    return ClipResult(
        clip.clip_id, clip.group, clip.n_frames / clip.fps, len(clip.falls), clip.lies_down, (), caught, false_alarms,
        *tables, 1.0,
    )  # fmt: skip
