"""How far are angles and measures from the truth? By view, and by where the joints come from.

    python benchmarks/angles.py [--views 6] [--episodes 60] [--write] [--card] [--clips DIR]

Repetitions of the people whom the lifting network never saw (tools/train_lifting.py, LEFT_OUT) are seen by virtual
cameras from all round, with the noise of the pose model (tools/mocap.py), and measured as a real clip is. The truth is
the same angle of the captured joints. With `--write` the errors become src/posespotter/kinematics/errors.csv, which
`measure_error` reads; `change` there is that of the change from rest. `--card` measures without noise too, for the card
of the lifting network. `--clips DIR` adds a real person: the poses of the two OpenCap clips
(DIR/opencap_squats_arm_raise_cam0/poses.parquet and cam1) beside ../shared/data/truth, from their own metres and
lifted; those of `blazepose` go into the table, for nothing else is known of them.
"""

import argparse
import csv
import sys
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from common import ROOT, shared_folder

sys.path.insert(0, str(ROOT / "tools"))
import mocap
from train_lifting import LEFT_OUT

from posespotter.exercises import exercise_names
from posespotter.exercises.definitions.catalog import load_exercise
from posespotter.exercises.definitions.vocabulary import WITHOUT_CURVE, Measure
from posespotter.exercises.measures import Moves
from posespotter.kinematics.angles import angle_to_vertical_deg, joint_angle_deg
from posespotter.kinematics.body import Body, body_of
from posespotter.kinematics.joint_angles import ANGLE_NAMES, joint_angles
from posespotter.kinematics.lifting import lift
from posespotter.kinematics.measurement_errors import TABLE, seen_from, without_side
from posespotter.kinematics.view import view_of_yaw
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17

HZ = 25.0
PX = 500.0  # a body height in the pictures
UNUSABLE = 15.0
"""Degrees: an angle that is further off gives no number (design/CLINICAL.md: the same squat over all views is 14 +- 15
degrees off, which is why numbers are gated by view)."""

FEWEST = 1000
"""Moments that it takes to refuse a number; fewer come from a few cameras and tell the error roughly."""

STEEP, OUT_OF_PLANE = 45.0, 25.0
"""Degrees: slopes count that are less steep, and arms in the picture that are no further out of their plane."""

FROM_FRONT = {"alignment", "width", "width_ratio", "tilt", "side_difference", "sideways"}

SKIPPED = {*WITHOUT_CURVE, "level"}  # one number a repetition, or only changes mean something

ALIKE = {"squat": {"deep_squat", "sit_to_stand"}, "lunge": {"inline_lunge"}}
"""The captured movements in which an exercise's measures are judged; all, where none is like the exercise."""

TRUNK = ("hip", "shoulder")
CHANGE = ", change"
REST = 8
"""Moments at either end of a repetition: a third of a second."""

PAGE, CARD = ROOT / "docs" / "explanation" / "trust.md", ROOT / "docs" / "explanation" / "lifting.md"
CARD_ANGLES, IN = ("knee_flexion", "hip_flexion", "trunk_forward_lean"), " in "
VIEWS = ("side", "oblique", "front", "rear")
SHOWN = ("picture", "lifted")
KEYS = ("measure", "view", "source")
Errors = dict[tuple[str, str, str], list[tuple[np.ndarray, int]]]


def poses_of(views: mocap.Views, row: int) -> PoseSequence:
    """One clip of virtual cameras as a pose model gives it, with the true joints as metres."""
    keypoints = views.keypoints[row] * PX + 2 * PX
    unseen = views.scores[row] == 0
    return PoseSequence.from_arrays(
        np.where(unseen[..., None], np.nan, keypoints),
        scores=views.scores[row],
        skeleton=COCO17,
        fps=HZ,
        frame_size=(int(4 * PX), int(4 * PX)),
        world=views.targets[row] * 1.7,
    )


