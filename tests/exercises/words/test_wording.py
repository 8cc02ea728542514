"""Numbers and measures as sentences have them."""

import pytest

from posespotter.exercises.words.wording import (
    apart,
    check_sentence,
    finding,
    listed,
    measure_words,
    number,
    plural,
    quantity,
    shown,
    stored,
)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (84.4, "deg", "84°"),
        (-3.6, "deg", "−4°"),
        (-0.2, "deg", "0°"),  # no minus sign before a zero
        (0.035, "body lengths", "3.5 % of body height"),
        (0.04, "body lengths", "4 % of body height"),
        (0.1234, "body lengths", "12 % of body height"),  # joints are not as exact
        (0.5, "ratio", "50 %"),
        (0.38, "s", "0.4 s"),
        (None, "deg", "–"),
    ],
)
def test_quantity(value: float | None, unit: str, expected: str) -> None:
    assert quantity(value, unit) == expected


@pytest.mark.parametrize("unit", ["deg", "body lengths", "ratio", "s"])
@pytest.mark.parametrize("value", [0.0, 0.25, 1.0, -2.5])
def test_what_people_write_is_kept_as_it_was_shown(value: float, unit: str) -> None:
    assert stored(shown(value, unit), unit) == pytest.approx(value)


@pytest.mark.parametrize(
    ("value", "limit", "unit", "expected"),
    [
        (60.0, 43.0, "deg", ("60°", "43°")),
        (0.38, 0.4, "s", ("0.38 s", "0.40 s")),  # rounded alike, and so told more exactly
        (54.9996, 55.0, "deg", ("54.9996°", "55.0000°")),
        (55.0, 55.0, "deg", ("55°", "55°")),
    ],
)
def test_two_numbers_that_differ_are_never_told_as_one(
    value: float, limit: float, unit: str, expected: tuple[str, str]
) -> None:
    assert apart(value, limit, unit) == expected


@pytest.mark.parametrize(
    ("parts", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_listed(parts: list[str], expected: str) -> None:
    assert listed(parts) == expected


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("knee_angle", "knee angle"),
        ("angle(hip, knee, ankle)", "knee angle"),  # what has a short name is called by it
        ("angle(wrist, knee, ankle)", "angle at the knee between wrist and ankle"),
        ("height(hip, foot)", "height of the hips above the feet"),
        ("width(knee)", "distance between the knees"),
        ("tilt(shoulder)", "tilt of the shoulders"),
    ],
)
def test_measure_words(measure: str, expected: str) -> None:
    assert measure_words(measure) == expected


@pytest.mark.parametrize(
    ("measure", "above", "expected"),
    [
        ("knee_angle", True, "the knee angle was 60°; expected at most 55°"),
        ("knee_angle", False, "the knee angle was 60°; expected at least 55°"),
        (None, True, "it took 60 s; expected at most 55 s"),
    ],
)
def test_finding(measure: str | None, above: bool, expected: str) -> None:
    unit = "deg" if measure else "s"
    assert finding(measure, 60, 55, unit, above=above) == expected


@pytest.mark.parametrize("sentence", ["no braces", "{value} beyond {limit}"])
def test_sentences_that_can_be_filled(sentence: str) -> None:
    assert check_sentence(sentence) == sentence


@pytest.mark.parametrize("sentence", ["{speed}", "{value", "value}", "{}"])
def test_other_braces_are_refused(sentence: str) -> None:
    with pytest.raises(ValueError, match="no other braces"):
        check_sentence(sentence)


def test_words_of_two_joints() -> None:
    assert [plural(part) for part in ("hip", "foot", "nose")] == ["hips", "feet", "nose"]
    assert number(None, "deg") == "–"
