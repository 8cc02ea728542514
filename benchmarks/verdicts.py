"""Are verdicts right where the truth is known?

    python benchmarks/verdicts.py planted [--seeds 3]
    python benchmarks/verdicts.py apart [--cameras 2] [--seen-from front left oblique]

`planted`: stick figures that squat with planted faults (synthetic/figure.py), from front, rear and both sides, with 1 %
of chance on every joint as in the tests, and with the pose model's own errors (mocap_clips.model_errors), cameras up to
20 degrees beside the view, and metres lifted from the picture. F1 of each fault where it was
judged; faults told of clean squats.

`apart`: captured repetitions of ten people, right and wrong. For each check of `squat` and `lunge`, from the views it
is judged from: how well its value tells wrong from right (AUC of each person, mean), as the capture itself allows (an
exact pose model, a camera far away and straight), and as cameras see it (2 to 5 m, 0.4 to 1.6 m high, up to 25 degrees
aside, with the pose model's errors; each repetition by others). A check belongs into a view where it loses at most
0.05. *Kept*: for how many of the ten people the nine others decide so; *left out*: what it loses, on average, of those
people themselves. Wrong repetitions are wrong in their own ways: what a check does not look at is at 0.5 in both.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import numpy as np
from baseline import auc
from common import shared_folder
from mocap_clips import BODY_M, FAR_M, Episode, episodes, held, model_errors, seen, seen_by_model

from posespotter.exercises import ExerciseAnalysis, analyze_exercise, load_exercise
from posespotter.exercises.analyze import ViewOption
from posespotter.kinematics.lifting import lift
from posespotter.poses import PoseSequence
from posespotter.synthetic.camera import FRAME_SIZE, film
from posespotter.synthetic.figure import squat

FRONT = ("too_shallow", "knees_inward", "shoulders_uneven", "shift_to_one_side")
SIDE = ("too_shallow", "trunk_leans", "heels_lift", "shoulders_off_feet")
YAWS = {0.0: FRONT, 180.0: FRONT, 90.0: SIDE, -90.0: SIDE}
ONE_FAULT = (
    {"trunk_leans", "shoulders_off_feet"},
    {"trunk_leans", "too_shallow"},
    {"shoulders_off_feet", "too_shallow"},
)
"""Who folds forward over half-bent knees has the shoulders before the feet, and who goes onto the toes bends the knees
further: not two separate faults."""

HEIGHT_PX = 0.62 * FRAME_SIZE[1]

CAPTURED = {"squat": "deep_squat", "lunge": "inline_lunge"}
FROM = {"front": 0.0, "left": 90.0, "oblique": 45.0}
MOST_LOST = 0.05
KNOWN: dict[str, ViewOption] = {"front": "front", "left": "left"}


def cases() -> Iterator[tuple[float, frozenset[str]]]:
    for yaw, names in YAWS.items():
        for size in (0, 1, 2):
            for chosen in combinations(names, size):
                if not any(pair <= set(chosen) for pair in ONE_FAULT):
                    yield yaw, frozenset(chosen)


def as_the_model(poses: PoseSequence, rng: np.random.Generator) -> PoseSequence:
    """Exact poses with the pose model's errors, and metres lifted from them."""
    depth = poses.world[..., 2] / BODY_M
    errors = model_errors(rng, poses.skeleton, poses.keypoints / HEIGHT_PX, depth, 1 / poses.fps)
    keypoints = (poses.keypoints + HEIGHT_PX * errors).astype(np.float32)
    return lift(replace(poses, keypoints=keypoints, world=None))


def planted(seeds: int) -> None:
    """F1 of each fault."""
    for noise in ("1 % of chance", "model's errors"):
        hits, missed, invented, near, unseen, clean, counted = (Counter() for _ in range(7))
        for number, (yaw, faults) in enumerate(list(cases()) * seeds):
            figure, rng = squat(faults), np.random.default_rng(number)
            if noise.startswith("1"):
                poses = film(figure, yaw_deg=yaw, noise=0.01, seed=number)
            else:
                poses = as_the_model(film(figure, yaw_deg=yaw + rng.uniform(-20, 20)), rng)
            analysis = analyze_exercise(poses, "squat")
            counted[analysis.count == figure.repetitions] += 1
            for one in analysis.repetitions:
                told = {fault.name for fault in one.faults if fault.severity == "fault"}
                hits.update(told & faults)
                blind = {check.name for check in one.checks if check.verdict == "cannot_tell"}
                unseen.update(faults & blind)
                missed.update(faults - told - blind)
                invented.update(told - faults)
                near.update(c.name for c in one.checks if c.verdict == "borderline" and c.name in faults)
                if not faults:
                    clean[one.verdict] += 1
        print(f"\n{noise}: counts right in {counted[True]} of {counted.total()} clips; clean squats: {dict(clean)}\n")
        print("| fault | found | missed | of these borderline | told, not there | cannot tell | F1 |")
        print("|---|---|---|---|---|---|---|")
        for name in dict.fromkeys((*FRONT, *SIDE, *invented)):
            f1 = 2 * hits[name] / max(1, 2 * hits[name] + missed[name] + invented[name])
            counts = " | ".join(str(one[name]) for one in (hits, missed, near, invented, unseen))
            print(f"| {name} | {counts} | {f1:.2f} |")
        total = hits.total(), missed.total() + invented.total()
        print(f"| all | {hits.total()} | {missed.total()} | {near.total()} | {invented.total()} | {unseen.total()} "
              f"| {2 * total[0] / (2 * total[0] + total[1]):.2f} |")  # fmt: skip