def measured(errors: Errors, movement: str, poses: PoseSequence, placed: np.ndarray, suffix: str) -> None:
    """Add the errors of one clip."""
    truth = joint_angles(poses, world=True, gate=False)
    flat = replace(poses, world=None)
    lifted = lift(flat)
    in_picture, in_space = joint_angles(flat, gate=False), joint_angles(lifted, world=True, gate=False)
    for source, angles in (("picture", in_picture), ("lifted", in_space)):
        views = np.array(angles.views)
        for name in angles.names:
            wrong = angles[name] - truth[name]
            wrong = np.where(np.abs(wrong) > 180, wrong - 360 * np.sign(wrong), wrong)
            meant = arms_in_picture(body_of(poses), name) if source == "picture" else np.ones(len(poses), bool)
            for view in set(angles.views):
                there = (views == view) & np.isfinite(truth[name]) & meant
                if there.any() and (seen := seen_from(name, view)):
                    add(errors, (without_side(name), seen, source + suffix), wrong[there])
                    if without_side(name) in CARD_ANGLES:
                        add(errors, (f"{without_side(name)}{IN}{movement}", seen, source + suffix), wrong[there])
    exercises(errors, movement, truth_of(poses, placed), {"picture": flat, "lifted": lifted}, suffix)


def exercises(
    errors: Errors, movement: str, exact: dict[str, Moves], sources: dict[str, PoseSequence], suffix: str
) -> None:
    """The same of what exercise files measure, as they measure it, in movements like theirs."""
    for source, one in sources.items():
        body = body_of(one).clean()
        for plane in ("sagittal", "frontal"):
            moves = Moves(body, plane, source="lifted" if source == "lifted" else "blazepose")
            yaw, _ = moves.direction()
            view = view_of_yaw(yaw)
            for measure, files in MEASURES.items():
                # As analyses do: the near side alone, from the front, from behind, and of angles in space both.
                solid = source == "lifted" and view == "oblique" and measure.kind in {"angle", "lean", "distance"}
                both_tell = solid or view in {"front", "rear"}
                sides = ("left", "right") if both_tell else ("left" if yaw > 0 else "right",)
                # Across the other plane's exercises it is measured otherwise, and not from this view.
                seen_in = "frontal" if view in {"front", "rear"} else "sagittal"
                names = files.get(plane, ()) if plane == seen_in or seen_in not in files else ()
                alike = {one for name in names for one in ALIKE.get(name, {movement})}
                if movement in alike and view != "unknown":
                    true = np.mean([true_values(exact, plane, measure, side) for side in sides], axis=0)
                    both = len(sides) == 2 or measure.joints == TRUNK  # there is one trunk
                    wrong = moves.measure(measure, "mean" if both else sides[0]).values - true
                    key = (measure.text, seen_from("", view), source + suffix)
                    add(errors, key, wrong[np.isfinite(true)])
                    add(errors, (measure.text + CHANGE, *key[1:]), change_of(wrong))


def change_of(wrong: np.ndarray) -> np.ndarray:
    """(M,) errors of the change from rest to the middle of a repetition, in which what is always the same drops out."""
    rest = np.concatenate([wrong[:REST], wrong[-REST:]])
    rest = rest[np.isfinite(rest)]
    third = len(wrong) // 3
    return wrong[third : 2 * third] - np.median(rest) if len(rest) else np.full(third, np.nan)


def true_values(exact: dict[str, Moves], plane: str, measure: Measure, side: str) -> np.ndarray:
    """Angles of the joints in space; all else as it is seen across its plane by cameras far away, by a perfect model.

    Hips are where pose models put them, 4 cm above the joint's centre: limits of depth are about that place.
    """
    joints = [exact["space"].body.joint(f"{side}_{part}", world=True) for part in measure.joints if part != "nose"]
    if measure.kind == "angle":
        return np.where(arms_lie_in(exact[plane], measure, side), joint_angle_deg(*joints), np.nan)
    if measure.kind == "lean" and measure.joints != TRUNK:
        return np.where(arms_lie_in(exact[plane], measure, side), angle_to_vertical_deg(*joints), np.nan)
    across = exact["frontal" if measure.kind in FROM_FRONT else plane]
    true = across.measure(measure, "mean" if measure.joints == TRUNK else side).values
    # Limits of slopes lie near level; the slope of an upright thigh says little, for its height hardly changes.
    return np.where(np.abs(true) < STEEP, true, np.nan) if measure.kind == "slope" else true


