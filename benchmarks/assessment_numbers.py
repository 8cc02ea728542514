"""Which numbers of the everyday tests matter, and do they hold elsewhere? Each is halved and doubled in turn.

    python benchmarks/assessment_numbers.py --clips DIR [DIR ...] [--only NAME ...]

Every row sets one constant of `posespotter.assessments` to another value. A column is one source, so that each says
what the others would have chosen without it: synthetic figures (results that are as they should be: value within the
stated error, and exactly the faults named that are there), motion capture of sit-to-stand (stands counted exactly and
nothing told that was not done), motion capture of straight leg raises and hurdle steps (angles within 10 degrees of
the captured joints'), real clips of other movements (DIR holds NAME/poses.parquet or NAME.parquet: tests that give a
result although nobody does them), real gait (steps within one of those counted by eye).
"""

import argparse
import importlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from unittest import mock

import numpy as np
from common import note, report, shared_folder, table
from mocap_clips import Episode, episodes, seen

from assessments import STEPS_BY_EYE, in_fives
from posespotter.assessments import assess
from posespotter.poses import PoseSequence
from posespotter.synthetic.camera import film
from posespotter.synthetic.everyday import (
    Everyday,
    reach,
    single_leg_squat,
    sit_to_stand,
    timed_up_and_go,
    walk,
)

FACTORS = (0.5, 2.0)
WIDE = {"frame_size": (2000, 960), "distance": 5.0}
Case = tuple[PoseSequence, str, dict[str, object], float | None, float, frozenset[str]]
"""Poses, test, options, the true value (None for no result), how far it may be off, the findings that there are."""


def timed() -> Iterator[Case]:
    """Chair and up and go: slow and quick, with each fault, from the side and at an angle."""
    stands = [sit_to_stand(5, rise_s=r, down_s=r, up_s=u, sat_s=u) for r, u in ((0.8, 0.1), (1.2, 0.3), (1.8, 0.5))]
    faults = [("hands_used", {"hands_at": [4]}), ("not_upright", {"low_at": [2]}), ("not_sat", {"hovers_at": [3]})]
    for yaw in (90, 50, -60):
        for one in stands:
            yield _case(one, yaw, "sit-to-stand", "seat", 4, set())
        for name, made in faults:
            yield _case(sit_to_stand(5, **made), yaw, "sit-to-stand", "seat", 4, {name})  # type: ignore[arg-type]
    for yaw, (speed, rise) in product((90, 45, 0), ((0.4, 1.8), (0.6, 1.3), (0.8, 1.0))):
        one = timed_up_and_go(speed=speed, rise_s=rise, sit_s=rise)
        yield _case(one, yaw, "timed-up-and-go", "seat", 0, {"view"} if yaw == 0 else set(), **WIDE)
    yield _case(timed_up_and_go(speed=1.5), 90, "timed-up-and-go", "seat", 0, {"runs"}, height_m=1.7, **WIDE)
    yield _case(timed_up_and_go(distance=0.9), 90, "timed-up-and-go", "seat", 0, {"distance"}, height_m=1.7, **WIDE)


def _case(  # noqa: PLR0917
    one: Everyday, yaw: float, test: str, end: str, at: int, findings: set[str], *, height_m: float | None = None,
    **camera: object,
) -> Case:  # fmt: skip
    poses = film(one.figure, yaw_deg=yaw, noise=0.005, world=False, **camera)  # type: ignore[arg-type]
    value = one.times_s[end][at] - one.times_s["onset"][0]
    within = 0.2 if yaw else 0.5
    return poses, test, {"height_m": height_m} if height_m else {}, value, within, frozenset(findings)


def joints() -> Iterator[Case]:
    """Ranges of motion and single-leg squats."""
    places = {"shoulder_flexion": (150, 90), "shoulder_abduction": (140, 0), "elbow_flexion": (130, 90),
              "hip_flexion": (100, 90), "knee_flexion": (115, 90)}  # fmt: skip
    for joint, (degrees, yaw) in places.items():
        for tries, lean in ((3, 0.0), (2, 0.0), (3, 20.0)):
            if lean and joint != "shoulder_flexion":
                continue
            poses = film(reach(joint, degrees, tries, lean_deg=lean).figure, yaw_deg=yaw, noise=0.005, world=False)
            told = {"few_tries"} if tries < 3 else {"trunk"} if lean else set()
            yield poses, joint.replace("_", "-"), {}, degrees, 8.0, frozenset(told)
    for side, fppa, hop in product(("left", "right"), (12.0, 0.0, -8.0), (0.0, 0.2)):
        poses = film(single_leg_squat(fppa, side=side, hop=hop).figure, noise=0.003, world=False)
        yield poses, "single-leg-squat", {}, fppa, 6.0, frozenset({"foot_moved"} if hop else ())


