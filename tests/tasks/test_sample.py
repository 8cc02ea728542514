"""The sample's video shows the figure where its poses say it is."""

import json

import numpy as np

from posespotter.media import open_source
from posespotter.poses import PoseSequence
from posespotter.tasks.sample import write_sample_squats


def test_poses_and_video_belong_together(tmp_path):
    folder = write_sample_squats(tmp_path / "squats")
    assert {path.name for path in folder.iterdir()} == {"poses.parquet", "source.mp4", "overlay.mp4", "run.json"}
    assert json.loads((folder / "run.json").read_text())["kind"] == "estimate"
    poses = PoseSequence.from_parquet(folder / "poses.parquet")
    with open_source(str(folder / "source.mp4")) as source:
        assert (source.info.width, source.info.height) == poses.frame_size
        frames = [frame.image for frame in source]
    assert len(frames) == poses.n_frames
    nose = poses.keypoint("nose")
    for i in (0, len(frames) // 2, len(frames) - 1):
        x, y = np.round(nose[i]).astype(int)
        on_head, beside = frames[i][y, x].astype(int), frames[i][y, x + 150].astype(int)
        assert np.abs(on_head - beside).sum() > 100
