"""The words in which exercise files say what they measure."""

import pytest

from posespotter.exercises.definitions.vocabulary import ALIASES, PARTS, SEGMENTS, WORDS, Measure, parse_measure


def test_every_word_can_be_read() -> None:
    assert parse_measure("slope(hip, knee)").kind == "slope"
    for name, word in WORDS.items():
        if name == "slope":
            continue  # of limbs only
        assert parse_measure(f"{name}({', '.join(['hip', 'knee', 'ankle'][: word.joints])})").kind == name
    for alias, meaning in ALIASES.items():
        assert parse_measure(alias) == parse_measure(meaning)


@pytest.mark.parametrize(("text", "kind", "joints"), [
    ("knee_angle", "angle", ("hip", "knee", "ankle")),
    ("height(hip, ankle)", "height", ("hip", "ankle")),
    ("  width ( knee )  ", "width", ("knee",)),
    ("thigh_above_level", "slope", ("hip", "knee")),
])  # fmt: skip
def test_a_measure_is_read(text: str, kind: str, joints: tuple[str, ...]) -> None:
    assert parse_measure(text) == Measure(kind, joints)


@pytest.mark.parametrize(("text", "says"), [
    ("kne_angle", "unknown measure 'kne_angle', did you mean 'knee_angle'?"),
    ("height(hip, ankel)", "unknown joint 'ankel', did you mean 'ankle'?"),
    ("height(hip)", "height takes 2 joints in brackets, got 'height(hip)'"),
    ("knee_angle(hip)", "knee_angle takes no brackets, as it stands for angle(hip, knee, ankle)"),
    ("slope(hip, ankle)", "expected the slope of a limb (slope(shoulder, hip), "),
    ("height(hip, ankle", "expected a measure such as knee_angle or height(hip, ankle), got 'height(hip, ankle'"),
    ("", "expected a measure such as"),
])  # fmt: skip
def test_what_is_none_is_refused_with_what_is_near(text: str, says: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011  the message follows
        parse_measure(text)
    assert str(error.value).startswith(says)


@pytest.mark.parametrize("name", WORDS)
def test_what_is_written_out_is_read_again(name: str) -> None:
    joints = next(iter(SEGMENTS))[::-1] if name == "slope" else PARTS[: WORDS[name].joints]
    measure = Measure(name, tuple(joints))
    assert parse_measure(measure.text) == measure
    assert measure.word is WORDS[name]
