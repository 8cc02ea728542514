"""When the detector runs: on every N-th frame, or when something calls for it."""

import cv2
import numpy as np
import pytest

from posespotter.errors import SettingsError
from posespotter.estimation.cadence import Cadence, detect_every

NOBODY = np.empty((0, 4), np.float32)
SOMEBODY = np.array([[100, 100, 200, 300]], np.float32)


def wall(width=640, height=480, grey=90):
    return np.full((height, width, 3), grey, np.uint8)


def with_thing(x, y, size=80, grey=230, **options):
    image = wall(**options)
    image[y : y + size, x : x + size] = grey
    return image


@pytest.mark.parametrize(
    ("value", "expected"), [("auto", "auto"), ("1", 1), (1, 1), ("30", 30), (250, 250), ("007", 7)]
)
def test_what_detect_every_may_be(value, expected):
    assert detect_every(value) == expected


@pytest.mark.parametrize("value", [0, "0", -1, "-1", "", "Auto", "never", "1.5", 1.5, "1e3", None, True, " 3 "])
def test_what_it_may_not_be(value):
    with pytest.raises(SettingsError, match="expected auto or a number of frames of 1 or more, got") as caught:
        detect_every(value)
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("every", [1, 2, 7])
def test_counted(every):
    cadence = Cadence(every)
    due = [
        cadence.due(0.0, wall(), NOBODY if i % 2 else SOMEBODY, unsure=bool(i % 3), lost=bool(i % 4)) for i in range(22)
    ]
    assert [i for i, reason in enumerate(due) if reason] == list(range(0, 22, every))
    assert set(due) <= {"counted", None}


def looked_at(image, time_s=10.0):
    cadence = Cadence("auto")
    cadence.detected(time_s, image)
    return cadence


def test_the_first_frame_is_always_looked_at():
    assert Cadence("auto").due(0.0, wall(), NOBODY, unsure=False, lost=False)
    assert Cadence("auto").due(0.0, wall(), SOMEBODY, unsure=False, lost=False)


@pytest.mark.parametrize(
    ("since_s", "boxes", "unsure", "lost", "reason"),
    [
        (0.95, SOMEBODY, False, False, None),
        (1.0, SOMEBODY, False, False, "routine"),
        (0.15, NOBODY, False, False, None),
        (0.2, NOBODY, False, False, "empty"),
        (0.05, SOMEBODY, True, False, None),
        (0.1, SOMEBODY, True, False, "unsure"),
        (0.2, SOMEBODY, False, True, None),
        (0.25, SOMEBODY, False, True, "lost"),
        (0.5, NOBODY, True, True, "unsure"),
        (-5.0, SOMEBODY, False, False, "routine"),  # the clock jumped back
    ],
)
def test_reasons(since_s, boxes, unsure, lost, reason):
    due = looked_at(wall()).due(10 + since_s + 1e-9, wall(), boxes, unsure=unsure, lost=lost)
    assert due == reason


@pytest.mark.parametrize(("width", "height"), [(640, 480), (1920, 1080), (320, 240), (64, 64), (240, 1000)])
def test_a_change_calls_for_the_detector(width, height):
    size = max(12, min(width, height) // 5)
    x, y = width * 2 // 3, height // 4
    far_away = np.array([[0, height * 0.7, width * 0.2, height]], np.float32)
    cadence = looked_at(wall(width, height))
    view = with_thing(x, y, size, width=width, height=height)
    assert cadence.due(10.1, view, far_away, unsure=False, lost=False) is None  # too soon
    assert cadence.due(10.21, view, far_away, unsure=False, lost=False) == "changed"
    cell = max(width / 48, height / 27)
    assert cadence.changed_at == pytest.approx((x + size / 2, y + size / 2), abs=1.5 * cell)


@pytest.mark.parametrize("edge", ["left", "right", "top", "bottom"])
def test_a_change_at_the_border_calls_for_the_detector(edge):
    place = {"left": (0, 200), "right": (610, 200), "top": (300, 0), "bottom": (300, 450)}[edge]
    cadence = looked_at(wall())
    assert cadence.due(10.3, with_thing(*place, 60), SOMEBODY, unsure=False, lost=False) == "changed"


def test_people_who_are_known_may_move():
    box = np.array([[200, 100, 300, 300]], np.float32)
    cadence = looked_at(with_thing(220, 150))
    assert cadence.due(10.5, with_thing(210, 120), box, unsure=False, lost=False) is None
    assert cadence.due(10.6, with_thing(400, 120), box, unsure=False, lost=False) == "changed"


@pytest.mark.parametrize("fps", [5, 10, 15, 25, 30, 60, 240])
def test_a_change_is_seen_within_a_tenth_of_a_second_though_not_every_frame_is_compared(fps, monkeypatch):
    compared = []
    transform = cv2.transform  # once a picture that is compared
    monkeypatch.setattr(cv2, "transform", lambda *given: compared.append(1) or transform(*given))
    for appears in range(round(0.3 * fps), round(0.5 * fps) + 1):
        cadence = looked_at(wall())
        compared.clear()
        for frame in range(1, fps):
            view = wall() if frame < appears else with_thing(400, 120)
            if cadence.due(10 + frame / fps, view, SOMEBODY, unsure=False, lost=False):
                break
        assert cadence.changed_at is not None
        assert (frame - appears) / fps < 0.1
        assert len(compared) <= 10 * (frame / fps - 0.2) + 2


@pytest.mark.parametrize("grey", [40, 150, 255])
def test_a_lamp_or_the_gain_of_the_camera_is_no_change(grey):
    cadence = looked_at(wall(grey=90))
    assert cadence.due(10.5, wall(grey=grey), SOMEBODY, unsure=False, lost=False) is None


def test_the_noise_of_a_dark_camera_is_no_change():
    rng = np.random.default_rng(0)

    def noisy(width, height):
        return np.clip(40 + rng.normal(0, 8, (height, width, 3)), 0, 255).astype(np.uint8)

    for width, height in ((320, 240), (640, 480), (1920, 1080)):
        cadence = looked_at(noisy(width, height))
        for step in range(5):
            assert cadence.due(10.3 + step / 10, noisy(width, height), SOMEBODY, unsure=False, lost=False) is None


def test_a_small_change_is_none():
    cadence = looked_at(wall())
    assert cadence.due(10.5, with_thing(400, 200, 12), SOMEBODY, unsure=False, lost=False) is None


@pytest.mark.parametrize("box", [(np.nan,) * 4, (-50, -50, 1000, 1000), (700, 500, 900, 600), (50, 50, 10, 10)])
def test_odd_boxes_do_no_harm(box):
    cadence = looked_at(wall())
    cadence.due(10.5, with_thing(400, 120), np.array([box], np.float32), unsure=False, lost=False)


def test_a_hand_that_reaches_out_of_its_box_is_no_change():
    box = np.array([[200, 100, 300, 400]], np.float32)
    view = wall()
    view[200:260, 300:330] = 230  # a tenth of the body's height beside the box
    assert looked_at(wall()).due(10.5, view, box, unsure=False, lost=False) is None
    assert looked_at(wall()).due(10.5, view, SOMEBODY, unsure=False, lost=False) == "changed"
