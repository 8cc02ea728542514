"""MMPose 1.x predictions JSON: what its Inferencer and its demo write, read and written.

The shapes in the wild, all of which are read (open-mmlab/mmpose: `split_instances`, `BaseMMPoseInferencer`,
demo/topdown_demo_with_mmdet.py), where a person is `{"keypoints", "keypoint_scores", "bbox": [[x0, y0, x1, y1]],
"bbox_score"}`:

- Inferencer, video: `[{"frame_id": 0, "instances": [person, ...]}, ...]`, frames counted from 0;
- Inferencer, picture: `[person, ...]`, and its return value for many pictures: `[[person, ...], ...]`;
- demo: `{"meta_info": ..., "instance_info": [{"frame_id": 1, "instances": [...]}, ...]}`, frames counted from 1.

What the joints are is what `meta_info` says of them: their names in the order of the file, or the name of the data set.
Only where a file says nothing, as the Inferencer's, their number decides: 17 are COCO's.

MMPose itself writes no ids, times or frame rate. What is written here has the demo's shape with more keys, which
MMPose's users do not see: `track_id` in each person, `time_s` in each frame, and `posespotter` in `meta_info`.
MMPose has no word for a joint that was not seen: it is written as 0, 0 with score 0, and read back as NaN.
World positions and the joints before smoothing are not held.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, TextIO

import numpy as np

from posespotter.errors import InputError, ShapeError
from posespotter.files import whole
from posespotter.formats.joint_names import JointNames, in_order, joint_names, listed_names
from posespotter.poses import PoseSequence
from posespotter.poses.checked_json import (
    PX_DECIMALS,
    SCORE_DECIMALS,
    load_json,
    number,
    numbers,
    rounded,
    whole_number,
)
from posespotter.poses.completion import (
    AssignIds,
    box_around,
    frame_around,
    given_id,
    ids_by_overlap,
    require_fps,
    require_listable,
    score_of,
    seen_joints,
    settle_ids,
    times_at,
)
from posespotter.poses.metadata import checked_metadata, metadata_of
from posespotter.skeletons import COCO17, H36M17, HALPE26, WHOLEBODY133, Skeleton, skeleton_for

_EXPECTED = "MMPose predictions (JSON)"
_DATASETS: Mapping[str, Skeleton] = MappingProxyType(
    {"coco": COCO17, "halpe26": HALPE26, "coco_wholebody": WHOLEBODY133, "h36m": H36M17}
)
"""What MMPose calls the data sets of the skeletons that are known here."""


def write_mmpose(poses: PoseSequence, path: Path) -> None:
    """Store `poses` as MMPose's demo does; px have 3 decimals, scores 4.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: there are too many frames for a list of them.
    """
    require_listable(poses)
    with whole(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write('{"meta_info": ' + json.dumps(_meta_info(poses)) + ',\n"instance_info": [')
        _write_frames(poses, file)
        file.write("\n]}\n")


def _meta_info(poses: PoseSequence) -> dict[str, Any]:
    skeleton = poses.skeleton
    return {
        "dataset_name": skeleton.name,
        "num_keypoints": len(skeleton),
        "keypoint_id2name": {str(i): name for i, name in enumerate(skeleton.keypoints)},
        "keypoint_name2id": {name: i for i, name in enumerate(skeleton.keypoints)},
        "skeleton_links": [list(limb) for limb in skeleton.limb_indices],
        "posespotter": metadata_of(poses),
    }


def _write_frames(poses: PoseSequence, file: TextIO) -> None:
    seen = seen_joints(poses.keypoints)
    keypoints = rounded(np.where(seen[..., None], poses.keypoints, 0), PX_DECIMALS)
    scores = rounded(np.where(seen, poses.scores, 0), SCORE_DECIMALS)
    boxes, box_scores = rounded(poses.bbox, PX_DECIMALS), rounded(poses.bbox_score, SCORE_DECIMALS)
    starts = np.searchsorted(poses.frame, np.arange(poses.n_frames + 1))
    for frame in range(poses.n_frames):
        entry: dict[str, Any] = {"frame_id": frame + 1, "instances": []}
        for row in range(starts[frame], starts[frame + 1]):
            entry["time_s"] = float(poses.time_s[row])
            person = {
                "keypoints": keypoints[row].tolist(),
                "keypoint_scores": scores[row].tolist(),
                "bbox": [boxes[row].tolist()],
                "bbox_score": float(box_scores[row]),
                "track_id": int(poses.track_id[row]),
            }
            entry["instances"].append(person)
        file.write(("," if frame else "") + "\n" + json.dumps(entry))


def read_mmpose(path: Path, *, fps: float | None = None, assign_ids: AssignIds = ids_by_overlap) -> PoseSequence:
    """Read MMPose predictions, with ids (`track_id` or `instance_id`; null and negative ones mean "none") or without.

    Args:
        path: the JSON file.
        fps: frame rate of the video, for a file that holds neither a rate nor times.
        assign_ids: gives the ids of people without one.

    Returns:
        The people. Without a box, a person gets the one around the joints; without a frame size, the sequence gets
        the smallest that holds everybody. Scores are clipped to 0..1: MMPose's SimCC scores may pass 1.

    Raises:
        InputError: the file is missing, damaged, or holds something else.
        SettingsError: `fps` is no frame rate.
    """
    return mmpose_poses(load_json(path, _EXPECTED), path, fps=fps, assign_ids=assign_ids)


def mmpose_poses(
    data: Any, path: Path, *, fps: float | None = None, assign_ids: AssignIds = ids_by_overlap
) -> PoseSequence:
    """The people of MMPose predictions that were loaded already; arguments and errors as of `read_mmpose`."""
    require_fps(fps)
    own: dict[str, Any] = {}
    entries, names = data, None
    if isinstance(data, dict):
        entries, meta_info = data.get("instance_info"), data.get("meta_info")
        if isinstance(meta_info, dict):
            if "posespotter" in meta_info:
                own = checked_metadata(meta_info["posespotter"], str(path))
            names = in_order(own["skeleton"]) if own else _joint_names(meta_info, path)
    if not isinstance(entries, list):
        raise InputError(f'{path}: expected {_EXPECTED}, a list of frames or "instance_info", got neither.')
    frames = _frames(entries, 1 if isinstance(data, dict) else 0, path)
    rows = [row for frame in frames for row in _people(frame, names, path) if own or _anybody(row)]
    metadata = own or _metadata(frames, rows, names, fps, path)
    _set_times(rows, metadata["fps"], path)
    ids = [row.pop("given_id") for row in rows]
    try:
        poses = PoseSequence.from_rows(rows, **metadata)
    except ShapeError as error:
        raise InputError(f"{path}: {error}") from error
    return settle_ids(poses, ids, assign_ids, path)


def _joint_names(meta_info: dict[str, Any], path: Path) -> JointNames | None:
    """Names of the joints of a file; None where it does not give them.

    Raises:
        InputError: its names are none.
    """
    dataset = meta_info.get("dataset_name")
    dataset = dataset if isinstance(dataset, str) and dataset.isprintable() else ""
    if "keypoint_id2name" in meta_info:
        names = listed_names(meta_info["keypoint_id2name"], f"{path}: keypoint_id2name")
    elif isinstance(meta_info.get("keypoint_name2id"), dict):
        numbered = {str(number): name for name, number in meta_info["keypoint_name2id"].items()}
        names = listed_names(numbered, f"{path}: keypoint_name2id")
    else:
        return in_order(_DATASETS[dataset]) if dataset in _DATASETS else None
    links = meta_info.get("skeleton_links")
    limbs = None
    if isinstance(links, list) and links:
        limbs = [(names[link[0]], names[link[1]]) for link in links if _joins(link, len(names))]
    return joint_names(names, path, dataset=dataset, limbs=limbs)


def _joins(link: Any, k: int) -> bool:
    """Whether a link joins two of `k` joints; others are left out, for nothing but the lines of a drawing are lost."""
    return isinstance(link, list) and len(link) == 2 and all(type(end) is int and 0 <= end < k for end in link)


@dataclass(frozen=True)
class _Frame:
    """One frame of a file: its 0-based number, its time where the file has it, and its people as they came."""

    number: int
    time_s: float | None
    people: list[Any]


def _frames(entries: list[Any], first_id: int, path: Path) -> list[_Frame]:
    """The frames of a file in order; `first_id` is the `frame_id` of the first unless some frame has 0."""
    if all(isinstance(entry, dict) and "instances" not in entry for entry in entries):
        return [_Frame(0, None, entries)] if entries or not first_id else []  # the people of one picture
    if any(isinstance(entry, dict) and entry.get("frame_id") == 0 for entry in entries):
        first_id = 0
    frames = []
    for place, entry in enumerate(entries):
        what = f"{path}: frame entry {place}"
        fields = entry if isinstance(entry, dict) else {"instances": entry}
        people = fields.get("instances")
        if not isinstance(people, list):
            raise InputError(f'{what}: expected a list of people under "instances", got {type(people).__name__}.')
        frame_id = whole_number(fields.get("frame_id", place + first_id), f"{what}, frame_id")
        time_s = number(fields["time_s"], f"{what}, time_s") if "time_s" in fields else None
        frames.append(_Frame(frame_id - first_id, time_s, people))
    frames.sort(key=lambda frame: frame.number)
    for one, other in pairwise(frames):
        if one.number == other.number:
            raise InputError(f"{path}: expected each frame once, got frame_id {one.number + first_id} twice.")
    return frames


def _people(frame: _Frame, names: JointNames | None, path: Path) -> Iterator[dict[str, Any]]:
    """The rows of one frame; their track ids are their places in it, the file's own are under `given_id`."""
    k = len(names.order) if names else None
    for place, person in enumerate(frame.people, 1):
        what = f"{path}: person {place} of frame {frame.number}"
        if not isinstance(person, dict):
            raise InputError(f"{what}: expected keypoints and scores, got {type(person).__name__}.")
        if person.get("keypoints") == []:
            continue
        keypoints = numbers(person.get("keypoints"), (k, 2), f"{what}, keypoints")
        scores = numbers(person.get("keypoint_scores"), (len(keypoints),), f"{what}, keypoint_scores").clip(0, 1)
        if names:
            keypoints, scores = keypoints[[*names.order]], scores[[*names.order]]
        keypoints[(scores == 0) & (keypoints == 0).all(axis=1)] = np.nan
        bbox, bbox_score = box_around(keypoints), score_of(scores)
        if (box := person.get("bbox")) is not None:
            nested = isinstance(box, list) and len(box) == 1
            bbox = numbers(box[0] if nested else box, (4,), f"{what}, bbox")
        if person.get("bbox_score") is not None:
            bbox_score = number(person["bbox_score"], f"{what}, bbox_score")
        yield {
            "frame": frame.number,
            "time_s": frame.time_s,
            "track_id": place,
            "given_id": given_id(person.get("track_id", person.get("instance_id")), f"{what}, track_id"),
            "bbox": bbox,
            "bbox_score": min(max(bbox_score, 0.0), 1.0),
            "keypoints": keypoints,
            "scores": scores,
        }


