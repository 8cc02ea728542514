"""Whether two sessions can be of one person, by the proportions of trunk, thighs and shanks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from posespotter.arrays import Float64
from posespotter.errors import InputError
from posespotter.exercises.comparison import StoredAnalysis
from posespotter.kinematics.body import Body, body_of
from posespotter.poses import PoseSequence
from posespotter.skeletons import SEEN_SCORE

POSES_FILE = "poses.parquet"
_SEGMENTS = (("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"))
_OTHER = 0.12
"""Share by which a segment is longer or shorter than the baseline's. Of ten people captured, with 1 % noise on the
joints, the same person's differ by 0.03 at most, different people's by 0.07 in the median: so a hint where it is gross,
no proof (docs/results/baseline.md)."""

_FEWEST = 0.3  # share of the time in which a segment must be seen


def cautions(good: Sequence[Path], later: Sequence[Path], analyses: Sequence[StoredAnalysis]) -> tuple[str, ...]:
    """A sentence for each session whose body has other proportions than the baseline's; none where nobody can tell.

    Args:
        good, later: result folders or their analysis.json; poses.parquet lies beside it, or nothing is said.
        analyses: of all of them, in this order.
    """
    bodies = [_of_session(path, one) for path, one in zip((*good, *later), analyses, strict=True)]
    norm = [one for one in bodies[: len(good)] if one is not None]
    if not norm:
        return ()
    usual = np.median(norm, axis=0)
    told = []
    for one, analysis in zip(bodies, analyses, strict=True):
        apart = 0.0 if one is None else float(np.abs(one - usual).max())
        if apart > _OTHER:
            told.append(
                f"{analysis.source or 'A session'}: trunk and legs have other proportions than in the baseline (by "
                f"{apart:.0%}); is it the same person, and the camera at the same place?"
            )
    return tuple(told)


def proportions(body: Body) -> Float64 | None:
    """(3,) logarithms of the lengths of trunk, thigh and shank against their mean; None where one is not seen.

    A limb looks shorter when it points at the camera, so that its length is what it reaches in a fifth of the time.
    """
    lengths = []
    for upper, lower in _SEGMENTS:
        reached = []
        for side in ("left", "right"):
            seen = np.minimum(body.score(f"{side}_{upper}"), body.score(f"{side}_{lower}")) >= SEEN_SCORE
            length = np.linalg.norm(body.joint(f"{side}_{upper}") - body.joint(f"{side}_{lower}"), axis=-1)
            known = length[seen & np.isfinite(length)]
            if len(known) and len(known) >= _FEWEST * len(body):
                reached.append((float(np.median(body.score(f"{side}_{upper}"))), float(np.percentile(known, 80))))
        if not reached:
            return None
        lengths.append(max(reached)[1])
    shares = np.log(lengths)
    return np.asarray(shares - shares.mean(), np.float64)


def _of_session(path: Path, analysis: StoredAnalysis) -> Float64 | None:
    file = (path if path.is_dir() else path.parent) / POSES_FILE
    if not file.is_file() or not analysis.track_ids:
        return None
    try:
        poses = PoseSequence.from_parquet(file)
    except InputError:
        return None
    mine = poses.where(np.isin(poses.track_id, analysis.track_ids))
    mine = mine.where(np.diff(mine.time_s, prepend=-np.inf) > 0)
    return proportions(body_of(mine).clean()) if len(mine) else None
