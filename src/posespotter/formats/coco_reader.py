"""COCO keypoints from elsewhere: data sets and results, as `formats.coco` describes them.

The images of a data set are its frames, in the order of their ids; the image ids of results are the numbers of frames.
Where ids are the names of pictures ("frame_0012.jpg", as AlphaPose writes them), the last number in a name is meant.
COCO knows no time: it is that of the file's own `time_s` or of a frame rate. Flags of joints (0, 1, 2) become the
scores 0, 0.5 and 1 where no `keypoint_scores` stand beside them.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.arrays import Float32
from posespotter.errors import InputError, ShapeError
from posespotter.formats.joint_names import JointNames, joint_names, listed_names
from posespotter.poses import PoseSequence
from posespotter.poses.checked_json import LARGEST_FRAME, number, numbers, whole_number
from posespotter.poses.completion import (
    AssignIds,
    box_around,
    frame_around,
    given_id,
    ids_by_overlap,
    require_fps,
    score_of,
    settle_ids,
    times_at,
)
from posespotter.skeletons import COCO17, skeleton_for

_LARGEST_ID = int(np.iinfo(np.int64).max)
_PERSON = "person"
_LAST_NUMBER = re.compile(r"(\d{1,18})\D*$")


def is_coco(data: Any) -> bool:
    """Whether JSON data are a COCO data set or COCO results."""
    if isinstance(data, dict):
        return "annotations" in data and "images" in data
    return isinstance(data, list) and bool(data) and isinstance(data[0], dict) and "image_id" in data[0]


def coco_poses(
    data: Any, path: Path, *, fps: float | None = None, assign_ids: AssignIds = ids_by_overlap
) -> PoseSequence:
    """The people of a COCO file.

    Args:
        data: what the file holds.
        path: the file.
        fps: frame rate of the video, for a file of more than one image without times.
        assign_ids: gives the ids of people without `track_id`.

    Raises:
        InputError: the file holds something else.
        SettingsError: `fps` is no frame rate.
    """
    require_fps(fps)
    people, names = data, None
    if isinstance(data, dict):
        people, names = _people_and_joints(data["annotations"], data.get("categories"), path)
    images = _images(data["images"], path) if isinstance(data, dict) else _images_of_results(people, path)
    rows, ids = [], []
    for row, given in _rows(people, images, names, path):
        rows.append(row)
        ids.append(given)
    counts = {len(row["scores"]) for row in rows} or {len(COCO17)}
    if len(counts) > 1:
        raise InputError(f"{path}: expected one number of keypoints, got {sorted(counts)}.")
    untimed = [row for row in rows if row["time_s"] is None]
    times = times_at(np.array([row["frame"] for row in untimed], np.int32), fps, path)
    for row, time_s in zip(untimed, times, strict=True):
        row["time_s"] = time_s
    bbox, keypoints = (np.array([row[name] for row in rows], np.float32) for name in ("bbox", "keypoints"))
    sizes = [image["size"] for image in images.values() if image["size"] is not None]
    try:
        poses = PoseSequence.from_rows(
            rows,
            names.skeleton if names else skeleton_for(counts.pop()),
            frame_size=tuple(np.max(sizes, axis=0).tolist()) if sizes else frame_around(bbox, keypoints),
            fps=fps or 0.0,
            n_frames=max((image["frame"] + 1 for image in images.values()), default=0),
            source=next(iter(images.values()))["name"] or path.stem if len(images) == 1 else path.stem,
        )
    except ShapeError as error:
        raise InputError(f"{path}: {error}") from error
    return settle_ids(poses, ids, assign_ids, path)


def _images(listed: Any, path: Path) -> dict[int, dict[str, Any]]:
    """Frame number, time, size and name of each image, by its id."""
    if not isinstance(listed, list) or not all(isinstance(image, dict) for image in listed):
        raise InputError(f"{path}: expected COCO images as a list of objects.")
    by_id = {_image_id(image.get("id"), f"{path}: image id"): image for image in listed}
    if len(by_id) < len(listed):
        raise InputError(f"{path}: expected each image id once.")
    images = {}
    for frame, image_id in enumerate(sorted(by_id)):
        image, what = by_id[image_id], f"{path}: image {image_id}"
        sides = [image.get("width"), image.get("height")]
        name = image.get("file_name")
        images[image_id] = {
            "frame": frame,
            "time_s": number(image["time_s"], f"{what}, time_s") if "time_s" in image else None,
            "size": None if None in sides else [whole_number(side, f"{what}, size") for side in sides],
            "name": name if isinstance(name, str) else "",
        }
    return images


def _images_of_results(people: list[Any], path: Path) -> dict[int, dict[str, Any]]:
    given = [person.get("image_id") if isinstance(person, dict) else None for person in people]
    by_id: dict[int, Any] = {}
    for one in given:
        if by_id.setdefault(_image_id(one, f"{path}: image_id"), one) != one:
            other = by_id[_image_id(one, f"{path}: image_id")]
            raise InputError(f"{path}: expected the pictures of one video, got {other!r} and {one!r} of one number.")
    ids = by_id.keys()
    numbered = len(ids) > 1 and max(ids) <= LARGEST_FRAME  # not one picture, and no ids made from names
    return {
        image_id: {"frame": image_id if numbered else place, "time_s": None, "size": None, "name": ""}
        for place, image_id in enumerate(sorted(ids))
    }


def _image_id(given: Any, what: str) -> int:
    """An image's id as a number."""
    if isinstance(given, str) and (number_in_name := _LAST_NUMBER.search(Path(given).stem)):
        return int(number_in_name[1])
    return whole_number(given, what, _LARGEST_ID)