def apart(cameras: int, views: list[str]) -> None:
    """AUC of each check, of the capture and of the cameras."""
    print("| exercise | check | seen from | AUC, capture | AUC, camera | less | kept | left out | judged, camera |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, movement in CAPTURED.items():
        known = episodes(shared_folder() / f"data/mocap/uiprmd_{movement}.npz")
        for view in views:
            capture, camera = Values(), Values()
            for number, one in enumerate(known):
                capture.add(one, analyze_exercise(lift(exactly(one, view)), name, view=KNOWN.get(view, "auto")))
                for place in range(cameras):
                    seed = number + place * len(known)
                    camera.add(one, analyze_exercise(lift(by_camera(one, view, seed)), name))
            for rule in load_exercise(name).check:
                if not rule.measure or camera.judged(rule.name) <= 0.2:
                    continue
                told = capture.of_people(rule.name), camera.of_people(rule.name)
                lost = {who: told[0][who] - told[1][who] for who in told[0] if who in told[1]}
                if lost:
                    means = [float(np.mean([one[who] for who in lost])) for one in told]
                    kept = [who for who in lost if np.mean([lost[x] for x in lost if x != who]) <= MOST_LOST]
                    without = f"{np.mean([lost[who] for who in kept]):.2f}" if kept else "–"
                    cells = [f"{means[0]:.2f}", f"{means[1]:.2f}", f"{means[0] - means[1]:.2f}"]
                    cells += [f"{len(kept)} of {len(lost)}", without, f"{camera.judged(rule.name):.0%}"]
                    print(f"| {name} | {rule.name} | {view} | {' | '.join(cells)} |", flush=True)


def exactly(one: Episode, view: str) -> PoseSequence:
    """As a perfect pose model sees it, straight and from far away."""
    return seen(held(one), FROM[view], far_m=10 * FAR_M)


def by_camera(one: Episode, view: str, number: int) -> PoseSequence:
    """As the pose model sees it, by one of many cameras."""
    rng = np.random.default_rng(number)
    aside = 10 if view == "oblique" else 25
    yaw = FROM[view] + rng.uniform(-aside, aside)
    # Errors of chance of their own: with the seed of the camera both would go together.
    errors = int(rng.integers(2**32))
    return seen_by_model(held(one), yaw, seed=errors, up_m=rng.uniform(0.4, 1.6), far_m=rng.uniform(2, 5))


class Values:
    """The values of all checks, by person."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()
        self._known: dict[str, dict[tuple[str, bool], list[float]]] = defaultdict(lambda: defaultdict(list))

    def add(self, one: Episode, analysis: ExerciseAnalysis) -> None:
        """The first repetition of a clip."""
        signs = {rule.name: 1.0 if rule.above is not None else -1.0 for rule in analysis.definition.check}
        for check in analysis.repetitions[0].checks if analysis.count else ():
            self._asked[check.name] += 1
            if check.value is not None:
                self._known[check.name][one.subject, one.correct].append(signs[check.name] * check.value)

    def of_people(self, check: str) -> dict[str, float]:
        """The AUC of everybody who has right and wrong ones."""
        found = self._known[check]
        each = {who: auc(found[who, True], found[who, False]) for who in sorted({subject for subject, _ in found})}
        return {who: value for who, value in each.items() if np.isfinite(value)}

    def judged(self, check: str) -> float:
        """In which share of the repetitions."""
        return sum(len(some) for some in self._known[check].values()) / max(1, self._asked[check])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("planted", "apart"))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--cameras", type=int, default=2, help="for each captured repetition")
    parser.add_argument("--seen-from", nargs="*", choices=FROM, default=list(FROM))
    asked = parser.parse_args()
    if asked.what == "planted":
        planted(asked.seeds)
    else:
        apart(asked.cameras, asked.seen_from)


if __name__ == "__main__":
    main()
