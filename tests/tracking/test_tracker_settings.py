"""The tracker's assumptions contradict neither each other nor what people can do."""

from dataclasses import fields

from posespotter.tracking.tracker_settings import TrackerSettings

S = TrackerSettings()


def test_every_number_is_a_size_or_a_cost() -> None:
    assert all(getattr(S, field.name) > 0 for field in fields(S))


def test_the_agile_filter_is_the_agile_one() -> None:
    assert S.agile_push > S.steady_push
    assert S.agile_size_push > S.steady_size_push
    assert 0 < S.agile_share < 0.5


def test_doubt_is_shorter_than_memory() -> None:
    assert S.doubt_s < S.pose_memory_s < S.memory_s


def test_to_miss_somebody_costs_less_than_to_take_another_for_them() -> None:
    assert S.vanish_cost + S.new_cost < S.pose_weight + S.box_weight
    assert S.sure_motion_cost < S.amid_motion_cost
