"""Left and right taken for each other: where a model does so for a moment, and how to undo it.

The vector from the right joint to the left one turns round when the two are swapped. A real crossing of the legs
carries it smoothly through zero; a swap makes it jump, and jump back when the swap ends. The most likely jumps are
found by dynamic programming over the whole track, against how far the vector's path usually bends from frame to frame.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from posespotter.arrays import Bool, Float64
from posespotter.filtering.gaps import MAX_GAP_S
from posespotter.skeletons import Skeleton

Real = TypeVar("Real", bound=np.floating[Any])


@dataclass(frozen=True)
class SwapCosts:
    """Costs in the search for swaps.

    Attributes:
        longest_s: a longer exchange of sides is left alone: it cannot be told from a person who turned round unseen.
        jump: nats against each jump; fitted on walks with and without planted swaps, see tests/filtering/test_swaps.py.
        swapped_per_s: nats: swaps are short, so that of two ways to pair the jumps the one with less swapped time is
            the likelier.
        most_bend: nats that one frame may count at most, so that a single wild frame proves nothing.
        least_bend: box diagonals; a path that bends less is taken to bend this much: the noise of very good models on
            still people.
    """

    longest_s: float = 1.0
    jump: float = 9.0
    swapped_per_s: float = 20.0
    most_bend: float = 30.0
    least_bend: float = 0.004


_COSTS = SwapCosts()

_GROUPS = (
    ("hip",),
    ("knee", "ankle", "heel", "toe", "foot"),
    ("shoulder",),
    ("elbow", "wrist", "pinky", "index", "thumb"),
)
"""Joints that are swapped together. Toes are recognised by the last word of their names."""


@dataclass(frozen=True, eq=False)
class SidePairs:
    """One group of joints: J positions of the left ones along the K axis, and of their right partners."""

    left: npt.NDArray[np.intp]
    right: npt.NDArray[np.intp]


def side_pairs(skeleton: Skeleton) -> list[SidePairs]:
    """The groups of `skeleton` that are swapped together: hips, legs, shoulders, arms."""
    groups = []
    taken: set[int] = set()  # `left_foot_index` is no finger
    for words in _GROUPS:
        left = [
            i
            for i, (name, side) in enumerate(zip(skeleton.keypoints, skeleton.sides, strict=True))
            if side == "left" and any(word in words for word in name.split("_")[1:]) and skeleton.mirror[i] != i
            if i not in taken
        ]
        taken.update(left)
        if left:
            groups.append(SidePairs(np.array(left), np.array([skeleton.mirror[i] for i in left])))
    return groups


def find_swaps(time_s: Float64, keypoints: npt.NDArray[np.floating], body_px: Float64, pairs: SidePairs) -> Bool:
    """The frames of one person in which the sides of one group are swapped.

    Args:
        time_s: (N,) seconds, ascending.
        keypoints: (N, K, 2) px.
        body_px: (N,) box diagonal, px.
        pairs: the group.

    Returns:
        (N,) bool.
    """
    swapped = np.zeros(len(time_s), bool)
    across = (keypoints[:, pairs.left] - keypoints[:, pairs.right]).astype(np.float64) / body_px[:, None, None]
    known = np.flatnonzero(np.isfinite(across).all(-1).any(-1))
    for run in np.split(known, np.flatnonzero(np.diff(time_s[known]) > MAX_GAP_S) + 1):
        if len(run) >= 5:
            swapped[run] = _swapped_in_run(time_s[run], across[run])
    return swapped


def exchange_sides(values: npt.NDArray[Real], rows: npt.NDArray[np.intp], pairs: SidePairs) -> npt.NDArray[Real]:
    """A copy of (N, K, ...) `values` with left and right of the group exchanged in `rows`."""
    out = values.copy()
    out[rows[:, None], pairs.left] = values[rows[:, None], pairs.right]
    out[rows[:, None], pairs.right] = values[rows[:, None], pairs.left]
    return out


def episodes(swapped: Bool) -> list[slice]:
    """The stretches of frames that are True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], swapped, [False]]).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _swapped_in_run(time_s: Float64, across: Float64) -> Bool:
    step_s = np.gradient(time_s)
    swapped = _most_likely_swaps(_bend_costs(time_s, across), step_s)
    for stretch in episodes(swapped):
        if step_s[stretch].sum() > _COSTS.longest_s:
            swapped[stretch] = False
    return swapped


