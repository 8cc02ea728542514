"""Samples made by the program: squats with two planted faults, a fall, stands from a chair with the hands used once."""

from dataclasses import replace

from posespotter.poses import PoseSequence
from posespotter.synthetic.camera import film
from posespotter.synthetic.everyday import sit_to_stand
from posespotter.synthetic.fall import topple
from posespotter.synthetic.figure import Figure, in_turn, squat

SAMPLE_SQUATS = "sample-squats"
SAMPLE_FALL = "sample-fall"
SAMPLE_STANDS = "sample-stands"
PLANTED: tuple[str | None, ...] = (None, None, "knees_inward", None, "too_shallow")
"""The fault of each repetition, None for a good one."""

HANDS_AT = 4
"""The stand in which the hands push off."""


def sample_figure() -> Figure:
    """The figure that does the session."""
    return in_turn(
        # Knees that go in by 9 degrees are plain to see, and within what knees do.
        [squat({fault} if fault else set(), 1, stance=0.24, knees_in_deg=9.0) for fault in PLANTED]
    )


def sample_squats() -> PoseSequence:
    """The session of squats as a pose model would see it, from the front."""
    # Nobody stands exactly towards the camera.
    return _filmed(sample_figure(), 8.0, SAMPLE_SQUATS)


def sample_fall() -> PoseSequence:
    """A person who squats, gets up, and falls to the side, as a pose model would see them."""
    return _filmed(in_turn([squat(repetitions=1), topple()]), 30.0, SAMPLE_FALL, distance=4.2)


def sample_stands() -> PoseSequence:
    """A person who rises from a chair five times, as a pose model would see them at an angle."""
    return _filmed(sit_to_stand(5, hands_at=[HANDS_AT]).figure, 55.0, SAMPLE_STANDS)


def _filmed(figure: Figure, yaw_deg: float, name: str, distance: float = 3.5) -> PoseSequence:
    """The figure by a small camera, with joints as steady as those of a good model on a person near it."""
    poses = film(
        figure, yaw_deg=yaw_deg, fps=20.0, noise=0.0015, seed=1, distance=distance, camera_up=0.5,
        frame_size=(720, 540),
    )  # fmt: skip
    return replace(poses, source=name)
