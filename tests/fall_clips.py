"""Labelled clips of stick people: clips.csv, segments.csv, and their poses as if they had been estimated."""

from pathlib import Path

from tests.falls.movements import FALLS, LIES_DOWN, SITS_DOWN, Actor, Key, film

FPS = 15.0
_SECONDS = 14.0
# keys, and the seconds at which each label begins
_SCRIPTS: dict[str, tuple[tuple[Key, ...], tuple[tuple[float, str], ...]]] = {
    "fall": (FALLS, ((0.0, "normal"), (4.0, "fall"), (5.0, "lying"))),
    "sits": (SITS_DOWN, ((0.0, "normal"),)),
    "lies": (LIES_DOWN, ((0.0, "normal"), (9.0, "lying"))),
}


def write_clips(folder: Path, groups: tuple[str, ...], *, models: str = "blazepose+blazepose-full") -> Path:
    """A clip of each script for each group, in `folder`; returns the folder of their poses."""
    folder.mkdir(parents=True)
    n = round(_SECONDS * FPS)
    clips, segments = ["clip_id,file,frames,fps,scene,split"], ["clip_id,start_frame,end_frame,label"]
    for number, group in enumerate(groups):
        for script, (keys, labels) in _SCRIPTS.items():
            name = f"{group}-{script}"
            (folder / f"{name}.mp4").touch()  # nobody opens it, for the poses that follow are newer
            actor = Actor(keys, x_px=200 + 40 * number, height_px=220 + 30 * number)
            poses = film(actor, seconds=_SECONDS, fps=FPS, seed=number)
            poses.to_parquet(folder / "poses" / models / f"{name}.parquet")
            clips.append(f"{name},{name}.mp4,{n},{FPS:g},{group},{'train' if number else 'dev'}")
            frames = [round(start_s * FPS) for start_s, _ in labels] + [n]
            segments += [f"{name},{frames[i] + 1},{frames[i + 1]},{label}" for i, (_, label) in enumerate(labels)]
    (folder / "clips.csv").write_text("\n".join(clips) + "\n", "utf-8")
    (folder / "segments.csv").write_text("\n".join(segments) + "\n", "utf-8")
    return folder / "poses"
