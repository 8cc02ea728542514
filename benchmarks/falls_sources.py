"""The clips that falls are trained and measured on, with their poses: three sources of falls, and exercise."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from common import shared_folder

from posespotter.falls.training.data import FallClip, FallData, Segment
from posespotter.falls.training.examples import Examples, examples_of, normal_examples
from posespotter.falls.training.mocap import mocap_traces
from posespotter.poses import PoseSequence
from posespotter.poses.parquet import read_parquet
from posespotter.tasks.fall_training import COPIES

SOURCES = ("falls", "falls_urfd", "falls_upfall")
EXERCISE = ("exercise", "exercise_more", "tracking")
MODELS = "movenet-multipose+movenet-thunder"
MOCAP_PEOPLE = 200


@dataclass(frozen=True, eq=False)
class Sources:
    """Everything with poses.

    Attributes:
        clips: of all sources; the exercise clips are one, named `exercise`.
        poses: by clip id.
    """

    clips: tuple[FallClip, ...]
    poses: dict[str, PoseSequence]

    def of(self, clip: FallClip) -> PoseSequence:
        """The poses of a clip."""
        return self.poses[clip.clip_id]


def read_sources(poses: Path) -> Sources:
    """All clips of ../shared/data whose poses are in `poses`; says which have none."""
    data = shared_folder() / "data"
    clips: list[FallClip] = []
    found: dict[str, PoseSequence] = {}
    for source in SOURCES:
        labelled = list(FallData.read(data / source))
        for clip in labelled:
            path = poses / source / MODELS / f"{clip.clip_id}.parquet"
            if path.exists():
                found[clip.clip_id] = read_parquet(path)
                clips.append(clip)
        n = sum(clip.source == source for clip in clips)
        if n < len(labelled):
            print(f"{source}: poses of {n} of {len(labelled)} clips", flush=True)
    for folder in EXERCISE:
        for path in sorted((poses / folder).glob("*/poses.parquet")):
            one = read_parquet(path)
            segment = Segment(0, max(1, one.n_frames) - 1, "normal")
            name = path.parent.name
            clips.append(FallClip(name, path, segment.last_frame + 1, one.fps, "exercise", folder, "", (segment,)))
            found[name] = one
    return Sources(tuple(clips), found)


def all_examples(
    sources: Sources, *, copies: int = COPIES, without: str = "", mocap: int = MOCAP_PEOPLE, skip: Iterable[str] = ()
) -> Examples:
    """The windows of all clips but those of the sources in `skip`, of their changed copies, and of motion capture."""
    skipped = set(skip)
    real = [clip for clip in sources.clips if clip.source not in {"exercise", *skipped}]
    exercise = [clip for clip in sources.clips if clip.source == "exercise" and "exercise" not in skipped]
    parts = [
        examples_of(real, lambda clip: [sources.of(clip)], copies=copies, without=without),
        examples_of(exercise, lambda clip: [sources.of(clip)]),
    ]
    if mocap:
        parts.append(normal_examples(mocap_traces(shared_folder() / "data" / "mocap", mocap), "mocap/uiprmd"))
    return Examples.joined(parts)
