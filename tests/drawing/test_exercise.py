from dataclasses import replace

import numpy as np
import pytest
from tests import figures

from posespotter.arrays import Image
from posespotter.drawing.exercise import ExerciseDrawing, crop_around
from posespotter.drawing.exercise_angles import _sideways, angles_of, write_angles
from posespotter.drawing.overlay import DEFAULT_STYLE, draw_people
from posespotter.drawing.rep_counter import Panel, panel_tile, panel_width
from posespotter.drawing.text import lay
from posespotter.exercises import ExerciseAnalysis, analyze_exercise
from posespotter.exercises.curves import Curves
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17, Skeleton

GREY = 128


def filmed(fault: str = "", yaw_deg: float = 0.0, skeleton: Skeleton | None = None) -> PoseSequence:
    options = {} if skeleton is None else {"skeleton": skeleton}
    return figures.film(figures.squat({fault} if fault else set(), repetitions=1), yaw_deg=yaw_deg, **options)


def analysed(poses: PoseSequence) -> tuple[ExerciseAnalysis, Curves]:
    analysis = analyze_exercise(poses, "squat")
    return analysis, Curves(poses, analysis)


def canvas(poses: PoseSequence) -> Image:
    width, height = poses.frame_size
    return np.full((height, width, 3), GREY, np.uint8)


def is_red(image: Image) -> np.ndarray:
    return (image == DEFAULT_STYLE.marked).all(axis=2)


