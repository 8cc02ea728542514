"""Other proportions of trunk and legs are asked about; the person's own are not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from tests.figures import film, squat

from posespotter.exercises import analyze_exercise
from posespotter.exercises.comparison import stored
from posespotter.exercises.sessions.same_person import cautions
from posespotter.poses import PoseSequence


def session(folder: Path, name: str, *, legs: float = 1.0, seed: int = 0) -> Path:
    """A folder with poses of somebody whose legs are longer or shorter than usual."""
    poses = film(squat(), yaw_deg=90, noise=0.005, seed=seed, world=False)
    hips = poses.keypoints[:, [poses.skeleton.index("left_hip")]]
    lower = [
        i for i, joint in enumerate(poses.skeleton.keypoints) if joint.endswith(("knee", "ankle", "heel", "index"))
    ]
    keypoints = poses.keypoints.copy()
    keypoints[:, lower] = (hips + legs * (keypoints[:, lower] - hips)).astype(np.float32)
    (folder / name).mkdir()
    replace(poses, keypoints=keypoints, source=name).to_parquet(folder / name / "poses.parquet")
    return folder / name


def told(good: list[Path], later: list[Path]) -> tuple[str, ...]:
    analyses = [stored(analyze_exercise(PoseSequence.from_parquet(one / "poses.parquet"), "squat")) for one in good]
    last = [analyses[0].model_copy(update={"source": one.name}) for one in later]
    return cautions(good, later, [*analyses, *last])


def test_the_same_person_is_not_asked_about(tmp_path: Path) -> None:
    good = [session(tmp_path, f"good{i}", seed=i) for i in range(2)]
    assert told(good, [session(tmp_path, "later", seed=5)]) == ()


def test_other_legs_are_asked_about_in_one_sentence(tmp_path: Path) -> None:
    good = [session(tmp_path, f"good{i}", seed=i) for i in range(2)]
    sentences = told(good, [session(tmp_path, "later", legs=0.7)])
    assert len(sentences) == 1
    assert sentences[0].startswith("later: trunk and legs have other proportions")


def test_without_poses_nothing_is_said(tmp_path: Path) -> None:
    good = session(tmp_path, "good")
    analysis = stored(analyze_exercise(PoseSequence.from_parquet(good / "poses.parquet"), "squat"))
    assert cautions([tmp_path / "elsewhere"], [], [analysis]) == ()
