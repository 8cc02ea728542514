"""Do RTMDet and RTMPose give what rtmlib 0.0.16 gets from the same ONNX files?

    python benchmarks/parity_rtmlib.py [--record tests/data/rtmlib_parity.json]

On the COCO pictures of ../shared: RTMDet-nano's person boxes, and RTMPose-t's joints in rtmlib's boxes. Both sides run
ONNX Runtime of one version. rtmlib gives boxes that reach beyond the picture, ours are cut to it, so its are cut before
they are compared; it gives no scores of boxes, so they are read from its own intermediate result.

RTMPose-t has random weights: the joints mean nothing, but must agree. Its scores lie around 9, so the outputs are
divided by 10 before both sides see them, or ours would cut every score to 1. And its profiles are flat: some joints
have two peaks of the same height, where rounding alone decides. A joint is "decided" where rtmlib's own highest peak
stands out from everything beyond the bins beside it by more than 1e-3 in both axes, the tolerance of a score.

rtmlib 0.0.16 hands RTMPose blue where the model expects red: it normalises OpenCV's BGR picture with the means of RGB
(`pre_processings.py` and `rtmpose.py` swap nothing; MMPose's configuration of the model says `bgr_to_rgb=True`). So its
joints are taken twice: from the picture as it is, and from the picture with its channels swapped, which undoes the
fault; the crops then agree to 1e-4 grey levels. The targets hold for the second.

Targets: boxes within 1 px at the 95th percentile, joints within 0.5 px, scores within 1e-3.
"""

import json
from pathlib import Path
from typing import Any

import common

DETECTOR = "rtmdet_nano_person_320.onnx"
POSE = "rtmpose_t_coco17_256x192_random_weights.onnx"
RECORDED = 3  # pictures kept for the regression test
LIMITS = {
    "boxes": 1.0,
    "box scores": 1e-3,
    "joints, decided": 0.5,
    "joints, two equal peaks": None,
    "joint scores": 1e-3,
    "joints, rtmlib as it is": None,
    "joint scores, rtmlib as it is": None,
}
DECIDED = 1e-3
SCALE = 0.1


def scale(job: common.Job) -> Any:
    """Write the pose model with outputs between 0 and 1; runs in rtmlib's environment, which has `onnx`."""
    import numpy as np
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load(job["source"])
    for output in list(model.graph.output):
        for node in model.graph.node:
            node.output[:] = [f"{name}_raw" if name == output.name else name for name in node.output]
        model.graph.node.append(helper.make_node("Mul", [f"{output.name}_raw", "scale"], [output.name]))
    model.graph.initializer.append(numpy_helper.from_array(np.float32(SCALE), "scale"))
    onnx.save(model, job["target"])
    return None


def standing_out(profiles: Any) -> Any:
    """(M, K) how far the highest of the (M, K, bins) profiles stands out from all but the bins beside it."""
    import numpy as np

    bins = np.arange(profiles.shape[-1])
    near = np.abs(bins - profiles.argmax(-1)[..., None]) <= 1
    return profiles.max(-1) - np.where(near, -np.inf, profiles).max(-1)


def rtmlib(job: common.Job) -> Any:
    """Boxes, their scores, joints and their scores of each picture; runs in rtmlib's environment."""
    import cv2
    import numpy as np
    from rtmlib import RTMDet, RTMPose

    detector = RTMDet(job["detector"], model_input_size=(320, 320), backend="onnxruntime", device="cpu")
    pose = RTMPose(job["pose"], model_input_size=(192, 256), backend="onnxruntime", device="cpu")
    results = {}
    for path in job["pictures"]:
        image = cv2.imread(path)
        padded, _ = detector.preprocess(image)
        raw_scores = detector.inference(padded)[0][0, :, 4]
        boxes = detector(image)
        swapped = np.ascontiguousarray(image[..., ::-1])
        # With no box rtmlib's pose model takes the whole picture for a person.
        keypoints, scores = pose(swapped, bboxes=boxes) if len(boxes) else ([], [])
        keypoints_as_is, scores_as_is = pose(image, bboxes=boxes) if len(boxes) else ([], [])
        profiles = [pose.inference(pose.preprocess(swapped, box)[0]) for box in boxes]
        results[Path(path).name] = {
            "size": [image.shape[1], image.shape[0]],
            "boxes": boxes.tolist(),
            "box_scores": raw_scores[raw_scores > detector.score_thr].tolist(),
            "keypoints": [k.tolist() for k in keypoints],
            "scores": [s.tolist() for s in scores],
            "keypoints_as_is": [k.tolist() for k in keypoints_as_is],
            "scores_as_is": [s.tolist() for s in scores_as_is],
            "stand_out": [np.minimum(standing_out(x)[0], standing_out(y)[0]).tolist() for x, y in profiles],
        }
    return results


