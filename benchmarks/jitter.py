"""How much jitter smoothing takes away, and how late it makes the joints: on walks with noise of known size.

    python benchmarks/jitter.py

Jitter is the root mean square frame-to-frame motion of the joints of a person who stands still; the noise is white,
with the standard deviation given as a share of the body height. Lag is where the cross-correlation of the smoothed and
the true velocity of wrists and ankles of a walking person is highest.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from posespotter.filtering import smooth
from posespotter.filtering.one_euro import OneEuro
from posespotter.poses import PoseSequence
from posespotter.skeletons import BLAZEPOSE33

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
import walks

METHODS = ("one-euro (live)", "light", "strong")


@dataclass(frozen=True)
class Recording:
    """What was done, and what was seen."""

    truth: np.ndarray
    poses: PoseSequence


def record(walker: walks.Walker, fps: float, noise: float, seed: int = 0, seconds: float = 8.0) -> Recording:
    scene = walks.scene("one person", [walker], seconds=seconds, fps=fps, skeleton=BLAZEPOSE33)
    return Recording(scene.keypoints[:, 0], walks.poses_of(scene, seed=seed, joint_noise=noise))


def smoothed(poses: PoseSequence, method: str) -> np.ndarray:
    if method in {"light", "strong"}:
        return smooth(poses, method).keypoints
    live = OneEuro()
    return np.concatenate(
        [live(t, np.array([1], np.int32), k[None]) for t, k in zip(poses.time_s, poses.keypoints, strict=True)]
    )


def jitter_px(keypoints: np.ndarray) -> float:
    return float(np.sqrt((np.diff(keypoints[10:-10], axis=0) ** 2).sum(-1).mean()))


def lag_ms(truth: np.ndarray, keypoints: np.ndarray, fps: float, joints: list[int]) -> float:
    """Positive where `keypoints` come late: the peak of the cross-correlation, between frames by a parabola."""

    def velocity(places: np.ndarray) -> np.ndarray:
        moved = np.gradient(places[:, joints].reshape(len(places), -1).astype(float), axis=0)
        return moved - moved.mean(0)

    a, b = velocity(truth), velocity(keypoints)
    most = max(round(0.2 * fps), 3)
    core = slice(most, len(a) - most)
    match = np.array([(a[core] * np.roll(b, -s, axis=0)[core]).sum() for s in range(-most, most + 1)])
    top = int(np.clip(np.argmax(match), 1, len(match) - 2))
    before, here, after = match[top - 1 : top + 2]
    return float((top - most + 0.5 * (before - after) / (before - 2 * here + after)) / fps * 1000)


def main() -> None:
    still = walks.Walker(walks.line(0, 5, 0), stride_hz=0, turn=lambda t: np.full_like(t, np.pi / 2))
    walking = walks.Walker(walks.line(-3.2, 6, 0.8), stride_hz=0.9)
    joints = [BLAZEPOSE33.index(f"{side}_{part}") for side in ("left", "right") for part in ("wrist", "ankle")]
    print("| fps | noise | " + " | ".join(f"{m}: jitter removed, lag, error" for m in METHODS) + " |")
    print("|---|---|" + "---|" * len(METHODS))
    for fps in (15, 30, 60):
        for noise in (0.003, 0.01):
            resting, moving = record(still, fps, noise), record(walking, fps, noise)
            before = jitter_px(resting.poses.keypoints)
            error_before = np.sqrt(((moving.poses.keypoints - moving.truth) ** 2).mean())
            cells = []
            for method in METHODS:
                removed = 100 * (1 - jitter_px(smoothed(resting.poses, method)) / before)
                walked = smoothed(moving.poses, method)
                error = np.sqrt(((walked - moving.truth) ** 2).mean()) / error_before
                cells.append(f"{removed:.0f} %, {lag_ms(moving.truth, walked, fps, joints):.0f} ms, x{error:.2f}")
            print(f"| {fps} | {100 * noise:g} % | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
