"""How accurate are the built-in models on COCO's people?

    python benchmarks/accuracy_coco.py

On the COCO pictures of ../shared, with pycocotools: AP and AR by OKS over everybody (area range "all") of every pose
model with the built-in detector, with RTMDet-nano's boxes and with the true boxes, and the mean OKS from the true
boxes, where nothing but the pose model counts. Targets: AP 0.45 and AR 0.48 by the built-in detector, from true boxes
a mean OKS of 0.75, and 0.80 of people larger than 96x96 px.

With so few people an AP moves by a point or two with every one of them.
"""

import contextlib
import io
from pathlib import Path
from typing import Any

import common
import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from posespotter.estimation.estimator import PoseEstimator
from posespotter.estimation.options import DEFAULT_DETECTOR, DEFAULT_POSE
from posespotter.formats.coco import coco_results
from posespotter.media import read_image
from posespotter.models.interfaces import PoseModel, Regions
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17

POSES = ("movenet-thunder", "movenet-lightning", "blazepose-full", DEFAULT_POSE)
MEANT = ("movenet-thunder", DEFAULT_POSE)  # the choices that the targets are for
AP, AR = 0.45, 0.48
OKS, OKS_LARGE = 0.75, 0.80
WELL_LABELLED = 5  # joints; the targets were set on such people
LARGE = 96**2
SIGMAS = COCOeval(iouType="keypoints").params.kpt_oks_sigmas


def detected(estimator: PoseEstimator, truth: COCO, folder: Path) -> list[dict[str, Any]]:
    """COCO results of the whole road: detector, pose model, and what the estimator drops."""
    results = []
    for image_id, image in truth.imgs.items():
        results += coco_results(estimator.estimate_image(folder / image["file_name"]), {0: image_id})
    return results


def from_true_boxes(pose: PoseModel, truth: COCO, folder: Path) -> dict[int, dict[str, Any]]:
    """A COCO result for each annotation with labelled joints, from its own box; by annotation id."""
    results = {}
    for image_id, image in truth.imgs.items():
        people = [a for a in truth.imgToAnns[image_id] if a["num_keypoints"] and not a["iscrowd"]]
        if not people:
            continue
        corner_and_size = np.array([a["bbox"] for a in people], np.float32)
        boxes = np.concatenate([corner_and_size[:, :2], corner_and_size[:, :2] + corner_and_size[:, 2:]], 1)
        joints = pose.estimate(
            read_image(folder / image["file_name"]), Regions.from_boxes(boxes, np.ones(len(boxes), np.float32))
        )
        poses = PoseSequence(
            frame=np.zeros(len(boxes), np.int32), time_s=np.zeros(len(boxes)),
            track_id=np.arange(1, len(boxes) + 1, dtype=np.int32), bbox=boxes,
            bbox_score=np.ones(len(boxes), np.float32),
            keypoints=joints.keypoints, scores=joints.scores, skeleton=pose.skeleton,
            frame_size=(image["width"], image["height"]), fps=0.0, n_frames=1,
        )  # fmt: skip
        results |= dict(zip((a["id"] for a in people), coco_results(poses, {0: image_id}), strict=True))
    return results


def oks_of(annotation: dict[str, Any], result: dict[str, Any]) -> float:
    """Object keypoint similarity as COCO defines it."""
    true, found = (np.array(r["keypoints"], float).reshape(len(COCO17), 3) for r in (annotation, result))
    labelled = true[:, 2] > 0
    squared = ((true - found)[labelled, :2] ** 2).sum(1)
    return float(np.exp(-squared / (2 * annotation["area"] * (2 * SIGMAS[labelled]) ** 2)).mean())


def average_precision(truth: COCO, results: list[dict[str, Any]]) -> list[float]:
    """AP, AP at 0.5, AR of everybody."""
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation = COCOeval(truth, truth.loadRes(results), "keypoints")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    # COCO's summary for keypoints: AP is number 0, AP at 0.5 number 1, AR number 5.
    return [float(evaluation.stats[number]) for number in (0, 1, 5)]


def main() -> None:
    common.arguments(__doc__).parse_args()
    data = common.shared_folder() / "data" / "coco"
    rtmdet = str(common.shared_folder() / "models" / "test" / "rtmdet_nano_person_320.onnx")
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO(str(data / "person_keypoints.json"))
    rows, means = [], []
    for name in POSES:
        estimators = {
            DEFAULT_DETECTOR: PoseEstimator(pose=name),
            "rtmdet-nano": PoseEstimator(detector=rtmdet, pose=name),
        }
        by_annotation = from_true_boxes(estimators[DEFAULT_DETECTOR].pose.model, truth, data / "images")
        sources = {key: detected(value, truth, data / "images") for key, value in estimators.items()}
        sources["true boxes"] = list(by_annotation.values())
        for source, results in sources.items():
            figures = average_precision(truth, results)
            meant = name in MEANT and source == DEFAULT_DETECTOR
            reached = figures[0] >= AP and figures[2] >= AR
            told = ("reached" if reached else "missed") if meant else ""
            rows.append([name, source, len(results), *(f"{figure:.3f}" for figure in figures), told])
        for at_least in (1, WELL_LABELLED):
            chosen = [a for a in truth.anns.values() if a["id"] in by_annotation and a["num_keypoints"] >= at_least]
            everyone = [oks_of(a, by_annotation[a["id"]]) for a in chosen]
            large = [o for o, a in zip(everyone, chosen, strict=True) if a["area"] > LARGE]
            meant = name in MEANT and at_least == WELL_LABELLED
            reached = np.mean(everyone) >= OKS and np.mean(large) >= OKS_LARGE
            means.append([
                name, at_least, len(everyone), f"{np.mean(everyone):.3f}", len(large), f"{np.mean(large):.3f}",
                ("reached" if reached else "missed") if meant else "",
            ])  # fmt: skip
    common.report(
        common.table(
            ["pose model", "boxes from", "people given", "AP", "AP at OKS 0.5", "AR", f"targets {AP}, {AR}"], rows
        ),
        common.table(
            [
                "pose model",
                "labelled joints, at least",
                "n",
                "mean OKS",
                "n large",
                "mean OKS large",
                f"targets {OKS}, {OKS_LARGE}",
            ],
            means,
        ),
    )


if __name__ == "__main__":
    main()
