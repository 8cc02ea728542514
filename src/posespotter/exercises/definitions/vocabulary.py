"""The words in which exercise files say what they measure: `knee_angle`, `height(hip, ankle)`, `alignment(knee)`.

Joints without a side stand for both: an angle is taken left and right and the sides are joined as the file says
(`side`), a height starts from the middle between them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from posespotter.skeletons import SEGMENT_SHARES

PARTS = ("nose", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "toe", "foot")


@dataclass(frozen=True)
class Word:
    """One kind of measure.

    Attributes:
        joints: how many joints stand in its brackets.
        unit: of its values.
        sided: whether it is taken left and right and then joined.
        meaning: one line for people.
    """

    joints: int
    unit: str
    sided: bool
    meaning: str


WORDS: Mapping[str, Word] = MappingProxyType(
    {
        "angle": Word(3, "deg", True, "angle at the second joint between the limbs to the first and the third"),
        "lean": Word(2, "deg", True, "inclination of the line from the first up to the second joint, 0 upright"),
        "height": Word(2, "body lengths", False, "how far the first joint is above the second"),
        "distance": Word(2, "body lengths", True, "from the first to the second joint"),
        "level": Word(
            1, "body lengths", False, "how high the joint is in the picture; only its changes mean something"
        ),
        "ahead": Word(2, "body lengths", False, "how far the first joint is in front of the second, as one faces"),
        "sideways": Word(
            2, "body lengths", False, "how far the first joint is to the left of the second, as one faces"
        ),
        "width": Word(1, "body lengths", False, "between the left and the right joint"),
        "width_ratio": Word(2, "ratio", False, "width of the first joints by the width of the second"),
        "alignment": Word(1, "ratio", False, "width of the joints by the mean width of the hips and the ankles"),
        "slope": Word(
            2, "deg", False, "how far the limb between both joints is from level, by how high the first is; 0 level"
        ),
        "tilt": Word(1, "deg", False, "inclination of the line from left to right, 0 level"),
        "side_difference": Word(1, "body lengths", False, "how much higher one of the two joints is than the other"),
        "stride": Word(1, "body lengths", False, "between the left and the right joint along the way the person faces"),
        "travel": Word(
            1,
            "body lengths",
            True,
            "how far the joint gets from the straight way between its first and last place; in [[require]] only",
        ),
        "drift": Word(
            1, "body lengths", False, "how far the joint is at the end from where it began; in [[require]] only"
        ),
        "shuffle": Word(
            1,
            "body lengths",
            False,
            "how far left and right move against each other, whatever the camera does; in [[require]] only",
        ),
        "landing": Word(
            1, "body lengths", False, "how far both joints fall at once, as on landing from a jump; in [[require]] only"
        ),
    }
)
"""The kinds of measures by name."""

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "ankle_angle": "angle(knee, ankle, toe)",
        "knee_angle": "angle(hip, knee, ankle)",
        "hip_angle": "angle(shoulder, hip, knee)",
        "shoulder_angle": "angle(hip, shoulder, elbow)",
        "elbow_angle": "angle(shoulder, elbow, wrist)",
        "neck_angle": "angle(hip, shoulder, ear)",
        "trunk_lean": "lean(hip, shoulder)",
        "thigh_above_level": "slope(hip, knee)",
        "thigh_lean": "lean(knee, hip)",
        "shank_lean": "lean(ankle, knee)",
        "upper_arm_lean": "lean(elbow, shoulder)",
    }
)
"""Short names of common measures."""


SEGMENTS: Mapping[tuple[str, ...], float] = MappingProxyType(
    {
        (lower, upper): SEGMENT_SHARES[upper, lower]
        for upper, lower in (("shoulder", "hip"), ("hip", "knee"), ("knee", "ankle"), ("shoulder", "elbow"))
    }
)
"""Lengths as shares of the body height, from the lower to the upper joint of who stands."""

WITHOUT_CURVE = ("travel", "drift", "shuffle", "landing")
"""Kinds that are one number a repetition."""


@dataclass(frozen=True)
class Measure:
    """A parsed measure: the kind and the joints in its brackets."""

    kind: str
    joints: tuple[str, ...]

    @property
    def text(self) -> str:
        """The measure written out, without short names, as the table of errors has it: `angle(hip, knee, ankle)`."""
        return f"{self.kind}({', '.join(self.joints)})"

    @property
    def word(self) -> Word:
        """The vocabulary's entry for the kind."""
        return WORDS[self.kind]


def parse_measure(text: str) -> Measure:
    """Read a measure as it stands in an exercise file.

    Raises:
        ValueError: it is none; the message names the nearest one.
    """
    match = re.fullmatch(r"\s*(\w+)\s*(?:\(([^()]*)\))?\s*", text)
    if not match:
        raise ValueError(f"expected a measure such as knee_angle or height(hip, ankle), got {text!r}")
    name, inside = match.groups()
    if inside is None and name in ALIASES:
        return parse_measure(ALIASES[name])
    if name in ALIASES:
        raise ValueError(f"{name} takes no brackets, as it stands for {ALIASES[name]}; got {text!r}")
    if name not in WORDS:
        raise ValueError(f"unknown measure {name!r}{_nearest(name, [*ALIASES, *WORDS])}")
    joints = tuple(part.strip() for part in (inside or "").split(",") if part.strip())
    if len(joints) != WORDS[name].joints:
        raise ValueError(f"{name} takes {WORDS[name].joints} joints in brackets, got {text!r}")
    for joint in joints:
        if joint not in PARTS:
            raise ValueError(f"unknown joint {joint!r}{_nearest(joint, PARTS)}")
    if name == "slope" and joints[::-1] not in SEGMENTS:
        limbs = ", ".join(f"slope({upper}, {lower})" for lower, upper in SEGMENTS)
        raise ValueError(f"expected the slope of a limb ({limbs}), got {text!r}")
    return Measure(name, joints)


def _nearest(name: str, known: "list[str] | tuple[str, ...]") -> str:
    near = get_close_matches(name, known, 1, 0.5)
    return f", did you mean {near[0]!r}?" if near else f"; expected one of: {', '.join(known)}"
