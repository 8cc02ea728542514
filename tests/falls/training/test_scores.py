import numpy as np
import pytest

from posespotter.falls.training.scores import Confusion, HourlyRate, Share


@pytest.mark.parametrize(
    ("hits", "n", "value", "low", "high"),
    [
        (29, 31, 0.935, 0.793, 0.982),  # Wilson's interval, as R's binom.confint(method = "wilson") gives it
        (45, 45, 1.0, 0.921, 1.0),
        (0, 10, 0.0, 0.0, 0.278),
    ],
)
def test_share(hits: int, n: int, value: float, low: float, high: float) -> None:
    share = Share(hits, n)
    assert (share.value, *share.interval) == pytest.approx((value, low, high), abs=1e-3)


@pytest.mark.parametrize(
    ("count", "hours", "low", "high"),
    [(0, 1.0, 0.0, 3.689), (1, 0.5, 0.0506, 11.14), (10, 1.0, 4.795, 18.39)],  # Garwood's table
)
def test_hourly_rate(count: int, hours: float, low: float, high: float) -> None:
    rate = HourlyRate(count, hours)
    assert rate.value == count / hours
    assert rate.interval == pytest.approx((low, high), rel=2e-3)


def test_nothing_has_no_value() -> None:
    assert np.isnan(Share(0, 0).value)
    assert np.isnan(HourlyRate(0, 0).value)


def test_confusion() -> None:
    truth = np.array([0, 0, 0, 1, 1, 2], np.int32)
    answer = np.array([0, 0, 1, 1, 2, 2], np.int32)
    table = Confusion.of(truth, answer)
    assert table.counts.tolist() == [[2, 1, 0], [0, 1, 1], [0, 0, 1]]
    assert table.precision.tolist() == [1.0, 0.5, 0.5]
    assert table.recall.tolist() == pytest.approx([2 / 3, 0.5, 1.0])
    assert table.macro_f1 == pytest.approx((0.8 + 0.5 + 2 / 3) / 3)
    assert (table + table).counts.sum() == 12
