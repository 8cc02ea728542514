"""Leave-one-source-out evaluation: how good a classifier is on sources that were used for no choice.

For every source S that is left out, a forest grows on the others and judges S. The limit of "fall" that it is judged
with is chosen without S as well: on each other source T, by a forest that saw neither S nor T.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from posespotter.errors import InputError
from posespotter.falls.classifier import Classifier
from posespotter.falls.detect import analysis_of, samples_by_person
from posespotter.falls.events import Limits
from posespotter.falls.training.data import FallClip
from posespotter.falls.training.evaluation import ClipResult, Evaluation, result_of
from posespotter.falls.training.examples import Examples
from posespotter.falls.training.forest import ForestSettings, Grown, grown
from posespotter.poses import PoseSequence

GRID: Sequence[float] = tuple(np.round(np.arange(0.4, 0.91, 0.05), 2).tolist())
"""The limits among which one is chosen."""

MISS_COSTS: Mapping[str, float] = {"low": 2.0, "normal": 8.0, "high": 20.0}
"""What a missed fall costs beside a clip with a false alarm, by sensitivity: a carer loses more by the first."""

OnForests = Callable[[int, int], None]
"""Called before each forest with how many have been grown, and how many there are to grow."""


@dataclass(frozen=True, eq=False)
class LeftOut:
    """One source as judged by a forest that saw nothing of it.

    Attributes:
        source: its name, or `SOURCE/GROUP`.
        limit: of "fall", chosen on the other sources.
        curve: what came of the source at each limit of `GRID`.
    """

    source: str
    limit: float
    curve: Mapping[float, Evaluation]

    @property
    def evaluation(self) -> Evaluation:
        """The figures that were not used to choose anything."""
        return self.curve[self.limit]


def left_out(
    clips: Sequence[FallClip],
    poses_of: Callable[[FallClip], PoseSequence],
    examples: Examples,
    settings: ForestSettings,
    *,
    groups_of: Sequence[str] = (),
    progress: OnForests | None = None,
) -> list[LeftOut]:
    """Leave out each source in turn, and each group of those named in `groups_of`, with everything else in training.

    Args:
        clips: of all sources.
        poses_of: the poses of a clip.
        examples: the windows of all clips and whatever else is trained on, by groups that begin with their source.
        settings: of the forests.
        groups_of: sources of which each scene or person is left out as well.
        progress: called with how many forests are grown.

    Raises:
        InputError: there are fewer than two sources, or a class is missing without one.
        ModelError: the training extra is not installed.
    """
    sources = list(dict.fromkeys(clip.source for clip in clips))
    labelled = [name for name in sources if any(clip.falls for clip in clips if clip.source == name)]
    groups = {clip.group_id: clip.source for clip in clips if clip.source in groups_of}
    if len(sources) < 2:
        raise InputError(
            f"expected clips of at least two sources, people or rooms, to leave one out, got {len(sources)}."
        )
    pairs = list(combinations(labelled, 2)) if len(labelled) > 2 else []
    done, total = 0, len(pairs) + len(sources) + len(groups)

    def judged(unseen: Sequence[str], names: Sequence[str]) -> dict[str, dict[float, Evaluation]]:
        nonlocal done
        if progress is not None:
            progress(done, total)
        done += 1
        forest = Grown(grown(examples.without(unseen), settings))
        return {
            name: curve_of([clip for clip in clips if name in {clip.source, clip.group_id}], poses_of, forest)
            for name in names
        }

    inner: dict[tuple[str, str], dict[float, Evaluation]] = {}
    for one, other in pairs:
        curves = judged([one, other], [one, other])
        inner[one, other], inner[other, one] = curves[other], curves[one]
    found = []
    for source in sources:
        curve = judged([source], [source])[source]
        found.append(LeftOut(source, 0.0, curve))
    found += [LeftOut(group, 0.0, judged([group], [group])[group]) for group in groups]
    limits = {}
    for source in sources:
        others: list[Mapping[float, Evaluation]] = [inner[source, one] for one in labelled if (source, one) in inner]
        # Of two sources only the other one is left to choose on, as the forest that is judged here never saw it.
        others = others or [one.curve for one in found if one.source in labelled and one.source != source]
        limits[source] = chosen_limit(others, MISS_COSTS["normal"])
    return [LeftOut(one.source, limits[groups.get(one.source, one.source)], one.curve) for one in found]


def curve_of(
    clips: Sequence[FallClip], poses_of: Callable[[FallClip], PoseSequence], forest: Classifier
) -> dict[float, Evaluation]:
    """Evaluate `forest` on `clips` at each limit of `GRID`."""
    results: dict[float, list[ClipResult]] = {limit: [] for limit in GRID}
    for clip in clips:
        poses = poses_of(clip)
        samples = samples_by_person(poses, forest)
        for limit in GRID:
            analysis = analysis_of(poses, samples, forest.name, Limits(fall=limit))
            results[limit].append(result_of(clip, analysis))
    return {limit: Evaluation(forest.name, f"{limit:g}", tuple(ones)) for limit, ones in results.items()}


def chosen_limit(curves: Sequence[Mapping[float, Evaluation]], miss_cost: float) -> float:
    """The limit of `GRID` with the lowest cost in the mean over sources; of several the middle one."""
    costs = np.array([np.mean([cost_of(curve[limit], miss_cost) for curve in curves]) for limit in GRID])
    best = np.flatnonzero(costs <= costs.min() + 1e-9)
    return GRID[int(best[len(best) // 2])]


def cost_of(one: Evaluation, miss_cost: float) -> float:
    """The share of missed falls times `miss_cost`, and the share of clips without a fall that were not silent."""
    recall, silent = one.recall, one.clean
    return (miss_cost * (1 - recall.value) if recall.n else 0.0) + (1 - silent.value if silent.n else 0.0)
