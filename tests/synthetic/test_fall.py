"""A figure that falls."""

import numpy as np

from posespotter.synthetic.fall import topple


def test_it_stands_falls_faster_and_faster_and_lies() -> None:
    figure = topple(stands_s=1.0, falls_s=1.0, lies_s=2.0)
    t = np.linspace(0, figure.seconds, 161)
    head = figure.at(t)["nose"][:, 2]
    assert figure.seconds == 4.0
    assert head[t <= 1.0].min() > 0.85
    assert head[t >= 2.0].max() < 0.3
    falling = np.diff(head[(t >= 1.3) & (t <= 1.8)])
    assert (falling < 0).all()
    assert falling[-1] < 3 * falling[0]


def test_nobody_sinks_into_the_floor() -> None:
    figure = topple()
    lowest = min(float(place[:, 2].min()) for place in figure.at(np.linspace(0, figure.seconds, 50)).values())
    assert lowest > -0.06
