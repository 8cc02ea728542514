"""Every run gets a small picture if one can be made, and never one of a person where no pixels shall be written."""

import cv2
import numpy as np
import pytest
from tests.runs.runs_made import two_people

from posespotter.media import VideoWriter, read_image
from posespotter.runs.thumbnails import make_thumbnail

CANVAS = 46


def video(path, size=(160, 120), n=30, blue=200):
    with VideoWriter(path, size, 30) as writer:
        for index in range(n):
            writer.write(np.full((size[1], size[0], 3), (blue, 20, index * 8), np.uint8), index / 30)


def picture(path, size, colour=(30, 200, 30)):
    cv2.imwrite(str(path), np.full((size[1], size[0], 3), colour, np.uint8))


@pytest.mark.parametrize(
    ("size", "expected"),
    [((160, 120), (160, 120)), ((1920, 1080), (480, 270)), ((600, 1200), (180, 360)), ((4000, 32), (480, 4))],
)
def test_of_a_picture(tmp_path, size, expected):
    picture(tmp_path / "overlay.jpg", size)
    make_thumbnail(tmp_path, skeletons_only=False)
    image = cv2.imread(str(tmp_path / "thumbnail.jpg"))
    assert image.shape[1::-1] == expected
    assert np.abs(image.mean(axis=(0, 1)) - (30, 200, 30)).max() < 6


def test_of_a_video(tmp_path):
    """A frame from the middle, not the first."""
    video(tmp_path / "overlay.mp4")
    make_thumbnail(tmp_path, skeletons_only=False)
    blue, _, red = read_image(tmp_path / "thumbnail.jpg").mean(axis=(0, 1))
    assert blue == pytest.approx(200, abs=12)
    assert red == pytest.approx(12 * 8, abs=15)


def test_of_a_recording(tmp_path):
    video(tmp_path / "source.mp4", blue=90)
    two_people().to_parquet(tmp_path / "poses.parquet")
    make_thumbnail(tmp_path, skeletons_only=False)
    assert read_image(tmp_path / "thumbnail.jpg").mean(axis=(0, 1))[0] == pytest.approx(90, abs=12)


@pytest.mark.parametrize("n_frames", [1, 3, 60])
def test_of_joints_alone(tmp_path, n_frames):
    two_people(n_frames).to_parquet(tmp_path / "poses.parquet")
    make_thumbnail(tmp_path, skeletons_only=False)
    image = read_image(tmp_path / "thumbnail.jpg")
    assert image.shape == (120, 160, 3)
    assert np.abs(image.astype(int) - CANVAS).max() > 80  # somebody stands on the canvas
    assert np.median(image) == pytest.approx(CANVAS, abs=4)


def test_skeletons_only(tmp_path):
    video(tmp_path / "source.mp4")
    two_people().to_parquet(tmp_path / "poses.parquet")
    make_thumbnail(tmp_path, skeletons_only=True)
    assert np.median(read_image(tmp_path / "thumbnail.jpg")) == pytest.approx(CANVAS, abs=4)


@pytest.mark.parametrize("content", [b"", b"nonsense", b"\0" * 5000, b"\x89PNG\r\n\x1a\n"])
def test_damaged_files_give_none(tmp_path, content):
    for name in ("overlay.jpg", "overlay.mp4", "source.mp4", "poses.parquet"):
        (tmp_path / name).write_bytes(content)
    make_thumbnail(tmp_path, skeletons_only=False)
    assert not (tmp_path / "thumbnail.jpg").exists()


def test_the_next_best_is_taken(tmp_path):
    (tmp_path / "overlay.mp4").write_bytes(b"nonsense")
    two_people().to_parquet(tmp_path / "poses.parquet")
    make_thumbnail(tmp_path, skeletons_only=False)
    assert (tmp_path / "thumbnail.jpg").exists()


def test_of_nothing(tmp_path):
    make_thumbnail(tmp_path, skeletons_only=False)
    assert list(tmp_path.iterdir()) == []


def test_long_videos_are_not_read_far(tmp_path):
    video(tmp_path / "overlay.mp4")
    make_thumbnail(tmp_path, skeletons_only=False, most_frames=3)
    assert read_image(tmp_path / "thumbnail.jpg").mean(axis=(0, 1))[2] == pytest.approx(3 * 8, abs=12)
