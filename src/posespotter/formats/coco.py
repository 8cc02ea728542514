"""COCO keypoints, in the two forms that its tools read (cocodataset.org/#format-results, #format-data).

*Results* are what an evaluation takes beside the truth (`COCO(truth).loadRes(file)`): a flat list of `{"image_id",
"category_id": 1, "keypoints": [x, y, score] * 17, "score"}`. Like MMPose's `CocoMetric`, the third number of a joint is
its score, and a person's score is that of the box times the mean of the joint scores above 0.2.

A *data set* is what stands by itself, for pycocotools (`COCO(file)`), sleap-io, supervision and programs to annotate
with: `images` with names and sizes, `annotations` with boxes, and `categories` with the names of the joints, those of
any skeleton. The third number of a joint is 2 where it was seen, 1 where it is doubtful, 0 where it was not seen; what
COCO has no place for stands beside it: `track_id`, `score`, `keypoint_scores`, and `time_s` of an image.

A joint that was not seen is 0, 0, 0. The image id of a frame of a video is its number; that of a picture is the number
that is its name (`000000000785.jpg` is 785), else one made from its name, so that pictures have different ids.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from posespotter.arrays import Array, Float64
from posespotter.errors import SettingsError
from posespotter.files import whole
from posespotter.poses import PoseSequence
from posespotter.poses.checked_json import PX_DECIMALS, SCORE_DECIMALS, rounded
from posespotter.poses.completion import require_listable, seen_joints
from posespotter.skeletons import COCO17, SEEN_SCORE, Skeleton

_NUMBER = re.compile(r"(?:COCO_\w+_)?(\d{1,12})", re.ASCII)  # names of COCO's pictures of 2017, and of 2014


def coco_results(poses: PoseSequence, image_ids: Mapping[int, int] | None = None) -> list[dict[str, Any]]:
    """The people as COCO results.

    Args:
        poses: people of any skeleton that has keypoints of COCO-17.
        image_ids: frame number to COCO image id; without it, the ones that `image_id_of` gives.

    Raises:
        SettingsError: the skeleton has no keypoint of COCO-17, or `image_ids` lacks a frame.
    """
    require_names(poses.skeleton)
    poses = poses.to_skeleton(COCO17)
    xy, joint_scores = _joints(poses)
    triplets = np.concatenate([xy, joint_scores[..., None]], axis=2).reshape(len(poses), 3 * len(COCO17))
    scores = rounded(poses.bbox_score * _counted_mean(joint_scores), SCORE_DECIMALS)
    results = []
    for row, frame in enumerate(poses.frame.tolist()):
        if image_ids is not None and frame not in image_ids:
            raise SettingsError(f"image_ids: expected a COCO image id for every frame, got none for frame {frame}.")
        results.append({
            "image_id": image_id_of(poses, frame) if image_ids is None else image_ids[frame],
            "category_id": 1,
            "keypoints": triplets[row].tolist(),
            "score": float(scores[row]),
        })  # fmt: skip
    return results


def image_id_of(poses: PoseSequence, frame: int) -> int:
    """The COCO image id of one frame: of a video its number, of a picture what its name gives."""
    if poses.n_frames != 1 or poses.fps > 0 or not poses.source:
        return frame
    number = _NUMBER.fullmatch(Path(poses.source).stem)
    if number:
        return int(number[1])
    name = poses.source.encode("utf-8", "surrogatepass")
    # Six bytes: whole numbers that every JSON reader takes exactly.
    return int.from_bytes(hashlib.sha256(name).digest()[:6], "big")


def _joints(poses: PoseSequence) -> tuple[Float64, Float64]:
    """(N, K, 2) px and (N, K) scores; 0 where a joint was not seen."""
    seen = seen_joints(poses.keypoints)
    xy = rounded(np.where(seen[..., None], poses.keypoints, 0), PX_DECIMALS)
    return xy, rounded(np.where(seen, poses.scores, 0), SCORE_DECIMALS)


def _counted_mean(scores: Array) -> Float64:
    """(N,) mean of the scores of each row that count; 0 where none does."""
    counted = scores > 0.2  # CocoMetric's keypoint_score_thr
    total: Float64 = np.where(counted, scores, 0).sum(axis=1)
    mean: Float64 = total / np.maximum(counted.sum(axis=1), 1)
    return mean


def require_names(skeleton: Skeleton) -> None:
    """Check that a skeleton has something of COCO-17.

    Raises:
        SettingsError: it has no keypoint of it.
    """
    if not set(skeleton.keypoints) & set(COCO17.keypoints):
        raise SettingsError(f"COCO results need the names of COCO-17 keypoints; {skeleton.name} has none of them.")


def write_coco(poses: PoseSequence, path: Path, image_ids: Mapping[int, int] | None = None) -> None:
    """Store `poses` as a COCO results file, one person a line.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: as `coco_results`.
    """
    results = coco_results(poses, image_ids)
    with whole(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write("[" + ",\n".join(json.dumps(result) for result in results) + "]\n")


def write_coco_dataset(poses: PoseSequence, path: Path) -> None:
    """Store `poses` as a COCO data set, one image or person a line.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: there are too many frames for a list of images.
    """
    require_listable(poses)
    category = {
        "id": 1,  # as in COCO
        "name": "person",
        "supercategory": "person",
        "keypoints": list(poses.skeleton.keypoints),
        "skeleton": [[first + 1, last + 1] for first, last in poses.skeleton.limb_indices],
    }
    with whole(path) as temporary, temporary.open("w", encoding="utf-8") as file:
        file.write('{"info": ' + json.dumps({"description": poses.source, "contributor": "PoseSpotter"}))
        file.write(',\n"licenses": [],\n"categories": [' + json.dumps(category) + "]")
        for name, items in (("images", _images(poses)), ("annotations", _annotations(poses))):
            file.write(f',\n"{name}": [')
            for i, item in enumerate(items):
                file.write((",\n" if i else "\n") + json.dumps(item))
            file.write("]")
        file.write("}\n")


def _images(poses: PoseSequence) -> Iterator[dict[str, Any]]:
    """The frames, those without people too; times are known of those with people."""
    width, height = poses.frame_size
    first_row = np.searchsorted(poses.frame, np.arange(poses.n_frames))
    source = Path(poses.source)
    for frame in range(poses.n_frames):
        picture = poses.n_frames == 1 and poses.fps == 0 and poses.source
        name = poses.source if picture else f"{source.stem or 'frame'}_{frame:06d}.jpg"
        image = {"id": image_id_of(poses, frame), "file_name": name, "width": width, "height": height}
        row = int(first_row[frame])
        if row < len(poses) and poses.frame[row] == frame:
            image["time_s"] = float(poses.time_s[row])
        yield image


def _annotations(poses: PoseSequence) -> Iterator[dict[str, Any]]:
    xy, joint_scores = _joints(poses)
    seen = seen_joints(poses.keypoints)
    visible = np.where(seen, np.where(joint_scores >= SEEN_SCORE, 2, 1), 0)
    corners = rounded(poses.bbox, PX_DECIMALS)
    sizes = rounded(np.maximum(corners[:, 2:] - corners[:, :2], 0), PX_DECIMALS)
    for row, frame in enumerate(poses.frame.tolist()):
        points = zip(xy[row].tolist(), visible[row].tolist(), strict=True)
        yield {
            "id": row + 1,
            "image_id": image_id_of(poses, frame),
            "category_id": 1,
            "keypoints": [value for (x, y), flag in points for value in (x, y, flag)],
            "num_keypoints": int(seen[row].sum()),
            "bbox": [*corners[row, :2].tolist(), *sizes[row].tolist()],
            "area": round(float(sizes[row].prod()), PX_DECIMALS),
            "iscrowd": 0,
            "score": round(float(poses.bbox_score[row]), SCORE_DECIMALS),
            "keypoint_scores": joint_scores[row].tolist(),
            "track_id": int(poses.track_id[row]),
        }
