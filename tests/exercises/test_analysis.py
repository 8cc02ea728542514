"""The analysis: its answers where there is little to say, the choice of the person, cuts, the JSON."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest
from tests import figures
from tests.exercises import movements
from tests.kinematics.test_view import joined

from posespotter.errors import SettingsError
from posespotter.exercises import analyze_all, analyze_exercise, to_document
from posespotter.poses import PoseSequence
from posespotter.skeletons import COCO17

CONTRACT = {
    "exercise", "view", "view_confidence", "track_id", "fps", "count", "repetitions",
}  # fmt: skip
OF_A_REPETITION = {
    "index", "start_frame", "bottom_frame", "end_frame", "start_s", "end_s", "metrics", "verdict", "faults",
}  # fmt: skip
OF_A_FAULT = {"name", "start_frame", "end_frame", "value", "limit", "unit", "confidence", "finding", "advice"}


def together(*people: PoseSequence) -> PoseSequence:
    """Several people in one clip, numbered from 1, side by side."""
    n = min(person.n_frames for person in people)
    moved = [
        replace(figures.moved(person, 1.0, (300 * i, 0)), track_id=np.full(len(person), i + 1, np.int32))
        for i, person in enumerate(people)
    ]
    columns = {name: np.concatenate([p.columns()[name] for p in moved]) for name in moved[0].columns()}
    order = np.lexsort((columns["track_id"], columns["frame"]))
    order = order[columns["frame"][order] < n]
    return replace(moved[-1], **{name: array[order] for name, array in columns.items()}, n_frames=n)


def test_the_document_keeps_the_contract() -> None:
    poses = figures.film(figures.squat({"knees_inward"}), noise=0.003)
    document = json.loads(json.dumps(to_document(analyze_all(poses, "squat")), allow_nan=False))
    assert document.keys() >= CONTRACT
    assert document["count"] == len(document["repetitions"]) == 3
    first = document["repetitions"][0]
    assert first.keys() >= OF_A_REPETITION
    assert first["verdict"] == "fault"
    assert first["faults"][0].keys() >= OF_A_FAULT
    assert first["start_frame"] < first["bottom_frame"] < first["end_frame"]
    # 0.8 s of rest, then a second down: the bottom is at 1.8 to 2 s.
    assert first["start_s"] == pytest.approx(1.0, abs=0.2)
    assert 1.75 < document["repetitions"][0]["bottom_s"] < 2.05
    assert document["others"] == []


def test_views_that_show_nothing_give_no_verdict() -> None:
    front, side, oblique = (
        analyze_exercise(figures.film(figures.squat(), yaw_deg=yaw), "squat").repetitions[0] for yaw in (0, 90, 45)
    )
    front, side, oblique = ({check.name: check for check in one.checks} for one in (front, side, oblique))
    assert front["knees_inward"].verdict == "good"
    assert front["heels_lift"].verdict == "cannot_tell"
    assert front["heels_lift"].reason == "seen from the front; this is judged from the side"
    assert side["heels_lift"].verdict == "good"
    assert side["knees_inward"].value is None
    assert oblique["shift_to_one_side"].verdict == "cannot_tell"
    assert oblique["too_shallow"].verdict == "good"


def test_a_joint_that_is_not_seen_gives_no_verdict() -> None:
    poses = figures.film(figures.squat(), yaw_deg=90)
    scores = poses.scores.copy()
    scores[:, [i for i, name in enumerate(poses.skeleton.keypoints) if "heel" in name]] = 0.1
    analysis = analyze_exercise(replace(poses, scores=scores), "squat")
    heels = next(check for check in analysis.repetitions[0].checks if check.name == "heels_lift")
    assert (heels.verdict, heels.reason) == ("cannot_tell", "the heels could not be seen well enough")
    coco = analyze_exercise(figures.film(figures.squat(), yaw_deg=90, skeleton=COCO17, world=False), "squat")
    assert coco.count == 3
    assert next(c for c in coco.repetitions[0].checks if c.name == "heels_lift").verdict == "cannot_tell"


def test_nobody() -> None:
    poses = figures.film(figures.squat())
    analysis = analyze_exercise(poses.where(np.zeros(len(poses), bool)), "squat")
    assert (analysis.count, analysis.track_id, analysis.view) == (0, None, "unknown")
    assert analysis.reason == "nobody was found in the clip"
    assert json.dumps(to_document([analysis]), allow_nan=False)


@pytest.mark.parametrize("frames", [1, 2, 3, 5])
def test_too_short(frames) -> None:
    poses = figures.film(figures.squat())
    analysis = analyze_exercise(poses.where(poses.frame < frames), "squat")
    assert analysis.count == 0
    assert "too short for one repetition" in analysis.reason


def test_feet_out_of_the_picture() -> None:
    poses = figures.film(figures.squat())
    cut_off = replace(poses, frame_size=(poses.frame_size[0], 760))
    analysis = analyze_exercise(cut_off, "squat")
    assert analysis.count == 3  # knees and hips carry the signal
    nobody_below = replace(poses, frame_size=(poses.frame_size[0], 560))
    analysis = analyze_exercise(nobody_below, "squat")
    assert analysis.count == 0
    assert "knees" in analysis.reason
    assert "cannot be seen, or are out of the picture" in analysis.reason


def test_why_a_movement_was_not_counted() -> None:
    wall_sit = next(figure for figure in movements.others() if figure.name == "wall sit")
    analysis = analyze_exercise(figures.film(wall_sit), "squat")
    assert [movement.reason for movement in analysis.uncounted] == [
        "the person stayed at the bottom for 12 s; more than 5 s is holding or sitting, not a repetition"
    ]
    assert "holding or sitting" in analysis.reason
    quick = analyze_exercise(figures.film(figures.squat(down_s=0.15, hold_s=0.0, up_s=0.15), fps=60), "squat")
    assert quick.count == 0
    assert "too quick" in quick.reason


def test_half_way_up_is_no_repetition() -> None:
    figure = figures.squat(repetitions=1)

    def twice_down(t: np.ndarray) -> figures.Joints:
        # Down, half way up, down again, and up: 1.8 s is the bottom, 2.5 s half way up.
        return figure.at(np.interp(t, [0, 1.9, 2.4, 2.9, 4.9], [0, 1.9, 2.4, 1.9, 3.9]))

    analysis = analyze_exercise(figures.film(figures.Figure("twice", 4.9, twice_down)), "squat")
    assert analysis.count == 1


def test_a_cut_inside_a_repetition_takes_it() -> None:
    front, side = (figures.film(figures.squat(), yaw_deg=yaw, noise=0.003) for yaw in (0, 90))
    bottom = 4 * 30 + 24  # in the middle of the second repetition
    cut = joined(front.where(front.frame < bottom), side.where(side.frame >= bottom))
    frame = np.concatenate([front.frame[:bottom], side.frame[bottom:]])
    cut = replace(cut, frame=frame, time_s=frame / 30.0, n_frames=front.n_frames)
    analysis = analyze_exercise(cut, "squat")
    assert [one.view for one in analysis.repetitions] == ["front", "left"]
    assert [stretch.view for stretch in analysis.stretches] == ["front", "left"]


def test_two_cuts_inside_a_repetition() -> None:
    front, side = (figures.film(figures.squat(repetitions=1), yaw_deg=yaw) for yaw in (0, 90))
    inside = (front.frame >= 45) & (front.frame < 75)
    columns = {
        name: np.where(inside.reshape(-1, *[1] * (a.ndim - 1)), side.columns()[name], a)
        for name, a in front.columns().items()
    }
    analysis = analyze_exercise(replace(front, **columns), "squat")
    assert analysis.count == 0
    assert analysis.reason


def test_the_one_who_does_it_is_chosen() -> None:
    walker = next(figure for figure in movements.others() if figure.name == "stand")
    poses = together(*(figures.film(f, noise=0.003) for f in (walker, figures.squat(), figures.squat(repetitions=2))))
    assert analyze_exercise(poses, "squat").track_id == 2
    assert [(one.track_id, one.count) for one in analyze_all(poses, "squat")] == [(2, 2), (3, 2)]
    assert analyze_exercise(poses, "squat", person=1).count == 0
    document = to_document(analyze_all(poses, "squat"))
    assert document["track_id"] == 2
    assert [other["track_id"] for other in document["others"]] == [3]


def test_a_track_that_goes_on_under_another_number() -> None:
    poses = figures.film(figures.squat(), noise=0.003)
    ids = np.where(poses.time_s < 2.0, 1, 2).astype(np.int32)
    analysis = analyze_exercise(replace(poses, track_id=ids), "squat")
    assert (analysis.count, analysis.track_id, analysis.track_ids) == (3, 1, (1, 2))


def test_a_track_goes_on_in_its_place_while_others_are_about() -> None:
    walker = next(figure for figure in movements.others() if figure.name == "stand")
    poses = together(*(figures.film(f, noise=0.003) for f in (figures.squat(repetitions=2), walker)))
    ids = np.where((poses.track_id == 1) & (poses.time_s > 3.0), 7, poses.track_id).astype(np.int32)
    poses = replace(poses, track_id=ids).where((poses.time_s < 2.9) | (poses.time_s > 3.1) | (ids == 2))
    analysis = analyze_exercise(poses, "squat")
    assert (analysis.count, analysis.track_ids) == (2, (1, 7))


def test_the_phase_of_what_is_not_counted() -> None:
    squat = figures.film(figures.squat(repetitions=1), yaw_deg=90)
    series = analyze_exercise(squat.where(squat.time_s < 2.3), "squat").series
    assert series.phase[series.time_s.searchsorted(1.9)] == "hold"
    assert "up" in series.phase[-6:]


def test_the_view_may_be_given() -> None:
    poses = figures.film(figures.squat({"heels_lift"}), yaw_deg=50)
    given = analyze_exercise(poses, "squat", view="left")
    assert (given.view, given.view_confidence) == ("left", 1.0)
    assert given.repetitions[0].faults[0].name == "heels_lift"


def test_arms_one_by_one_and_together() -> None:
    both = analyze_exercise(figures.film(movements.curl(), noise=0.003), "biceps-curl")
    one = analyze_exercise(figures.film(movements.curl(one_arm=True), noise=0.003), "biceps-curl")
    assert (both.count, one.count) == (3, 3)
    assert {repetition.side for repetition in one.repetitions} == {"left"}


def test_a_raise_of_whom_only_the_upper_body_is_seen() -> None:
    poses = figures.film(movements.lateral_raise(), noise=0.003)
    scores = poses.scores.copy()
    low = ("hip", "knee", "ankle", "heel", "foot")
    scores[:, [i for i, name in enumerate(poses.skeleton.keypoints) if any(part in name for part in low)]] = 0.1
    analysis = analyze_exercise(replace(poses, scores=scores), "lateral-raise")
    assert [one.verdict for one in analysis.repetitions] == ["nothing_wrong_seen"] * 3
    outcomes = {check.name: (check.verdict, check.reason) for check in analysis.repetitions[0].checks}
    assert outcomes["arms_uneven"] == ("good", "")
    assert outcomes["too_high"] == ("cannot_tell", "the hips could not be seen well enough")


@pytest.mark.parametrize("pace", [1.0, 0.5])
def test_extremes_of_what_leads_are_those_of_the_whole_way(pace: float) -> None:
    """The ends of a repetition lie at rest, outside the rows from 10 % of the way to 10 % of it."""
    metrics = []
    for figure, name in ((movements.curl(), "biceps-curl"), (figures.squat(), "squat")):
        poses = figures.film(figure, yaw_deg=90)
        quick = replace(poses, time_s=poses.time_s * pace, fps=poses.fps / pace)
        metrics.append(analyze_exercise(quick, name).repetitions[1].metrics)
    assert metrics[0]["elbow_angle_max_deg"] == pytest.approx(170, abs=4)  # forearms hang 10° in front of the arms
    hips = figures.squat().at(np.array([0.0, 1.9]))["left_hip"][:, 2]
    assert metrics[1]["hip_drop_bl"] == pytest.approx(hips[0] - hips[1], rel=0.08)


def test_bad_arguments() -> None:
    poses = figures.film(figures.squat(repetitions=1), fps=10)
    with pytest.raises(SettingsError, match=r"view: expected one of auto, .*, got 'top'"):
        analyze_exercise(poses, "squat", view="top")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match=r"person: expected one of the ids in the poses \(1\), got 7"):
        analyze_exercise(poses, "squat", person=7)
    with pytest.raises(SettingsError, match="Did you mean squat"):
        analyze_exercise(poses, "sqat")


def test_series_match_the_repetitions() -> None:
    analysis = analyze_exercise(figures.film(figures.squat(), yaw_deg=90), "squat")
    series = analysis.series
    assert series.count[-1] == 3
    first = analysis.repetitions[0]
    inside = (series.frame >= first.start_frame) & (series.frame <= first.end_frame)
    assert set(series.phase[inside]) == {"down", "hold", "up"}
    assert set(series.phase[~inside & (series.frame < first.start_frame)]) == {"rest"}
    assert np.nanmin(series.values["knee_angle"][inside]) == pytest.approx(first.metrics["knee_angle_min_deg"], abs=2)
    assert all(len(values) == len(series.frame) for values in series.values.values())


def test_five_minutes_in_two_seconds() -> None:
    poses = figures.film(figures.squat(repetitions=100), noise=0.005)
    assert poses.time_s[-1] > 299
    start = time.process_time()
    assert analyze_exercise(poses, "squat").count == 100
    assert time.process_time() - start < 2