def company() -> Iterator[Case]:
    """Somebody who helps, somebody who stands by, and a mirror."""
    test = film(sit_to_stand(5).figure, yaw_deg=90, noise=0.005, world=False)
    value = sit_to_stand(5).times_s["seat"][4] - sit_to_stand(5).times_s["onset"][0]
    helper = film(sit_to_stand(1, rest_s=17.0).figure, yaw_deg=90, noise=0.005, world=False)
    for away, told in ((60.0, {"helper"}), (400.0, set())):
        other = replace(helper, track_id=helper.track_id + 1, keypoints=helper.keypoints + np.float32([away, 0]))
        yield PoseSequence.concat([test, other]), "sit-to-stand", {"person": 1}, value, 0.2, frozenset(told)
    for scale in (0.4, 0.7):
        keypoints = (test.keypoints * scale + np.float32([20, 100])).astype(np.float32)
        mirror = replace(test, track_id=test.track_id + 1, keypoints=keypoints)
        yield PoseSequence.concat([test, mirror]), "sit-to-stand", {}, value, 0.2, frozenset({"mirror"})


@cache
def _kept(cases: Callable[[], Iterator[Case]]) -> list[Case]:
    return [*cases()]


def right(cases: Iterable[Case]) -> str:
    """Of how many the value and the findings are as they should be."""
    found = []
    for poses, test, options, value, within, findings in cases:
        result = assess(poses, test, **options)  # type: ignore[arg-type]
        near = result.value is not None and value is not None and abs(result.value - value) <= within
        found.append(near and {one.name for one in result.findings} == findings)
    return f"{sum(found)}/{len(found)}"


def _captured(correct: bool) -> str:
    """Motion capture of sit-to-stand: four full stands (the fifth is cut off) and nothing told that was not done."""
    found = []
    for poses in _stands(correct):
        result = assess(poses, "sit-to-stand", start_s=0.0)
        told = {one.name for one in result.findings}
        found.append("after stand 5" in result.reason and not told & {"hands_used", "not_sat"})
    return f"{sum(found)}/{len(found)}"


@cache
def _stands(correct: bool) -> list[PoseSequence]:
    data = [one for one in episodes(shared_folder() / "data/mocap/uiprmd_sit_to_stand.npz") if one.correct == correct]
    parts = [whole for whole, _ in in_fives(data)]
    return [seen(one, (90, -50)[i % 2], noise=0.01, seed=i) for i, one in enumerate(parts)]


@cache
def _legs() -> list[tuple[PoseSequence, str, float]]:
    """Legs that are raised to the side of the camera: poses, side, and the captured angle at the furthest."""
    found = []
    for name in ("straight_leg_raise", "hurdle_step"):
        data = episodes(shared_folder() / f"data/mocap/uiprmd_{name}.npz")
        for subject in sorted({one.subject for one in data}):
            one = next(one for one in data if one.subject == subject and one.correct)
            flexion = {side: _flexion(one, side) for side in ("left", "right")}
            side = max(flexion, key=lambda key: flexion[key])
            found.append((seen(one, 90 if side == "left" else -90, noise=0.005), side, flexion[side]))
    return found


def _flexion(one: Episode, side: str) -> float:
    """The furthest that a thigh comes forward of the trunk in the plane of both."""
    trunk = one.joints[f"{side}_shoulder"] - one.joints[f"{side}_hip"]
    thigh = one.joints[f"{side}_knee"] - one.joints[f"{side}_hip"]
    cosine = -(trunk * thigh).sum(-1) / np.linalg.norm(trunk, axis=-1) / np.linalg.norm(thigh, axis=-1)
    return float(np.degrees(np.arccos(cosine)).max())


def _raised() -> str:
    found = []
    for poses, side, flexion in _legs():
        value = assess(poses, "hip-flexion", side=side).value  # type: ignore[arg-type]
        found.append(value is not None and abs(value - flexion) <= 10)
    return f"{sum(found)}/{len(found)}"


@cache
def _walks() -> list[tuple[PoseSequence, int]]:
    found = []
    for (speed, stride), noise, fps in product(
        ((0.25, 0.4), (0.35, 0.55), (0.55, 0.7), (0.75, 0.8), (0.95, 0.9)), (0.0, 0.005, 0.01), (15.0, 30.0, 60.0)
    ):
        one = walk(speed=speed, stride=stride)
        poses = film(one.figure, yaw_deg=90, noise=noise, fps=fps, world=False, **WIDE)  # type: ignore[arg-type]
        found.append((poses, len(one.times_s["left"]) + len(one.times_s["right"])))
    return found


def _steps() -> str:
    found = [len(assess(poses, "gait").moments("step")) == truth for poses, truth in _walks()]
    return f"{sum(found)}/{len(found)}"


CLIPS: dict[str, PoseSequence] = {}


def _real_steps() -> str:
    counts = [len(assess(CLIPS[name], "gait").moments("step")) for name in STEPS_BY_EYE if name in CLIPS]
    return " ".join(map(str, counts))


def _others(*tests: str) -> Callable[[], str]:
    def given() -> str:
        found = [
            assess(poses, test).value is not None
            for name, poses in CLIPS.items()
            for test in tests
            if name not in STEPS_BY_EYE
        ]
        return f"{sum(found)}/{len(found)}"

    return given