def _bend_costs(time_s: Float64, across: Float64) -> Float64:
    """(N, 2, 2) cost of frame i [jump at i] [jump at i - 1]: how far it lies from the line through the two before."""
    n = len(time_s)
    step = np.diff(time_s)
    ratio = np.minimum(step[1:] / np.maximum(step[:-1], 1e-9), 3.0)[:, None, None]
    here, before, earlier = across[2:], across[1:-1], across[:-2]
    spread_2 = 1 + (1 + ratio) ** 2 + ratio**2
    bends = np.empty((n - 2, 2, 2, across.shape[1]))
    for jump in (0, 1):
        for jump_before in (0, 1):
            s1 = -1 if jump else 1
            s2 = -s1 if jump_before else s1
            bends[:, jump, jump_before] = (
                (here - (1 + ratio) * s1 * before + ratio * s2 * earlier) ** 2 / spread_2
            ).sum(-1)
    # The usual bend of each joint, from its straight path: the median of chi² with two degrees of freedom is 1.386.
    usual = np.full(across.shape[1], np.inf)
    seen = np.isfinite(bends[:, 0, 0]).any(0)
    usual[seen] = np.maximum(np.nanmedian(bends[:, 0, 0, seen], axis=0) / 1.386, _COSTS.least_bend**2)
    costs = np.zeros((n, 2, 2))
    costs[2:] = np.minimum(np.nansum(bends / usual, axis=-1) / 2, _COSTS.most_bend)
    return costs


def _most_likely_swaps(costs: Float64, step_s: Float64) -> Bool:
    """(N,) bool: the frames that are swapped on the path of least total cost.

    Viterbi's algorithm over four states, each the sides (0 straight, 1 swapped) of the frame before and of this one.
    Frames that speak against any jump are passed over: there the state only stays.
    """
    undecided = np.flatnonzero(_undecided(costs))
    swapped = np.zeros(len(costs), bool)
    if not len(undecided):
        return swapped
    rent = _COSTS.swapped_per_s * step_s
    paid = np.concatenate([[0.0], np.cumsum(rent)])
    idle = np.diff(undecided, prepend=-1) > 1
    passed_rent = (paid[undecided] - paid[np.concatenate([[0], undecided[:-1] + 1])]).tolist()
    costs = costs[undecided] + np.array([[0.0], [_COSTS.jump]])
    came_from: list[tuple[bool, bool, bool, bool]] = []
    rested_from: list[tuple[bool, bool]] = []
    # Named after the frame before and this one: s straight, x swapped. A run may begin swapped.
    ss, sx, xs, xx = 0.0, np.inf, np.inf, 0.0
    for cost, rent_here, rent_passed, rested in zip(
        costs.tolist(), rent[undecided].tolist(), passed_rent, idle.tolist(), strict=True
    ):
        rested_from.append((xs < ss, sx < xx))
        if rested:
            ss, sx, xs, xx = min(ss, xs), np.inf, np.inf, min(xx, sx) + rent_passed
        (stay_stay, stay_jump), (jump_stay, jump_jump) = cost
        to_ss, to_ss_after_jump = ss + stay_stay, xs + stay_jump
        to_sx, to_sx_after_jump = ss + jump_stay, xs + jump_jump
        to_xs, to_xs_after_jump = xx + jump_stay, sx + jump_jump
        to_xx, to_xx_after_jump = xx + stay_stay, sx + stay_jump
        came_from.append(
            (to_ss_after_jump < to_ss, to_sx_after_jump < to_sx, to_xs_after_jump < to_xs, to_xx_after_jump < to_xx)
        )
        ss, sx = min(to_ss, to_ss_after_jump), min(to_sx, to_sx_after_jump) + rent_here
        xs, xx = min(to_xs, to_xs_after_jump), min(to_xx, to_xx_after_jump) + rent_here
    # The frames after the last undecided one keep its state, at a price.
    rest = paid[-1] - paid[undecided[-1] + 1]
    before, now = divmod(int(np.argmin([ss, sx + rest, xs, xx + rest])), 2)
    until = len(swapped)
    for place in range(len(undecided) - 1, -1, -1):
        swapped[undecided[place] : until] = bool(now)
        until = int(undecided[place])
        jumped = came_from[place][2 * before + now]
        before, now = before ^ jumped, before
        if idle[place]:
            before = now ^ rested_from[place][now]
    swapped[:until] = bool(now)
    return swapped


def _undecided(costs: Float64) -> Bool:
    """(N,) bool: frames in which, or next to which, a jump costs less than staying (but for `SwapCosts.jump`)."""
    stay, jump = costs[:, 0, 0], costs[:, 1, 0]
    once = stay[:-2] + stay[1:-1] > jump[:-2] + costs[1:-1, 0, 1]
    twice = stay[:-2] + stay[1:-1] + stay[2:] > jump[:-2] + costs[1:-1, 1, 1] + costs[2:, 0, 1]
    starts = np.flatnonzero(once | twice)
    undecided = np.zeros(len(costs) + 4, bool)
    for shift in range(4):
        undecided[starts + shift] = True
    return undecided[: len(costs)]
