"""Do our BlazePose landmarks agree with MediaPipe 0.10.21's own Python solution?

    python benchmarks/parity_mediapipe.py [--record tests/data/mediapipe_parity.json]

On the COCO pictures of ../shared and three frames of each exercise clip: `mp.solutions.pose.Pose` in static image mode
against our estimator on single pictures, full against complexity 1. MediaPipe gives one person a
picture. He is compared with the one of ours whose hips are nearest, if they are within a quarter of his height; the
pictures in which only one side finds him are counted. The difference of a picture is the median over its 33 landmarks,
as a share of the person's height (the longer side of the box around MediaPipe's landmarks). "one person" are pictures
in which we see exactly one: in a group MediaPipe may start from another person. "same region" are our landmarks in the
turned square that MediaPipe's detector gave, read out of its graph: what the landmark model alone differs by (MediaPipe
moves its landmarks towards the peaks of a heat map, which our files leave out for speed).

Target: a median of 1.5 % of the person's height.
"""

import json
from pathlib import Path
from typing import Any

import common

MODELS = {"full": 1}
LIMIT = 1.5
SAME_PERSON = 0.25  # of the height, between the middles of the hips
RECORDED = 6
HIPS = (23, 24)


def mediapipe(job: common.Job) -> Any:
    """For each picture None, or x, y in px of 33 "points" and the "square"; runs in MediaPipe's environment."""
    import cv2
    import mediapipe as mp
    from mediapipe.python.solution_base import SolutionBase

    results = {}
    sides = {"model_complexity": job["complexity"], "use_prev_landmarks": False}
    sides |= dict.fromkeys(("smooth_landmarks", "enable_segmentation", "smooth_segmentation"), False)
    graph = "mediapipe/modules/pose_landmark/pose_landmark_cpu.binarypb"
    with (
        mp.solutions.pose.Pose(static_image_mode=True, model_complexity=job["complexity"]) as pose,
        SolutionBase(binary_graph_path=graph, side_inputs=sides, outputs=["pose_rect_from_detection"]) as inside,
    ):
        for path in job["pictures"]:
            image = cv2.cvtColor(cv2.imread(path), cv2.COLOR_BGR2RGB)
            height, width = image.shape[:2]
            found = pose.process(image).pose_landmarks
            rect = inside.process({"image": image}).pose_rect_from_detection
            results[Path(path).name] = found and {
                "points": [[p.x * width, p.y * height] for p in found.landmark],
                "square": [rect.x_center * width, rect.y_center * height, rect.width * width, rect.rotation],
            }
    return results


def ours(job: common.Job) -> Any:
    """For each picture the (33, 2) px of everyone we find, and of the person in MediaPipe's square."""
    import cv2
    import numpy as np

    from posespotter.estimation.estimator import PoseEstimator
    from posespotter.models.interfaces import Regions

    estimator = PoseEstimator(pose=f"blazepose-{job['model']}")
    results = {}
    for path in job["pictures"]:
        image, square = cv2.imread(path), job["squares"].get(Path(path).name)
        answer = {"everyone": estimator.estimate_image(image).keypoints.tolist(), "same region": None}
        if square:
            one = np.ones(1, np.float32)
            region = Regions.from_boxes(np.zeros((1, 4), np.float32), one, np.array([square], np.float32))
            answer["same region"] = estimator.pose.model.estimate(image, region).keypoints.tolist()
        results[Path(path).name] = answer
    return results


def pictures(folder: Path) -> dict[str, list[str]]:
    """The COCO pictures, and frames of the exercise clips written to `folder`."""
    import av
    import cv2

    data = common.shared_folder() / "data"
    frames = []
    for clip in sorted((data / "exercise").glob("*.mp4")):
        with av.open(str(clip)) as container:
            decoded = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
        for share in (0.2, 0.5, 0.8):
            frames.append(str(folder / f"{clip.stem}_{int(len(decoded) * share)}.png"))
            cv2.imwrite(frames[-1], decoded[int(len(decoded) * share)])
    return {"COCO": sorted(str(p) for p in (data / "coco" / "images").iterdir()), "exercise": frames}


def compare(mine: list[Any], peer: Any) -> float | None:
    """Median difference in percent of the height; None if nobody of ours is MediaPipe's person."""
    import numpy as np

    theirs = np.array(peer["points"])
    height = (theirs.max(0) - theirs.min(0)).max()
    people = np.array(mine)
    apart = np.linalg.norm(people[:, HIPS].mean(1) - theirs[list(HIPS)].mean(0), axis=-1)
    if apart.min() > SAME_PERSON * height:
        return None
    person = people[int(apart.argmin())]
    return float(np.median(np.linalg.norm(person - theirs, axis=-1)) / height * 100)


def main() -> None:
    parser = common.arguments(__doc__, {"mediapipe": mediapipe, "ours": ours})
    parser.add_argument("--record", type=Path, help="store MediaPipe's answers on a few COCO pictures for the tests")
    options = parser.parse_args()
    python = common.peer_python("mp")
    rows, worst, record = [], [], {}
    with common.temporary_folder() as folder:
        for source, paths in pictures(folder).items():
            for model, complexity in MODELS.items():
                peer = common.run_side("mediapipe", {"complexity": complexity, "pictures": paths}, python)
                squares = {name: answer["square"] for name, answer in peer.items() if answer}
                mine = common.run_side("ours", {"model": model, "pictures": paths, "squares": squares})
                everyone = {name: answer["everyone"] for name, answer in mine.items()}
                both = [name for name in peer if peer[name] and everyone[name]]
                each = {name: compare(everyone[name], peer[name]) for name in both}
                same = {name: value for name, value in each.items() if value is not None}
                groups = {
                    "all": list(same.values()),
                    "one person": [value for name, value in same.items() if len(everyone[name]) == 1],
                    "same region": [compare(mine[name]["same region"], peer[name]) or 100.0 for name in squares],
                }
                for group, values in groups.items():
                    median = common.percentile(values, 50)
                    rows.append([
                        source, model, group, len(values), f"{median:.2f}", f"{common.percentile(values, 90):.2f}",
                        f"{max(values):.1f}", common.verdict(median, LIMIT, at_least=False),
                    ])  # fmt: skip
                worst.append([
                    source, model, len(peer), len(both), len(both) - len(same),
                    sum(bool(peer[n]) and not everyone[n] for n in peer),
                    sum(bool(everyone[n]) and not peer[n] for n in peer),
                    ", ".join(f"{n} {v:.1f}" for n, v in sorted(same.items(), key=lambda item: -item[1])[:3]),
                ])  # fmt: skip
                if source == "COCO":
                    few = sorted(name for name in same if len(everyone[name]) == 1)[:RECORDED]
                    record[model] = {name: peer[name] for name in few}
    common.report(
        common.table(
            ["pictures", "model", "", "n", "median, % of height", "90 % of pictures", "largest", "target 1.5"], rows
        ),
        common.table(
            ["pictures", "model", "n", "both find someone", "another person", "MediaPipe alone", "ours alone", "worst"],
            worst,
        ),
    )
    if options.record:
        options.record.write_text(json.dumps(common.rounded(record)) + "\n", "utf-8")


if __name__ == "__main__":
    main()
