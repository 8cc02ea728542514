"""Models by plain names (accurate, fast, many people), for users who do not know their real names."""

from dataclasses import dataclass

from posespotter.estimation.options import DEFAULT_POSE, DEFAULT_POSE_LIVE

DEFAULT_POSE_FALLS = "movenet-thunder"
"""What the embedded fall classifier is measured with."""


@dataclass(frozen=True)
class ModelChoice:
    """A pose model for a purpose, behind the usual detector.

    Attributes:
        label: what people choose.
        pose: name of the pose model, or of two as one.
        purpose: what it gives and what for, in one sentence without a full stop.
    """

    label: str
    pose: str
    purpose: str


ACCURATE = ModelChoice(
    "Accurate", DEFAULT_POSE, "33 points with feet, hands and positions in metres: for exercises and most videos"
)
FAST = ModelChoice("Fast", DEFAULT_POSE_LIVE, "17 joints: for long videos and weak machines")
MANY_PEOPLE = ModelChoice("Many people", DEFAULT_POSE_FALLS, "17 exact joints a person: for groups, rooms and falls")

CHOICES = (ACCURATE, FAST, MANY_PEOPLE)
"""In the order of the page for files."""

LIVE_CHOICES = (FAST, MANY_PEOPLE, ACCURATE)
"""In the order of the webcam, the usual one first."""


def model_words(pose: str) -> str:
    """A pose model in the words of the choices: `found by the model "accurate"`; its own name where it is none."""
    label = next((choice.label for choice in CHOICES if choice.pose == pose), "")
    return f'found by the model "{label.lower()}"' if label else f"found by {pose or 'an unknown model'}"