def _people_and_joints(people: Any, categories: Any, path: Path) -> tuple[Any, JointNames | None]:
    """The annotations of people, and what their joints are, None where the file does not say so."""
    if not isinstance(categories, list) or not isinstance(people, list):
        return people, None
    used = [person.get("category_id") for person in people if isinstance(person, dict)]
    found = [
        category
        for category in categories
        if isinstance(category, dict) and category.get("keypoints") and (category.get("id") in used or not used)
    ]
    if not found:
        return people, None
    if len(found) > 1:  # people among animals, or among garments
        chosen = [category for category in found if category.get("name") == _PERSON]
        if len(chosen) != 1:
            raise InputError(f"{path}: expected people of one category, got {len(found)} categories with keypoints.")
        found = chosen
        people = [one for one in people if not isinstance(one, dict) or one.get("category_id") == found[0].get("id")]
    return people, joint_names(listed_names(found[0]["keypoints"], f"{path}: categories"), path)


def _rows(
    people: Any, images: dict[int, dict[str, Any]], names: JointNames | None, path: Path
) -> Iterator[tuple[dict[str, Any], int | None]]:
    """Each person with joints, with the id that the file gives."""
    if not isinstance(people, list):
        raise InputError(f"{path}: expected COCO annotations as a list.")
    for place, person in enumerate(people):
        what = f"{path}: annotation {place}"
        if not isinstance(person, dict):
            raise InputError(f"{what}: expected keypoints, got {type(person).__name__}.")
        image = images.get(_image_id(person.get("image_id"), f"{what}, image_id"))
        if image is None:
            raise InputError(f"{what}: expected the id of one of the images, got {person['image_id']}.")
        if not person.get("keypoints"):
            continue  # a box alone, or a crowd
        keypoints, scores = _joints(person, names, what)
        if np.isnan(keypoints).all():
            continue
        bbox = box_around(keypoints)
        if person.get("bbox"):
            x, y, width, height = numbers(person["bbox"], (4,), f"{what}, bbox")
            bbox = np.array([x, y, x + width, y + height], np.float32)
        score = number(person["score"], f"{what}, score") if "score" in person else score_of(scores)
        row = {
            "frame": image["frame"],
            "time_s": image["time_s"],
            "track_id": place + 1,
            "bbox": bbox,
            "bbox_score": min(max(score, 0.0), 1.0),
            "keypoints": keypoints,
            "scores": scores,
        }
        yield row, given_id(person.get("track_id"), f"{what}, track_id")


def _joints(person: dict[str, Any], names: JointNames | None, what: str) -> tuple[Float32, Float32]:
    """(K, 2) px and (K,) scores of one person."""
    k = len(names.order) if names else None
    triplets = numbers(person["keypoints"], (None if k is None else 3 * k,), f"{what}, keypoints")
    if len(triplets) % 3:
        raise InputError(f"{what}, keypoints: expected three numbers for each joint, got {len(triplets)} numbers.")
    triplets = triplets.reshape(-1, 3)
    scores = triplets[:, 2].copy()
    if "keypoint_scores" in person:
        scores = numbers(person["keypoint_scores"], (len(triplets),), f"{what}, keypoint_scores")
    elif "score" not in person and np.isin(scores, (0, 1, 2)).all():
        scores /= 2
    keypoints = triplets[:, :2].copy()
    keypoints[(triplets == 0).all(axis=1)] = np.nan
    if names:
        keypoints, scores = keypoints[[*names.order]], scores[[*names.order]]
    return keypoints, scores.clip(0, 1)
