"""Labelled clips of stick people: clips.csv, segments.csv, and their poses as if they had been estimated."""

from dataclasses import replace
from pathlib import Path

from tests.falls.movements import FALLS, LIES_DOWN, SITS_DOWN, Actor, Key, film

from posespotter.falls.training.data import FallData
from posespotter.poses import PoseSequence
from posespotter.tasks.fall_poses import Models, made_from

FPS = 15.0
MODELS = Models("movenet-multipose", "movenet-thunder")
_SECONDS = 14.0
# keys, and the seconds at which each label begins
_SCRIPTS: dict[str, tuple[tuple[Key, ...], tuple[tuple[float, str], ...]]] = {
    "fall": (FALLS, ((0.0, "normal"), (4.0, "fall"), (5.0, "lying"))),
    "sits": (SITS_DOWN, ((0.0, "normal"),)),
    "lies": (LIES_DOWN, ((0.0, "normal"), (9.0, "lying"))),
}


def write_clips(folder: Path, groups: tuple[str, ...], *, models: Models = MODELS) -> Path:
    """A clip of each script for each group, in `folder`; returns the folder of their poses."""
    folder.mkdir(parents=True)
    n = round(_SECONDS * FPS)
    poses: dict[str, PoseSequence] = {}
    clips, segments = ["clip_id,file,frames,fps,scene,split"], ["clip_id,start_frame,end_frame,label"]
    for number, group in enumerate(groups):
        for script, (keys, labels) in _SCRIPTS.items():
            name = f"{group}-{script}"
            (folder / f"{name}.mp4").touch()  # nobody decodes it, for the poses are there
            actor = Actor(keys, x_px=200 + 40 * number, height_px=220 + 30 * number)
            poses[name] = film(actor, seconds=_SECONDS, fps=FPS, seed=number)
            clips.append(f"{name},{name}.mp4,{n},{FPS:g},{group},{'train' if number else 'dev'}")
            frames = [round(start_s * FPS) for start_s, _ in labels] + [n]
            segments += [f"{name},{frames[i] + 1},{frames[i + 1]},{label}" for i, (_, label) in enumerate(labels)]
    (folder / "clips.csv").write_text("\n".join(clips) + "\n", "utf-8")
    (folder / "segments.csv").write_text("\n".join(segments) + "\n", "utf-8")
    for clip in FallData.read(folder):
        made = replace(poses[clip.clip_id], settings=made_from(clip, models))
        made.to_parquet(folder / "poses" / models.name / f"{clip.clip_id}.parquet")
    return folder / "poses"
