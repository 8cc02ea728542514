"""The colours of drawings; those of skeletons are in `overlay.OverlayStyle`."""

from dataclasses import dataclass

Rgb = tuple[int, int, int]
"""Red, green, blue, each 0..255."""

Bgr = tuple[int, int, int]
"""The same as OpenCV has it."""


@dataclass(frozen=True)
class Palette:
    """Colours by what they mean.

    Attributes:
        ink, paper, soft: letters, the ground below them, and letters that matter less.
        good, open, fault: a repetition in which nothing is wrong, one that cannot be judged, and one with a fault; and
            falls.
        fault_word: the word for a fault on the dark ground.
        fall, lying: the curves of the two probabilities.
        alarm: the red of faults, brighter: thin lines on a dark ground.
        furniture, ignored: zones with a bed or sofa, and ignored ones.
        canvas: in place of the picture where none may be shown; dark, so that the colours of both sides stand out.
        body, near, edge: of a mannequin: trunk and legs, what is in front of them, and the line around all.
        seat, leg: of its chair.
    """

    ink: Rgb = (250, 250, 250)
    paper: Rgb = (18, 22, 28)
    soft: Rgb = (178, 186, 196)
    good: Rgb = (86, 200, 150)
    open: Rgb = (190, 196, 204)
    fault: Rgb = (225, 28, 48)
    fault_word: Rgb = (255, 120, 120)
    fall: Rgb = (86, 180, 233)
    lying: Rgb = (150, 158, 168)
    alarm: Rgb = (255, 84, 98)
    furniture: Rgb = (120, 210, 150)
    ignored: Rgb = (160, 160, 160)
    canvas: Rgb = (46, 46, 46)
    body: Rgb = (112, 132, 150)
    near: Rgb = (130, 150, 168)
    edge: Rgb = (78, 94, 110)
    seat: Rgb = (148, 120, 96)
    leg: Rgb = (112, 90, 70)


PALETTE = Palette()


def bgr(colour: Rgb) -> Bgr:
    """A colour for OpenCV."""
    red, green, blue = colour
    return blue, green, red