def _told() -> str:
    """Real clips with several people who do no test: how often somebody helps, or is a mirror."""
    names: list[str] = []
    for poses in CLIPS.values():
        if len(poses.track_ids) > 1:
            result = assess(poses, "gait")
            names += [one.name for one in result.findings if one.name in {"helper", "mirror"}]
    return f"{names.count('helper')} {names.count('mirror')}"


COLUMNS: dict[str, Callable[[], str]] = {
    "figures, timed": lambda: right(_kept(timed)),
    "captured, right": lambda: _captured(True),
    "captured, wrong": lambda: _captured(False),
    "figures, joints": lambda: right(_kept(joints)),
    "captured legs": _raised,
    "figures, company": lambda: right(_kept(company)),
    "figures, steps": _steps,
    "real steps": _real_steps,
    "others: timed": _others("sit-to-stand", "timed-up-and-go"),
    "others: one leg": _others("single-leg-squat"),
    "several people": _told,
}
_RISES = ("figures, timed", "captured, right", "captured, wrong")
_SEATS = (*_RISES, "others: timed")
_WALKS = ("figures, steps", "real steps")
_TURNS = ("figures, timed", "others: timed")
_ONE_LEG = ("figures, joints", "others: one leg")
_ANGLES = ("figures, joints", "captured legs")
_COMPANY = ("figures, company", "several people")
NUMBERS: dict[str, tuple[str, ...]] = {
    "subject.SEEN_SHARE": (*_RISES, *_WALKS),
    "subject._FEWEST_S": _COMPANY,
    "subject._REACH": _COMPANY,
    "subject._HELPS_S": _COMPANY,
    "subject._ALIKE": _COMPANY,
    "subject._MOVES": _COMPANY,
    "sitting.STANDS_FROM": _SEATS,
    "sitting.SITS_UP_TO": _RISES,
    "sitting._LEAST_RISE": _SEATS,
    "sitting._APART": _RISES,
    "sitting._SHOULDERS_REST": _SEATS,
    "sitting._REST_S": _RISES,
    "sitting._LOOK_BACK_S": _RISES,
    "sitting._STEADY_S": _RISES,
    "chair._SAT_UP_TO": _RISES,
    "chair._ON_THIGH": _RISES,
    "chair._LEANING": _RISES,
    "up_and_go._LEAST_WAY": _TURNS,
    "up_and_go._EITHER_WAY": _TURNS,
    "up_and_go._DISTANCE_WITHIN": _TURNS[:1],
    "up_and_go._RUNS_FROM": _TURNS[:1],
    "gait._SLOWS_TO": _WALKS,
    "gait._SWINGS": _WALKS,
    "gait._QUICKEST_S": _WALKS,
    "gait._SLOWEST_S": _WALKS,
    "gait._WALKS": _WALKS,
    "range_of_motion._TRY_SHARE": _ANGLES,
    "range_of_motion._LEAST_DEG": _ANGLES,
    "range_of_motion._TRUNK_DEG": _ANGLES,
    "range_of_motion._REST_SHARE": _ANGLES,
    "single_leg._DIP": _ONE_LEG,
    "single_leg._LIFTED": _ONE_LEG,
    "single_leg._FOOT_MOVED": _ONE_LEG,
}
MODULES = ("assess", "chair", "gait", "outcome", "range_of_motion", "single_leg", "sitting", "subject", "timed",
           "up_and_go")  # fmt: skip


def _value(number: str) -> float:
    module, name = number.split(".")
    return float(getattr(importlib.import_module(f"posespotter.assessments.{module}"), name))


def _set(number: str, value: float) -> Iterator[object]:
    """Patches of every module that has the constant."""
    name = number.split(".")[1]
    home = number.split(".", maxsplit=1)[0]
    for module in {home} if name.startswith("_") else MODULES:
        target = importlib.import_module(f"posespotter.assessments.{module}")
        if hasattr(target, name):
            yield mock.patch.object(target, name, value)


def main() -> None:
    """Print a row for each value of each constant."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, nargs="*", default=[])
    parser.add_argument("--only", nargs="*", default=list(NUMBERS))
    options = parser.parse_args()
    for folder in options.clips:
        for path in sorted([*folder.glob("*/poses.parquet"), *folder.glob("*.parquet")]):
            CLIPS[path.parent.name if path.name == "poses.parquet" else path.stem] = PoseSequence.from_parquet(path)
    rows = []
    usually = cache(lambda name: COLUMNS[name]())
    for number in options.only:
        usual = _value(number)
        wanted = NUMBERS[number]
        for value in (usual, *(usual * factor for factor in FACTORS)):
            with ExitStack() as stack:
                for patch in _set(number, value):
                    stack.enter_context(patch)  # type: ignore[arg-type]
                ask = usually if value == usual else lambda name: COLUMNS[name]()
                answers = [f"{name} {ask(name)}" for name in wanted]
            rows.append([number, f"{value:.3g}" + (" (as it is)" if value == usual else ""), "; ".join(answers)])
            note(f"{rows[-1]}")
    report(table(["number", "value", "what comes of it"], rows))


if __name__ == "__main__":
    main()