@pytest.mark.parametrize(("fault", "yaw_deg"), [("knees_inward", 0.0), ("trunk_leans", 90.0), ("heels_lift", -90.0)])
def test_red_while_the_fault_lasts(fault: str, yaw_deg: float) -> None:
    poses = filmed(fault, yaw_deg)
    analysis, curves = analysed(poses)
    found = next(one for one in analysis.repetitions[0].faults if one.name == fault)
    drawing = ExerciseDrawing(poses, [(analysis, curves)])
    for frame, expected in (
        (0, False),
        ((found.start_frame + found.end_frame) // 2, True),
        (poses.n_frames - 1, False),
    ):
        image = canvas(poses)
        drawing.people(image, frame)
        assert is_red(image).any() == expected


def test_a_good_repetition_has_no_red() -> None:
    poses = filmed()
    drawing = ExerciseDrawing(poses, [analysed(poses)])
    for frame in range(0, poses.n_frames, 10):
        image = canvas(poses)
        drawing.people(image, frame)
        assert not is_red(image).any()


def test_marks_are_where_the_joints_are() -> None:
    poses = filmed(skeleton=COCO17).at(0)
    image = canvas(poses)
    marked = np.zeros((1, len(COCO17)), bool)
    marked[0, COCO17.index("left_knee")] = True
    draw_people(image, COCO17, poses.keypoints, poses.scores, marked=marked)
    red = np.argwhere(is_red(image))[:, ::-1]
    hip, knee, ankle = (poses.keypoint(f"left_{part}")[0] for part in ("hip", "knee", "ankle"))
    assert np.hypot(*(red - knee).T).min() < 3  # a joint alone marks the limbs that end there
    assert np.hypot(*(red - (hip + knee) / 2).T).min() < 6
    assert np.hypot(*(red - (ankle + knee) / 2).T).min() < 6
    assert np.hypot(*(red - poses.keypoint("right_knee")[0]).T).min() > 20


@pytest.mark.parametrize("skeleton", [COCO17, None], ids=["coco17", "blazepose33"])
@pytest.mark.parametrize(("width", "height"), [(320, 240), (1280, 960), (3840, 2880)])
def test_every_size(width: int, height: int, skeleton: Skeleton | None) -> None:
    poses = filmed("knees_inward", skeleton=skeleton)
    poses = replace(figures.moved(poses, width / poses.frame_size[0], (0.0, 0.0)), frame_size=(width, height))
    drawing = ExerciseDrawing(poses, [analysed(poses)])
    image = canvas(poses)
    middle = poses.n_frames // 2
    drawing.people(image, middle)
    before = image.copy()
    drawing.counters(image, middle)
    panel = (image != before).any(axis=2)
    assert 0.01 < panel.mean() < 0.2
    points = poses.at(middle).keypoints[0].round().astype(int)
    assert not panel[points[:, 1], points[:, 0]].any()  # it hides no joint


@pytest.mark.parametrize(("shift", "right"), [(-500.0, True), (500.0, False)])
def test_the_counter_keeps_away_from_the_person(shift: float, right: bool) -> None:
    poses = filmed()
    high = replace(
        poses,
        keypoints=poses.keypoints + np.array([shift, -200], np.float32),
        bbox=poses.bbox + np.array([shift, -200, shift, -200], np.float32),
    )
    image = canvas(high)
    ExerciseDrawing(high, [analysed(high)]).counters(image, 0)
    changed = np.argwhere((image != GREY).any(axis=2))[:, 1]
    assert (changed.mean() > high.frame_size[0] / 2) == right


def test_panels_keep_their_width() -> None:
    width = panel_width(["Squat · front"], ["knees inward"], 20)
    calm = panel_tile(Panel("Squat · front", 12, "down", 12, "cannot_tell"), 20, width)
    faulty = panel_tile(Panel("Squat · front", 12, "down", 12, "fault", ("knees inward",)), 20, width)
    assert calm.shape[1] == faulty.shape[1] == width
    assert faulty.shape[0] > calm.shape[0]


@pytest.mark.parametrize(("x", "y"), [(-5, -5), (95, 45), (200, 10), (10, -40), (0, 0)])
def test_tiles_are_cut_at_the_edge(x: int, y: int) -> None:
    image = np.full((50, 100, 3), GREY, np.uint8)
    lay(image, np.full((10, 20, 4), 255, np.uint8), x, y)
    expected = np.full((50, 100), False)
    expected[max(0, y) : max(0, y + 10), max(0, x) : max(0, x + 20)] = True
    assert ((image == 255).all(axis=2) == expected).all()


def test_crops_stay_inside() -> None:
    poses = filmed()
    x0, y0, x1, y1 = crop_around(poses, 10, (1,))
    assert 0 <= x0 < x1 <= poses.frame_size[0]
    assert 0 <= y0 < y1 <= poses.frame_size[1]
    assert crop_around(poses, 10, (7,)) == (0, 0, *poses.frame_size)


def test_curves_are_those_of_the_analysis() -> None:
    poses = filmed("knees_inward")
    analysis, curves = analysed(poses)
    for signal in analysis.definition.signal:
        np.testing.assert_array_equal(curves.values(signal.parsed, signal.side), analysis.series.values[signal.measure])
    repetition = analysis.repetitions[0]
    fault = next(one for one in repetition.faults if one.name == "knees_inward")
    time_s, values = curves.of_fault(fault, repetition)
    during = (time_s >= fault.start_s) & (time_s <= fault.end_s)
    assert values[during].mean() == pytest.approx(fault.value)  # judged by the mean at the bottom
    assert fault.start_frame <= curves.worst_frame(fault, repetition) <= fault.end_frame


def test_numbers_stand_off_the_limbs() -> None:
    """Raised arms point sideways, where numbers of other joints stand."""
    centre = np.array([100, 100], np.float32)
    thigh = np.array([[80.0, 60], [70, 120], [75, 180]])
    arm = np.array([[120.0, 60], [160, 58], [200, 60]])
    assert _sideways(thigh, centre).tolist() == [-1, 0]
    assert abs(_sideways(arm, centre)[1]) > 0.9


def test_angles_have_the_colour_of_their_side() -> None:
    """From 45° on the near side alone speaks, in the overlay as in the report."""
    for yaw, shown in ((20, {"left", "right"}), (55, {"left"}), (90, {"left"}), (-55, {"right"})):
        poses = filmed(yaw_deg=yaw)
        analysis, curves = analysed(poses)
        angles = angles_of(poses.skeleton, analysis, curves)
        frame = analysis.repetitions[0].bottom_frame
        row, moment = poses.at(frame), list(curves.frame).index(frame)
        image = canvas(poses)
        write_angles(image, angles, moment, row.keypoints[0], row.scores[0], skeleton=poses.skeleton, view="oblique")
        for side, colour in (("left", DEFAULT_STYLE.left), ("right", DEFAULT_STYLE.right)):
            assert (image == colour).all(axis=2).any() == (side in shown), (yaw, side)