def _anybody(row: dict[str, Any]) -> bool:
    """Whether this is a person: programs pad lists with people of zeros, of whom no joint was seen."""
    x0, y0, x1, y1 = row["bbox"]
    return bool(seen_joints(row["keypoints"]).any() or (x1 > x0 and y1 > y0))


def _metadata(
    frames: list[_Frame], rows: list[dict[str, Any]], names: JointNames | None, fps: float | None, path: Path
) -> dict[str, Any]:
    """The metadata of a file that another program wrote."""
    n_keypoints = {len(row["scores"]) for row in rows} or {len(COCO17)}
    if len(n_keypoints) > 1:
        raise InputError(f"{path}: expected one number of keypoints, got {sorted(n_keypoints)}.")
    bbox, keypoints = (np.array([row[name] for row in rows], np.float32) for name in ("bbox", "keypoints"))
    return {
        "skeleton": names.skeleton if names else skeleton_for(n_keypoints.pop()),
        "frame_size": frame_around(bbox, keypoints),
        "fps": fps or 0.0,
        "n_frames": max((frame.number + 1 for frame in frames), default=0),
        "source": path.stem,
    }


def _set_times(rows: list[dict[str, Any]], fps: float, path: Path) -> None:
    """Give each row the time of its frame where the file did not."""
    untimed = [row for row in rows if row["time_s"] is None]
    times = times_at(np.array([row["frame"] for row in untimed], np.int32), fps, path)
    for row, time_s in zip(untimed, times, strict=True):
        row["time_s"] = time_s
