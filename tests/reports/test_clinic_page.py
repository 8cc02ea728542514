"""The report for clients: in every language, without what was dismissed, and escaped."""

import re
from datetime import date
from html import unescape
from importlib import resources
from typing import get_args

import pytest

from posespotter.exercises import exercise_names, load_exercise
from posespotter.exercises.analyze import analyze_all
from posespotter.exercises.words.judgements import Said
from posespotter.exercises.words.phrases import metric_words, spoken
from posespotter.kinematics.view import View
from posespotter.reports.clinic_page import _DISMISSED, _VERDICTS, clinic_report, render_clinic
from posespotter.reports.translations import language_codes, language_name, read_catalogue, texts
from posespotter.synthetic.sample import sample_squats

OTHERS = [code for code in language_codes() if code != "en"]


@pytest.fixture(scope="module")
def squats():
    return analyze_all(sample_squats(), load_exercise("squat"))[0]


def test_what_was_dismissed_is_not_told(squats):
    report = clinic_report(squats, day=date(2026, 5, 12), said=Said(dismissed=frozenset({(3, "knees_inward")})))
    assert [one.name for one in report.findings] == ["too shallow"]
    assert report.rows[2].verdict == "Judged by the therapist"
    assert "knees inward" not in render_clinic(report, "en").lower()


def test_what_was_confirmed_is_told_with_its_comment(squats):
    knees = (3, "knees_inward")
    said = Said(confirmed=frozenset({knees}), comments={knees: "as last time"})
    report = clinic_report(squats, day=date(2026, 5, 12), said=said)
    finding = report.findings[0]
    assert (finding.name, finding.repetitions, finding.confirmed) == ("knees inward", [3], True)
    assert "as last time" in render_clinic(report, "en")


def test_limits_for_this_person_are_told():
    squat = load_exercise("squat").limited({"knees_inward": (0.7, "old injury")})
    report = clinic_report(analyze_all(sample_squats(), squat)[0], day=date(2026, 5, 12))
    assert report.limits == [("knees inward", "70 %", "80 %", "old injury")]
    assert "Limit for this person, knees inward: 70 % instead of 80 % (old injury)." in render_clinic(report, "en")
    assert "Grenze für diese Person" in render_clinic(report, "de")


def test_names_and_comments_are_escaped(squats):
    bad = "<script>alert(1)</script>"
    page = render_clinic(
        clinic_report(squats, day=date(2026, 5, 12), clinic=bad, person=bad, comment=bad), "de"
    )  # fmt: skip
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 3


@pytest.mark.parametrize("code", OTHERS)
def test_a_report_is_all_in_its_language(squats, code):
    page = unescape(render_clinic(clinic_report(squats, day=date(2026, 5, 12)), code))
    assert f'<html lang="{code}">' in page
    assert texts(code).gettext("knees inward").lower() in page.lower()
    for english in ("Repetition<", "Found<", "What was found", "Measurements", "knees inward"):
        assert english not in page


@pytest.mark.parametrize(("code", "day", "time"), [("en", "2026-05-12", "0:01.1 –"), ("de", "12.05.2026", "0:01,1 –")])
def test_days_and_numbers_are_written_as_in_the_language(squats, code, day, time):
    page = render_clinic(clinic_report(squats, day=date(2026, 5, 12)), code)
    assert day in page
    assert time in page


@pytest.mark.parametrize("code", OTHERS)
def test_catalogues_have_every_text(code):
    template = (resources.files("posespotter.reports") / "templates" / "clinic.html.j2").read_text("utf-8")
    wanted = set(re.findall(r'_\("([^"]+)"\)', template))
    wanted |= {*get_args(View), *_VERDICTS.values(), _DISMISSED}
    for name in exercise_names():
        exercise = load_exercise(name)
        wanted |= {exercise.title, *(rule.advice for rule in exercise.check)}
        wanted |= {spoken(rule.name) for rule in exercise.check}
        wanted |= {metric_words(metric.name)[0] for metric in exercise.metric}
        wanted |= set(exercise.level.names) if exercise.level is not None else set()
    assert wanted - set(texts(code).messages) == set()


def test_languages_call_themselves_by_their_names():
    assert [language_name(code) for code in ("en", "de", "es", "fr")] == ["English", "Deutsch", "Español", "Français"]


def test_a_catalogue_in_several_lines():
    text = '# note\nmsgid ""\nmsgstr "Language: xx\\n"\n\nmsgid "one "\n"two"\nmsgstr ""\n"eins \\"zwei\\""\n'
    assert read_catalogue(text)["one two"] == 'eins "zwei"'


def test_what_is_not_translated_stays_english():
    assert texts("de").gettext("no such text") == "no such text"
    assert texts("../../etc/passwd").gettext("Report") == "Report"
