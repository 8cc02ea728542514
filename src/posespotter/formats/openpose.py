"""OpenPose JSON, version 1.3: a folder with one file a frame, as Pose2Sim, Sports2D and Kinovea take it.

`<source>_000000000000_keypoints.json` holds `{"version": 1.3, "people": [{"person_id": [3], "pose_keypoints_2d":
[x, y, score] * 25}]}` (github.com/CMU-Perceptual-Computing-Lab/openpose, doc/02_output.md) for BODY_25; the older list
of 18 points, "COCO", is read and written too. A joint that was not seen is 0, 0, 0, and a person of whom none was seen
is nobody: some programs fill their lists up with such people. The neck is the middle of the shoulders and the mid-hip
that of the hips where the model gives none, with the lower of the two scores; BlazePose's foot index stands for the big
toe. A frame without people has a file without people. The format holds neither times, boxes, frame size nor world
positions.
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.errors import InputError, OutputError, SettingsError, ShapeError
from posespotter.files import whole
from posespotter.poses import PoseSequence
from posespotter.poses.checked_json import (
    LARGEST_FRAME,
    PX_DECIMALS,
    SCORE_DECIMALS,
    load_json,
    numbers,
    rounded,
)
from posespotter.poses.completion import (
    MOST_FILES,
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
from posespotter.skeletons import BODY25, OPENPOSE18, Skeleton

_BODIES = {3 * len(body): body for body in (BODY25, OPENPOSE18)}
"""How many numbers the files hold for a person, and what they mean."""

_STAND_INS = {"left_big_toe": "left_foot_index", "right_big_toe": "right_foot_index"}
_MIDDLES = {"neck": ("left_shoulder", "right_shoulder"), "hip": ("left_hip", "right_hip")}
_PEOPLE = "people"
_BODY = "pose_keypoints_2d"
# Of pictures one by one, the name of each stands in place of the video's: 0012_keypoints.json, frame12_keypoints.json.
_NAME = re.compile(r"(?P<source>.*?)_?(?P<frame>\d{1,12})_keypoints\.json", re.DOTALL)
_OTHER_PARTS = (
    "face_keypoints_2d", "hand_left_keypoints_2d", "hand_right_keypoints_2d", "pose_keypoints_3d", "face_keypoints_3d",
    "hand_left_keypoints_3d", "hand_right_keypoints_3d",
)  # fmt: skip


def write_openpose(poses: PoseSequence, path: Path, body: Skeleton = BODY25) -> None:
    """Store `poses` as the folder `path`, one file a frame; a folder of OpenPose files is replaced as a whole.

    Args:
        poses: people of any skeleton that has points of the body.
        path: the folder.
        body: the points to write, BODY25 or OPENPOSE18.

    Raises:
        OutputError: the folder is there and holds something else, or cannot be written.
        SettingsError: the skeleton has no keypoint of BODY_25, or there are too many frames for a file each.
    """
    if path.is_dir():
        strange = next((file.name for file in path.iterdir() if not _NAME.fullmatch(file.name)), None)
        if strange is not None:
            raise OutputError(f"{path} holds more than OpenPose files ({strange}), so it is not replaced.")
    require_listable(poses, MOST_FILES)
    triplets = _triplets(poses, body)
    stem = re.sub(r"[^\w.-]+", "_", Path(poses.source).stem)[:100] or "poses"
    starts = np.searchsorted(poses.frame, np.arange(poses.n_frames + 1))
    with whole(path) as temporary:
        temporary.mkdir()
        for frame in range(poses.n_frames):
            people = [
                {"person_id": [int(poses.track_id[row])], _BODY: triplets[row].tolist()}
                | {part: [] for part in _OTHER_PARTS}
                for row in range(starts[frame], starts[frame + 1])
                if triplets[row].any()
            ]
            name = f"{stem}_{frame:012d}_keypoints.json"
            (temporary / name).write_text(json.dumps({"version": 1.3, "people": people}), encoding="utf-8")


def write_openpose_18(poses: PoseSequence, path: Path) -> None:
    """Store `poses` as `write_openpose` does, with the 18 points of the older list.

    Raises:
        OutputError: the folder is there and holds something else, or cannot be written.
        SettingsError: the skeleton has no keypoint of BODY_25.
    """
    write_openpose(poses, path, OPENPOSE18)


def require_names(skeleton: Skeleton) -> None:
    """Check that a skeleton has something of BODY_25.

    Raises:
        SettingsError: it has no keypoint of it.
    """
    if not set(skeleton.keypoints) & set(BODY25.keypoints):
        raise SettingsError(f"OpenPose files need the names of the body's joints; {skeleton.name} has none.")


def _triplets(poses: PoseSequence, body: Skeleton) -> Any:
    """(N, 3 K) x, y and score of the K points of `body` in turn, as the files hold them."""
    require_names(poses.skeleton)
    there = poses.to_skeleton(body)
    keypoints, scores = there.keypoints.copy(), there.scores.copy()
    for name, origin in _STAND_INS.items():
        if name in body and name not in poses.skeleton and origin in poses.skeleton:
            keypoints[:, body.index(name)] = poses.keypoint(origin)
            scores[:, body.index(name)] = poses.scores[:, poses.skeleton.index(origin)]
    for name, (left, right) in _MIDDLES.items():
        if name not in body:
            continue
        middle, ends = body.index(name), [body.index(left), body.index(right)]
        lacking = np.isnan(keypoints[:, middle]).any(axis=1)
        keypoints[lacking, middle] = keypoints[lacking][:, ends].mean(axis=1)
        scores[lacking, middle] = scores[lacking][:, ends].min(axis=1)
    seen = seen_joints(keypoints)
    xy = rounded(np.where(seen[..., None], keypoints, 0), PX_DECIMALS)
    score = rounded(np.where(seen, scores, 0), SCORE_DECIMALS)
    return np.concatenate([xy, score[..., None]], axis=2).reshape(len(poses), 3 * len(body))


def read_openpose(path: Path, *, fps: float | None = None, assign_ids: AssignIds = ids_by_overlap) -> PoseSequence:
    """Read a folder of OpenPose files, as BODY_25 or as the 18 points that they hold.

    Args:
        path: the folder.
        fps: frame rate of the video; needed unless there is only one frame.
        assign_ids: gives the ids where `person_id` is -1 or missing.

    Returns:
        The people, with boxes around their joints, in the smallest frame that holds everybody.

    Raises:
        InputError: there is no such folder, no such file in it, or one is damaged or of another kind.
        SettingsError: `fps` is no frame rate.
    """
    require_fps(fps)
    files = _files(path)
    rows: list[dict[str, Any]] = []
    ids: list[int | None] = []
    for frame, file in files:
        for place, person in enumerate(_people(file), 1):
            what = f"{file}: person {place}"
            body = _body(person, what)
            if body is None:
                continue
            rows.append({"frame": frame, "track_id": place} | body)
            came = person.get("person_id")
            ids.append(given_id(came[0] if isinstance(came, list) and len(came) == 1 else came, f"{what}, person_id"))
    bodies = {len(row["scores"]) for row in rows} or {len(BODY25)}
    if len(bodies) > 1:
        raise InputError(f"{path}: expected the same points of everybody, got people of 18 and people of 25.")
    times = times_at(np.array([row["frame"] for row in rows], np.int32), fps, path)
    for row, time_s in zip(rows, times, strict=True):
        row["time_s"] = time_s
    bbox, keypoints = (np.array([row[name] for row in rows], np.float32) for name in ("bbox", "keypoints"))
    match = _NAME.fullmatch(files[0][1].name)
    try:
        poses = PoseSequence.from_rows(
            rows,
            _BODIES[3 * bodies.pop()],
            frame_size=frame_around(bbox, keypoints),
            fps=fps or 0.0,
            n_frames=files[-1][0] + 1,
            source=match["source"] if match else "",
        )
    except ShapeError as error:
        raise InputError(f"{path}: {error}") from error
    return settle_ids(poses, ids, assign_ids, path)


def _files(path: Path) -> list[tuple[int, Path]]:
    """(frame number, file) of each OpenPose file in a folder, in order.

    Raises:
        InputError: there are none, or two of one number.
    """
    if not path.is_dir():
        raise InputError(f"{path}: expected a folder of OpenPose files, there is no such folder.")
    found: dict[int, Path] = {}
    for file in path.iterdir():
        match = _NAME.fullmatch(file.name)
        if not match:
            continue
        frame = int(match["frame"])
        if frame > LARGEST_FRAME:
            raise InputError(f"{file}: expected a frame number up to {LARGEST_FRAME}.")
        if frame in found:
            raise InputError(f"{path}: expected the files of one video, got {found[frame].name} and {file.name}.")
        found[frame] = file
    if not found:
        raise InputError(f"{path}: expected OpenPose files (NAME_000000000000_keypoints.json), there are none.")
    return sorted(found.items())


def _people(file: Path) -> list[dict[str, Any]]:
    """The people of a file as they came; `{}`, `[]`, and a list of people that is null or left out, mean no people.

    Raises:
        InputError: it is no OpenPose file.
    """
    data = load_json(file, "OpenPose JSON")
    if data in ({}, []):
        return []
    people = data.get(_PEOPLE) if isinstance(data, dict) else data
    if people is None and (_PEOPLE in data or "version" in data):
        return []
    if not isinstance(data, dict) or not isinstance(people, list):
        raise InputError(f'{file}: expected OpenPose JSON with a list of "people".')
    for place, person in enumerate(people, 1):
        if not isinstance(person, dict):
            raise InputError(f"{file}: person {place}: expected keypoints, got {type(person).__name__}.")
    return people


def _body(person: dict[str, Any], what: str) -> dict[str, Any] | None:
    """The joints of one person; None where there is no body: of some people nothing but the hands or face is given."""
    values = person.get(_BODY)
    if values == [] or (values is None and (not person or _BODY in person or person.keys() & set(_OTHER_PARTS))):
        return None
    triplets = numbers(values, (None,), f"{what}, {_BODY}")
    if len(triplets) not in _BODIES:
        came = f"got {len(triplets)}"
        raise InputError(f"{what}, {_BODY}: expected {' or '.join(map(str, _BODIES))} numbers, {came}.")
    triplets = triplets.reshape(-1, 3)
    keypoints, scores = triplets[:, :2].copy(), triplets[:, 2].clip(0, 1)
    keypoints[(scores == 0) & (keypoints == 0).all(axis=1)] = np.nan
    if np.isnan(keypoints).all():
        return None
    return {"keypoints": keypoints, "scores": scores, "bbox": box_around(keypoints), "bbox_score": score_of(scores)}
