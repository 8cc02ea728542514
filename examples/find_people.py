"""Find the people in a video and store their joints.

Usage: python examples/find_people.py docs/demo/two_people.mp4 demo
"""

import sys
from pathlib import Path

from posespotter import PoseEstimator, export


def main(video: Path, folder: Path) -> None:
    estimator = PoseEstimator(pose="movenet-lightning")  # fast; PoseEstimator() takes the model that is more exact
    poses = estimator.estimate_video(video)
    for track_id in poses.track_ids:
        person = poses.person(track_id)
        times = f"{person.time_s[0]:.1f} to {person.time_s[-1]:.1f} s"
        print(f"Person {track_id}: {times}, joints with a mean score of {person.scores.mean():.2f}")

    folder.mkdir(parents=True, exist_ok=True)
    poses.to_parquet(folder / "poses.parquet")
    export(poses, "csv", folder / "poses.csv")
    print(f"Stored {len(poses)} poses in {folder}.")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