def arms_lie_in(across: Moves, measure: Measure, side: str) -> np.ndarray:
    """(N,) whether the arm moves in the plane that the exercise moves in, as it does in the exercises themselves."""
    lies = np.ones(len(across.body), bool)
    for first, last in (("shoulder", "elbow"), ("elbow", "wrist")):
        if first in measure.joints and last in measure.joints:
            limb = across.body.joint(f"{side}_{last}", world=True) - across.body.joint(f"{side}_{first}", world=True)
            lies &= in_plane(limb)
    return lies


def arms_in_picture(body: Body, name: str) -> np.ndarray:
    """(N,) whether an arm is held in the plane of the picture, as a measurement of its range asks for."""
    side, _, angle = name.partition("_")
    limbs = {"elbow_flexion": 2, "shoulder_flexion": 1, "shoulder_abduction": 1}.get(angle, 0)
    lies = np.ones(len(body), bool)
    for first, last in (("shoulder", "elbow"), ("elbow", "wrist"))[:limbs]:
        lies &= in_plane(body.joint(f"{side}_{last}", world=True) - body.joint(f"{side}_{first}", world=True))
    return lies


def in_plane(limb: np.ndarray) -> np.ndarray:
    return np.linalg.norm(limb[:, :2], axis=-1) >= np.cos(np.radians(OUT_OF_PLANE)) * np.linalg.norm(limb, axis=-1)


def truth_of(poses: PoseSequence, placed: np.ndarray) -> dict[str, Moves]:
    """The true joints in space, and those that a perfect pose model gives, from far away at the side and in front."""
    out = {"space": Moves(body_of(poses).clean(), "sagittal")}
    world = placed * 1.7
    across = (world[:, [5, 11]] - world[:, [6, 12]]).mean((0, 1))
    turn = np.arctan2(across[2], across[0])
    for plane, yaw in (("sagittal", 90.0), ("frontal", 0.0)):
        angle = turn + np.radians(yaw)
        x = world[..., 0] * np.cos(angle) + world[..., 2] * np.sin(angle)
        z = world[..., 2] * np.cos(angle) - world[..., 0] * np.sin(angle)
        turned = np.stack([x, world[..., 1], z], -1)
        flat = turned[..., :2] * PX / 1.7 + 2 * PX
        exact = replace(
            poses, keypoints=flat.astype(np.float32), world=turned.astype(np.float32), scores=np.ones_like(poses.scores)
        )
        out[plane] = Moves(body_of(exact).clean(), plane, yaw)
    return out


def add(errors: Errors, key: tuple[str, str, str], wrong: np.ndarray) -> None:
    known = np.isfinite(wrong)
    errors[key].append((wrong[known], len(wrong)))


def summary(parts: list[tuple[np.ndarray, int]]) -> dict[str, float] | None:
    wrong = np.concatenate([part for part, _ in parts])
    asked = sum(count for _, count in parts)
    if len(wrong) < 200:
        return None
    return {
        "bias": float(wrong.mean()),
        "rmse": float(np.sqrt((wrong**2).mean())),
        "p68": float(np.percentile(np.abs(wrong), 68)),
        "p95": float(np.percentile(np.abs(wrong), 95)),
        "coverage": len(wrong) / asked,
        "n": len(wrong),
    }


