"""The overlay of falls: red only for a fall, legible when small, and a strip that tells where one is."""

from dataclasses import replace

import numpy as np
import pytest
from tests.falls.movements import FALLS, STANDS, Actor, film

from posespotter.arrays import Image
from posespotter.drawing.colours import PALETTE
from posespotter.drawing.fall_overlay import FallDrawing
from posespotter.drawing.falls_strip import STRIP, FallStrip, active_events
from posespotter.falls.detect import FallAnalysis, Windows
from posespotter.falls.events import STATES, FallEvent
from posespotter.falls.zones import Zone
from posespotter.poses import PoseSequence

RATE = 15.0
FALL = FallEvent("fall", 1, 4.0, 4.8, 5.4, None, 0.9, "down")
GREY = 90


def analysis_of(events: tuple[FallEvent, ...], seconds: float = 9.0, track_id: int = 1) -> FallAnalysis:
    """Calm, but for the events."""
    time_s = np.arange(0, seconds, 1 / RATE)
    smoothed = np.tile([0.95, 0.03, 0.02], (len(time_s), 1))
    state = np.zeros(len(time_s), np.int32)
    for event in events:
        end = event.end_s or seconds
        smoothed[(time_s >= event.onset_s) & (time_s < event.alert_s)] = [0.1, 0.85, 0.05]
        smoothed[(time_s >= event.alert_s) & (time_s < end)] = [0.05, 0.05, 0.9]
        state[(time_s >= event.alert_s) & (time_s < end)] = STATES.index("down")
    ids = np.full(len(time_s), track_id, np.int32)
    return FallAnalysis(events, Windows(time_s, ids, smoothed, smoothed, state), int(seconds * 25), 25.0, "a", "rules")


def drawn(drawing: FallDrawing, poses: PoseSequence, time_s: float) -> Image:
    image = np.full((poses.frame_size[1], poses.frame_size[0], 3), GREY, np.uint8)
    return drawing.frame(image, round(time_s * poses.fps), time_s)


def red(image: Image) -> int:
    """How many pixels are of the red of faults, or nearly."""
    return int((np.abs(image.astype(int) - np.array(PALETTE.fault[::-1])) < 40).all(axis=2).sum())


@pytest.fixture(scope="module")
def poses() -> PoseSequence:
    return film(Actor(FALLS))


@pytest.mark.parametrize(
    ("time_s", "person_is_red", "header_is_red"),
    [(2.0, False, False), (4.4, True, False), (5.6, True, True), (8.5, True, True)],
)
def test_red_from_the_onset_and_alarm_from_the_alert(
    poses: PoseSequence, time_s: float, person_is_red: bool, header_is_red: bool
) -> None:
    image = drawn(FallDrawing(poses, analysis_of((FALL,))), poses, time_s)
    height = poses.frame_size[1]
    assert (red(image[:height]) > 500) == person_is_red
    assert (red(image[height : height + 20]) > 5000) == header_is_red


def test_nothing_is_red_without_a_fall(poses: PoseSequence) -> None:
    drawing = FallDrawing(poses, analysis_of(()))
    assert [red(drawn(drawing, poses, time_s)) for time_s in (0.0, 4.5, 8.9)] == [0, 0, 0]


def test_getting_up_ends_the_red(poses: PoseSequence) -> None:
    up_again = replace(FALL, end_s=7.0, state_after="recovered")
    drawing = FallDrawing(poses, analysis_of((up_again,)))
    height = poses.frame_size[1]
    assert red(drawn(drawing, poses, 6.9)[:height]) > 500
    assert red(drawn(drawing, poses, 7.1)[:height]) == 0


def test_only_who_fell_is_red() -> None:
    poses = film(Actor(FALLS), Actor(STANDS, x_px=520.0, track_id=2))
    image = drawn(FallDrawing(poses, analysis_of((FALL,))), poses, 6.0)[: poses.frame_size[1]]
    others = poses.at(150).bbox[1].astype(int)
    assert red(image) > 500
    assert red(image[:, others[0] : others[2]]) == 0


def test_who_fell_is_still_marked_when_nobody_sees_them() -> None:
    poses = film(Actor(FALLS, hidden=(6.0, 9.0)))
    drawing = FallDrawing(poses, analysis_of((FALL,), seconds=6.0))
    before, after = (drawn(drawing, poses, time_s)[: poses.frame_size[1]] for time_s in (5.9, 8.0))
    assert red(after) > 100
    where = [np.argwhere((image[..., 2] > 180) & (image[..., 1] < 80)).mean(axis=0) for image in (before, after)]
    assert np.abs(where[0] - where[1]).max() < 40


