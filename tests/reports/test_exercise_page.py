import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from tests import figures
from tests.exercises import movements

from posespotter.exercises import analyze_exercise, load_exercise
from posespotter.exercises.curves import Curves
from posespotter.exercises.words.judgements import Said
from posespotter.poses import PoseSequence
from posespotter.reports.charts import signal_chart, svg
from posespotter.reports.exercise_content import Person, Report, person_content
from posespotter.reports.exercise_page import render_report

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVIL = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"


class Tags(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def person_of(poses: PoseSequence, **changes: object) -> Person:
    analysis = replace(analyze_exercise(poses, "squat"), **changes)
    person = Person(analysis, Curves(poses, analysis))
    pictures = dict.fromkeys(person.wanted_pictures(), b"\xff\xd8 a picture")
    clips = {
        (one.index, fault.name): f"faults/{fault.name}.mp4" for one in analysis.repetitions for fault in one.faults
    }
    return replace(person, pictures=pictures, clips=clips)


@pytest.fixture(scope="module")
def faulty() -> Person:
    return person_of(figures.film(figures.squat({"knees_inward"}, repetitions=2)))


@pytest.fixture(scope="module")
def page(faulty: Person) -> str:
    return render_report(Report((faulty,), {"Models": "movenet-thunder"}), NOON)


def test_follows_the_therapist(faulty: Person) -> None:
    said = Said(
        dismissed=frozenset({(1, "knees_inward")}),
        confirmed=frozenset({(2, "knees_inward")}),
        comments={(1, "knees_inward"): "as wide as she can", (2, "knees_inward"): EVIL},
    )
    page = render_report(Report((replace(faulty, said=said),), {}, judged="0abc"), NOON)
    text = " ".join(Tags(page).text.split())
    assert "2 repetitions, 1 good, 1 with a fault: knees inward in repetition 2." in text
    assert "1 finding confirmed and 1 finding dismissed as no fault." in text
    assert text.count("Knees inward, repetition") == 1
    assert "confirmed by the therapist" in text
    assert "Dismissed by the therapist" in text
    assert "as wide as she can" in text
    assert "fault 2 dismissed 1" in text
    assert EVIL in text
    assert '<meta name="judged" content="0abc">' in page


def test_tells_limits_for_this_person() -> None:
    poses = figures.film(figures.squat(repetitions=1))
    analysis = analyze_exercise(poses, load_exercise("squat").limited({"knees_inward": (0.7, "old injury")}))
    text = " ".join(Tags(render_report(Report((Person(analysis, Curves(poses, analysis)),), {}), NOON)).text.split())
    assert "Knees inward, limit for this person: 70 % instead of 80 % (old injury)." in text
    assert "at least 70 % (for this person, instead of 80 %)" in text


def test_says_what_was_found(page: str) -> None:
    text = " ".join(Tags(page).text.split())
    assert "2 repetitions, 2 with faults: knees inward in repetitions 1 and 2." in text
    assert "Push the knees out" in text
    assert "of the width of hips and feet; at least 80 % keeps them over the feet." in text
    assert "Where the limit comes from: Knees do not fall inside the ankles" in text
    assert "Seen from the front; this is judged from the side." in text
    assert "1 March 2026, 12:00" in text


@pytest.mark.parametrize(("yaw_deg", "knee"), [(90.0, 8), (0.0, 9)])
def test_angles_have_their_errors_beside_them(yaw_deg: float, knee: int) -> None:
    """Those of the view: from the side the picture's, from the front those of joints in metres (docs/trust.md)."""
    person = person_of(figures.film(figures.squat(repetitions=2), yaw_deg=yaw_deg))
    page = render_report(Report((person,), {}), NOON)
    foot = page[page.index("<tfoot>") : page.index("</tfoot>")]
    assert re.findall(r'<td class="number">(\d*)</td>', foot)[0] == str(knee)


def test_an_angle_that_the_view_does_not_show_is_left_out() -> None:
    """An elbow seen from the side in metres is 16° off."""
    person = person_of(figures.film(figures.squat(repetitions=2), yaw_deg=90.0))
    elbow = person.analysis.definition.metric[0].model_copy(
        update={"name": "elbow_deg", "measure": "elbow_angle"}
    )  # fmt: skip
    definition = person.analysis.definition.model_copy(update={"metric": (elbow,), "plane": "frontal", "level": None})
    repetitions = tuple(replace(one, metrics={"elbow_deg": 123.0}) for one in person.analysis.repetitions)
    analysis = replace(person.analysis, definition=definition, repetitions=repetitions)
    assert person_content(replace(person, analysis=analysis), 1, of_several=False)["metrics"]["rows"] == [
        {"index": 1, "values": ["–"]},
        {"index": 2, "values": ["–"]},
    ]


def test_asks_nothing_of_anybody(page: str) -> None:
    tags = Tags(page).tags
    policy = next(a["content"] for tag, a in tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert not {tag for tag, _ in tags} & {"script", "link", "iframe", "object", "embed", "form", "base"}
    for tag, attributes in tags:
        for name in ("src", "srcset", "action", "background", "poster", "xlink:href", "href"):
            value = attributes.get(name)
            assert value is None or re.match(r"data:image/jpeg;base64,|faults/[\w.]+$|#\w+$", value), (tag, value)
        assert not any(name.startswith("on") for name in attributes)
    assert "@import" not in page
    assert not re.findall(r"url\((?!#)", page)


def test_everything_from_outside_is_escaped() -> None:
    poses = figures.film(figures.squat({"knees_inward"}, repetitions=1))
    definition = analyze_exercise(poses, "squat").definition
    checks = tuple(rule.model_copy(update={"advice": EVIL, "source": EVIL}) for rule in definition.check)
    metrics = tuple(metric.model_copy(update={"name": f"{EVIL}_deg"}) for metric in definition.metric[:1])
    own = definition.model_copy(
        update={
            "title": EVIL,
            "about": EVIL,
            "source": EVIL,
            "work": EVIL,
            "check": checks,
            "metric": metrics,
            "level": None,
        }
    )
    person = person_of(poses, source=EVIL, definition=own)
    evil = render_report(Report((person,), {EVIL: EVIL}, (EVIL,)), NOON)
    tags = Tags(evil).tags
    assert not [tag for tag, _ in tags if tag == "script"]
    assert not [a for tag, a in tags if tag == "img" and not (a["src"] or "").startswith("data:image/jpeg")]
    assert not [a for _, a in tags if any(name.startswith("on") for name in a)]
    assert EVIL in Tags(evil).text


def test_two_people_have_their_sections() -> None:
    one = person_of(figures.film(figures.squat(repetitions=1)))
    other = person_of(figures.film(figures.squat(repetitions=2)), track_id=2)
    text = Tags(render_report(Report((one, other), {}), NOON)).text
    assert "Person #1" in text
    assert "Person #2" in text
    assert "1 repetition, good." in text


def test_nothing_to_report() -> None:
    poses = figures.film(movements.others()[1])
    nobody = poses.where(poses.frame < 0)
    for each in (poses, nobody):
        text = Tags(render_report(Report((person_of(each),), {}, from_video=False), NOON)).text
        assert "No repetitions:" in text
        assert "the joints alone" in text


def test_charts_have_the_colours_of_the_page(faulty: Person) -> None:
    themed = svg(signal_chart(faulty.analysis), name="a")
    assert {"var(--ink)", "var(--line)", "var(--fault)", "var(--band)"} <= set(re.findall(r"var\(--\w+\)", themed))
    assert "#0102" not in themed
    assert "var(" not in svg(signal_chart(faulty.analysis), name="a", themed=False)
    assert "Knee angle, °" in themed
    assert themed.startswith("<svg")


def test_charts_are_the_same_each_time(faulty: Person) -> None:
    assert svg(signal_chart(faulty.analysis, "narrow"), name="a") == svg(
        signal_chart(faulty.analysis, "narrow"), name="a"
    )