def usable(measure: str, view: str, row: dict[str, float]) -> bool:
    degrees = measure in ANGLES or measure.startswith(("angle", "lean", "slope", "tilt"))
    return view != "far" and not (degrees and row["p68"] > UNUSABLE and row["n"] >= FEWEST)


ANGLES = {name.removeprefix("left_") for names in ANGLE_NAMES.values() for name in names}
FEET = {"heel", "toe", "foot"}  # the captures' joints are those of COCO-17
MEASURES: dict[Measure, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
for _name in exercise_names():
    _exercise = load_exercise(_name)
    for _item in (*_exercise.signal, *_exercise.require, *_exercise.metric, *_exercise.check):
        if _item.measure and _item.parsed.kind not in SKIPPED and not FEET & set(_item.parsed.joints):
            MEASURES[_item.parsed][_exercise.plane].add(_name)


def opencap(errors: Errors, clips: Path) -> None:
    """A real person before two phones, beside the joint angles of the two-camera system."""
    from opencap import reference_angles

    truths = reference_angles(shared_folder() / "data" / "truth")
    for camera in ("cam0", "cam1"):
        poses = PoseSequence.from_parquet(clips / f"opencap_squats_arm_raise_{camera}" / "poses.parquet")
        ids, counts = np.unique(poses.track_id, return_counts=True)
        poses = poses.person(int(ids[counts.argmax()]))
        for source, one in (("blazepose", poses), ("lifted", lift(poses))):
            if one.world is None:
                continue
            angles = joint_angles(one, world=True, gate=False)
            for against, truth in truths.items():
                lag = truth.lag_of(angles)
                for name, values in truth.angles.items():
                    found = np.interp(truth.time_s + lag, angles.time_s, angles[name])
                    wrong = (found - values)[np.isfinite(found - values)]
                    print(
                        f"{camera} {source:9} against {against:7} {name:22} bias {wrong.mean():6.1f}  "
                        f"rmse {np.sqrt((wrong**2).mean()):5.1f}  after the bias {wrong.std():5.1f}"
                    )
                    if source == "blazepose" and against == "joints":
                        view = max(set(angles.views), key=angles.views.count)
                        add(errors, (without_side(name), seen_from(name, view), "blazepose"), wrong)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--views", type=int, default=6, help="cameras a repetition")
    parser.add_argument("--episodes", type=int, default=60, help="repetitions")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="write the table of the package")
    parser.add_argument("--card", action="store_true", help="measure without noise too, and write the model card")
    parser.add_argument("--clips", type=Path, help="folder with the poses of the OpenCap clips")
    asked = parser.parse_args()
    rng = np.random.default_rng(asked.seed)
    known = [one for one in mocap.episodes(shared_folder() / "data" / "mocap") if one.subject in LEFT_OUT]
    errors: Errors = defaultdict(list)
    for i, one in enumerate(chosen_of(rng, known, asked.episodes)):
        # Arms of the captures hang, or are held up sideways: every other repetition gets arms that do anything.
        joints = mocap.with_arms(rng, one.joints, mocap.CAPTURED_HZ) if i % 2 else one.joints
        joints = np.repeat(joints[None, :: round(mocap.CAPTURED_HZ / HZ)], asked.views, 0)
        for suffix, noise in (("", 1.0), (" without noise", 0.0))[: 1 + asked.card]:
            views = mocap.seen(rng, joints, mocap.Cameras(), noise)
            for row in range(asked.views):
                measured(errors, one.movement, poses_of(views, row), views.placed[row], suffix)
    if asked.clips:
        opencap(errors, asked.clips)
    rows = [
        {"measure": measure, "view": view, "source": source, **found}
        for (measure, view, source), parts in sorted(errors.items())
        if (found := summary(parts)) is not None
    ]
    show(rows)
    if asked.card:
        write_card(rows)
    if asked.write:
        rows = [row for row in rows if IN not in row["measure"] and "without" not in row["source"]]
        changes = {tuple(row[key] for key in KEYS): row["p68"] for row in rows}
        kept = [
            row
            | {
                "change": changes.get((row["measure"] + CHANGE, row["view"], row["source"]), ""),
                "usable": usable(row["measure"], row["view"], row),
            }
            for row in rows
            if not row["measure"].endswith(CHANGE)
        ]
        write(TABLE, kept)
        write_page(kept)