def test_who_fell_is_known_under_a_new_id(poses: PoseSequence) -> None:
    ids = np.where(poses.time_s > 6.0, 7, 1).astype(np.int32)
    poses = replace(poses, track_id=ids)
    analysis = analysis_of((FALL,))
    windows = replace(analysis.windows, track_id=np.where(analysis.windows.time_s > 6.0, 7, 1).astype(np.int32))
    image = drawn(FallDrawing(poses, replace(analysis, windows=windows)), poses, 8.0)
    assert red(image[: poses.frame_size[1]]) > 500


@pytest.mark.parametrize(
    ("size", "picture"), [((320, 240), (640, 480)), ((1280, 720), (1280, 720)), ((160, 120), (640, 480))]
)
def test_small_pictures_are_enlarged(size: tuple[int, int], picture: tuple[int, int], poses: PoseSequence) -> None:
    zoom = np.float32(size[1] / poses.frame_size[1])
    small = replace(poses, keypoints=poses.keypoints * zoom, bbox=poses.bbox * zoom, frame_size=size)
    drawing = FallDrawing(small, analysis_of((FALL,)))
    assert drawing.size[0] == picture[0]
    assert picture[1] * 1.1 < drawing.size[1] < picture[1] * 1.3
    image = drawn(drawing, small, 8.0)
    assert image.shape == (drawing.size[1], drawing.size[0], 3)
    assert red(image[: picture[1]]) > 300


def test_the_frame_itself_is_left_as_it_is(poses: PoseSequence) -> None:
    image = np.full((poses.frame_size[1], poses.frame_size[0], 3), GREY, np.uint8)
    FallDrawing(poses, analysis_of((FALL,))).frame(image, 150, 6.0)
    assert (image == GREY).all()


def test_zones_are_drawn(poses: PoseSequence) -> None:
    zone = Zone("bed", "bed", ((0.6, 0.1), (0.9, 0.1), (0.9, 0.4), (0.6, 0.4)))
    calm = analysis_of(())
    with_zone, without = (drawn(FallDrawing(poses, calm, zones), poses, 1.0) for zones in ((zone,), ()))
    rows, columns = np.nonzero((with_zone != without).any(axis=2))
    width, height = poses.frame_size
    assert columns.min() == pytest.approx(0.6 * width, abs=4)
    assert rows.max() == pytest.approx(0.4 * height, abs=4)


def test_a_person_without_a_box_is_no_trouble(poses: PoseSequence) -> None:
    boxless = replace(poses, bbox=np.full_like(poses.bbox, np.nan))
    assert drawn(FallDrawing(boxless, analysis_of((FALL,))), boxless, 6.0).ndim == 3


def cursor(strip: FallStrip, time_s: float, width: int) -> float:
    """Where the cursor stands, as a share of the width."""
    bright = (strip.at(time_s)[strip.height // 2 :] > 240).all(axis=(0, 2))
    return float(np.flatnonzero(bright).mean() / (width - 1))


@pytest.mark.parametrize(
    ("duration_s", "time_s", "share"),
    [
        (9.0, 0.0, 0.0),
        (9.0, 4.5, 0.5),
        (9.0, 9.0, 1.0),
        (150.0, 30.0, 0.5),
        (150.0, 90.0, 0.5),
        (150.0, 149.0, 29 / 60),
    ],
)
def test_the_cursor_is_where_the_clip_is(duration_s: float, time_s: float, share: float) -> None:
    strip = FallStrip(analysis_of(()), duration_s, 400, 14)
    assert STRIP.page_s == 60
    assert cursor(strip, time_s, 400) == pytest.approx(share, abs=0.01)


def test_an_alarm_before_the_impact_counts_no_time_backwards() -> None:
    early = FallEvent(
        "fall", 1, onset_s=2.0, impact_s=3.0, alert_s=2.5, end_s=None, peak_probability=0.9, state_after="down"
    )
    words, alarm = FallStrip(analysis_of((early,)), 9.0, 400, 14)._words(2.6)
    assert alarm
    assert words.endswith("#1 for 0 s")


def test_a_strip_of_nothing() -> None:
    nobody = analysis_of((), seconds=0.0)
    assert FallStrip(nobody, 0.0, 320, 12).at(0.0).shape[1:] == (320, 3)


@pytest.mark.parametrize(("time_s", "active"), [(3.9, []), (4.0, [0]), (6.9, [0]), (7.0, []), (8.0, [1]), (99.0, [1])])
def test_active_events(time_s: float, active: list[int]) -> None:
    events = (replace(FALL, end_s=7.0), replace(FALL, onset_s=8.0))
    assert active_events(events, time_s) == [events[i] for i in active]