def ours(job: common.Job) -> Any:
    """The same from ours, the joints in the peer's boxes."""
    import cv2
    import numpy as np

    from posespotter.models.interfaces import Regions
    from posespotter.models.load import load_detector, load_pose_model

    detector, pose = load_detector(job["detector"]).model, load_pose_model(job["pose"]).model
    results = {}
    for path in job["pictures"]:
        image = cv2.imread(path)
        found = detector.detect(image)
        boxes = np.array(job["boxes"][Path(path).name], np.float32).reshape(-1, 4)
        joints = pose.estimate(image, Regions.from_boxes(boxes, np.ones(len(boxes), np.float32)))
        results[Path(path).name] = {
            "boxes": found.boxes.tolist(),
            "box_scores": found.scores.tolist(),
            "keypoints": joints.keypoints.tolist(),
            "scores": joints.scores.tolist(),
        }
    return results


def compare(mine: dict[str, Any], peer: dict[str, Any]) -> tuple[dict[str, list[float]], dict[str, int]]:
    """All differences by kind (px, or scores), and counts of boxes and joints that one side alone has."""
    import numpy as np

    differences: dict[str, list[float]] = {kind: [] for kind in LIMITS}
    counts = dict.fromkeys(("pictures", "boxes", "rtmlib's alone", "ours alone"), 0)
    for name, theirs in peer.items():
        own = mine[name]
        width, height = theirs["size"]
        their_boxes = np.array(theirs["boxes"]).reshape(-1, 4).clip(0, [width, height, width, height])
        boxes = np.array(own["boxes"]).reshape(-1, 4)
        counts["pictures"] += 1
        counts["boxes"] += len(their_boxes)
        left = list(range(len(boxes)))
        for box, score in zip(their_boxes, theirs["box_scores"], strict=True):
            apart = [float(np.abs(boxes[i] - box).max()) for i in left]
            if not left or min(apart) > 20:
                counts["rtmlib's alone"] += 1
                continue
            i = left.pop(int(np.argmin(apart)))
            differences["boxes"].append(min(apart))
            differences["box scores"].append(abs(own["box_scores"][i] - score))
        counts["ours alone"] += len(left)
        keypoints, scores = (np.array([p[k] for p in (own, theirs)], float) for k in ("keypoints", "scores"))
        if not keypoints.size:
            continue
        decided = np.array(theirs["stand_out"]) > DECIDED
        distance = np.linalg.norm(keypoints[0] - keypoints[1], axis=-1)
        differences["joints, decided"] += distance[decided].tolist()
        differences["joints, two equal peaks"] += distance[~decided].tolist()
        differences["joint scores"] += np.abs(scores[0] - scores[1]).ravel().tolist()
        as_is = np.linalg.norm(keypoints[0] - np.array(theirs["keypoints_as_is"]), axis=-1)
        differences["joints, rtmlib as it is"] += as_is.ravel().tolist()
        score_as_is = np.abs(scores[0] - np.array(theirs["scores_as_is"]))
        differences["joint scores, rtmlib as it is"] += score_as_is.ravel().tolist()
    return differences, counts


def main() -> None:
    parser = common.arguments(__doc__, {"scale": scale, "rtmlib": rtmlib, "ours": ours})
    parser.add_argument("--record", type=Path, help=f"store rtmlib's answers on {RECORDED} pictures for the tests")
    options = parser.parse_args()
    shared = common.shared_folder()
    pictures = sorted(str(path) for path in (shared / "data" / "coco" / "images").iterdir())
    models, python = shared / "models" / "test", common.peer_python("rtm")
    with common.temporary_folder() as folder:
        pose = str(folder / "rtmpose_t_scaled.onnx")
        common.run_side("scale", {"source": str(models / POSE), "target": pose}, python)
        job: common.Job = {"detector": str(models / DETECTOR), "pose": pose, "pictures": pictures}
        peer = common.run_side("rtmlib", job, python)
        mine = common.run_side("ours", {**job, "boxes": {name: answer["boxes"] for name, answer in peer.items()}})
    differences, counts = compare(mine, peer)
    rows = []
    for kind, values in differences.items():
        at_95, limit = common.percentile(values, 95), LIMITS[kind]
        target = [""] * 2 if limit is None else [f"{limit:g}", common.verdict(at_95, limit, at_least=False)]
        figures = (common.percentile(values, 50), at_95, max(values, default=float("nan")))
        rows.append([kind, len(values), *(f"{figure:.2g}" for figure in figures), *target])
    common.report(
        common.table(["difference (px, score)", "n", "median", "p95", "largest", "target (p95)", ""], rows),
        common.table(list(counts), [list(counts.values())]),
    )
    if options.record:
        few = sorted(peer, key=lambda name: (not 1 <= len(peer[name]["boxes"]) <= 4, name))[:RECORDED]
        options.record.parent.mkdir(parents=True, exist_ok=True)
        kept = ("boxes", "box_scores", "keypoints", "scores", "stand_out")
        record = {name: {key: peer[name][key] for key in kept} for name in few}
        options.record.write_text(json.dumps(common.rounded(record)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