def chosen_of(rng: np.random.Generator, known: list[mocap.Episode], count: int) -> list[mocap.Episode]:
    """As many repetitions of each movement, of each person, as far as there are."""
    groups = defaultdict(list)
    for i in rng.permutation(len(known)):
        groups[known[i].movement].append(known[i])
    return [one for some in zip(*groups.values(), strict=False) for one in some][:count]


def show(rows: list[dict[str, Any]]) -> None:
    print("measure | view | source | bias | rmse | 68 % within | 95 % within | coverage | n")
    for row in rows:
        digits = 1 if row["rmse"] > 1 else 3
        numbers = [f"{row[key]:.{digits}f}" for key in ("bias", "rmse", "p68", "p95")]
        print(" | ".join([*(row[key] for key in KEYS), *numbers, f"{row['coverage']:.2f}", str(row["n"])]))


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("# Written by benchmarks/angles.py; see docs/explanation/trust.md.\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*KEYS, "bias", "rmse", "p68", "p95", "change", "coverage", "n", "usable"])
        for row in rows:
            numbers = [f"{row[key]:.4g}" if row[key] != "" else "" for key in ("bias", "rmse", "p68", "p95", "change")]
            shown = "yes" if row["usable"] else "no"
            writer.writerow([*(row[key] for key in KEYS), *numbers, f"{row['coverage']:.2f}", row["n"], shown])


def write_page(rows: list[dict[str, Any]]) -> None:
    """The errors of angles into the page for people."""
    known = {(row["measure"], row["view"], row["source"]): row for row in rows}
    lines = [f"| angle | {' | '.join(f'{source}, {view}' for source in SHOWN for view in VIEWS)} |"]
    lines.append("|---" * (1 + len(SHOWN) * len(VIEWS)) + "|")
    for name in dict.fromkeys(row["measure"] for row in rows if row["measure"] in ANGLES):
        cells = [known.get((name, view, source)) for source in SHOWN for view in VIEWS]
        numbers = [f"{cell['p68']:.0f}" if cell and cell["usable"] else "–" for cell in cells]
        lines.append(f"| `{name}` | {' | '.join(numbers)} |")
    replace_table(PAGE, lines)


def write_card(rows: list[dict[str, Any]]) -> None:
    """The errors of lifted angles by movement into the model card: with noise, and in brackets without."""
    known = {(row["measure"], row["view"], row["source"]): row["p68"] for row in rows}
    lines = [f"| movement | angle | {' | '.join(VIEWS)} |", "|---" * (2 + len(VIEWS)) + "|"]
    for movement in dict.fromkeys(row["measure"].split(IN)[1] for row in rows if IN in row["measure"]):
        for name in CARD_ANGLES:
            keys = [(f"{name}{IN}{movement}", view) for view in VIEWS]
            both = [(known.get((*key, "lifted")), known.get((*key, "lifted without noise"))) for key in keys]
            numbers = [f"{noisy:.0f} ({clean:.0f})" if noisy and clean else "–" for noisy, clean in both]
            lines.append(f"| {movement.replace('_', ' ')} | `{name}` | {' | '.join(numbers)} |")
    replace_table(CARD, lines)


def replace_table(page: Path, lines: list[str]) -> None:
    before, _, rest = page.read_text("utf-8").partition("<!-- errors")
    head, _, rest = rest.partition("-->\n")
    _, end, after = rest.partition("<!-- end of errors -->")
    page.write_text(f"{before}<!-- errors{head}-->\n\n" + "\n".join(lines) + f"\n\n{end}{after}", "utf-8")


if __name__ == "__main__":
    main()
