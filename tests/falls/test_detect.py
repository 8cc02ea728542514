"""Falls of a whole sequence: the people, the samples, and what could not be judged."""

from dataclasses import replace

import numpy as np
import pytest
from tests.falls.movements import FALLS, STANDS, Actor, film

from posespotter.errors import SettingsError
from posespotter.falls.classifier import FallClassifier
from posespotter.falls.detect import NotJudged, detect_falls, people_in
from posespotter.poses import PoseSequence


def two(first: PoseSequence, second: PoseSequence) -> PoseSequence:
    """Both in one picture, the second one as track 2."""
    other = replace(second, track_id=np.full(len(second), 2, np.int32), keypoints=second.keypoints + np.float32(150))
    order = np.argsort(np.concatenate([first.frame, other.frame]), kind="stable")
    columns = {name: np.concatenate([array, getattr(other, name)])[order] for name, array in first.columns().items()}
    return replace(first, **columns)


@pytest.fixture(scope="module")
def poses() -> PoseSequence:
    return film(Actor(FALLS))


@pytest.mark.parametrize(
    ("shares", "share", "mostly"),
    [
        ((0.0, 0.0, 0.0), 0.0, False),
        ((0.6, 0.0, 0.0), 0.6, False),  # an empty room: all of the rest was judged
        ((0.6, 0.1, 0.05), 0.75, False),
        ((0.6, 0.1, 0.15), 0.85, True),  # of 40 % with people 15 % were judged
        ((0.0, 0.0, 0.6), 0.6, True),
        ((1.0, 0.0, 0.0), 1.0, True),  # nobody was ever there
        ((0.9, 0.9, 0.9), 1.0, True),
    ],
)
def test_when_most_could_not_be_judged(shares: tuple[float, float, float], share: float, mostly: bool) -> None:
    missed = NotJudged(*shares)
    assert missed.share == pytest.approx(share)
    assert missed.mostly == mostly


def test_the_samples_of_one_person(poses: PoseSequence) -> None:
    (person,) = people_in(poses)
    np.testing.assert_array_equal(person.time_s, poses.time_s)
    assert set(person.track_id.tolist()) == {1}
    windows = detect_falls(poses).windows
    assert (np.diff(windows.time_s) > 0).all()
    assert np.median(np.diff(windows.time_s)) == pytest.approx(1 / 15)
    np.testing.assert_allclose(windows.probabilities.sum(1), 1, atol=1e-5)


def test_a_person_beside_another_changes_nothing_for_either(poses: PoseSequence, classifier: FallClassifier) -> None:
    stands = film(Actor(STANDS))
    both = detect_falls(two(poses, stands), classifier=classifier)
    alone = detect_falls(poses, classifier=classifier)
    assert [event.track_id for event in both.events] == [1] * len(alone.events)
    mine = both.windows.track_id == 1
    np.testing.assert_allclose(both.windows.probabilities[mine], alone.windows.probabilities, atol=1e-6)


def test_nobody(poses: PoseSequence) -> None:
    found = detect_falls(poses.where(np.zeros(len(poses), bool)))
    assert (found.events, found.ignored, len(found.windows)) == ((), (), 0)
    assert found.not_judged == NotJudged(nobody=1.0)
    assert found.not_judged.mostly


def test_someone_far_away_is_too_small(poses: PoseSequence) -> None:
    far = replace(poses, keypoints=poses.keypoints * np.float32(0.1), bbox=poses.bbox * np.float32(0.1))
    missed = detect_falls(far).not_judged
    assert missed.too_small > 0.8
    assert missed.nobody == 0


def test_an_unknown_sensitivity(poses: PoseSequence) -> None:
    with pytest.raises(SettingsError, match="expected one of low, normal, high"):
        detect_falls(poses, sensitivity="highest")  # type: ignore[arg-type]
