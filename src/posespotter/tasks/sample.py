"""The sample that the program makes itself: squats with two planted faults, as poses and as a video."""

from pathlib import Path

from posespotter.drawing.mannequin import draw_mannequin, draw_room
from posespotter.exercises.sample import SAMPLE_SQUATS, sample_squats
from posespotter.media import VideoWriter


def write_sample_squats(folder: Path) -> tuple[Path, Path]:
    """Make the session's poses and its video, nobody's picture in it.

    Returns:
        the Parquet file and the MP4 file in `folder`.

    Raises:
        OutputError: the folder cannot be written.
    """
    poses = sample_squats()
    poses_file, video_file = folder / f"{SAMPLE_SQUATS}.parquet", folder / f"{SAMPLE_SQUATS}.mp4"
    poses.to_parquet(poses_file)
    room = draw_room(*poses.frame_size)
    with VideoWriter(video_file, poses.frame_size, poses.fps) as video:
        for frame in range(poses.n_frames):
            image = room.copy()
            draw_mannequin(image, poses.at(frame))
            video.write(image, frame / poses.fps)
    return poses_file, video_file
