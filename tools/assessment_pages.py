"""Write the pages of the everyday tests, docs/tests/NAME.md, from their files; `check` says whether they are current.

python tools/assessment_pages.py write|check
"""

import sys
from pathlib import Path

from posespotter.assessments import AssessmentDefinition, assessment_names, load_assessment
from posespotter.assessments.checklist import exercise_of
from posespotter.assessments.result_words import change_words, quantity

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "how-to" / "tests"
_MEANS = {"invalid": "does not count", "look": "somebody has to look", "note": "told only"}
_OPTIONS = {
    "gait": " --marks 210 1480 --distance 4",
    "range": "",
    "single-leg-squat": "",
    "chair": " --start 2.5",
    "up-and-go": " --start 2.5",
    "checklist": "",
}


def page(test: AssessmentDefinition) -> str:
    """The page of one test, Markdown."""
    clip = "front.mp4 side.mp4" if test.procedure == "checklist" else "clip.mp4"
    lines = [
        f"# {test.title}",
        "",
        "<!-- Written by tools/assessment_pages.py from the file of the test: change that file, then run it. -->",
        "",
        f"    posespotter test {test.name} {clip}{_OPTIONS[test.procedure]} -o results",
        "",
        test.about,
        "",
        "## How it is done",
        "",
        f"- **Camera**: {test.camera}",
        f"- **Room**: {test.room}",
        f"- **Person**: {test.person}",
        f"- **Start**: {test.starts}",
        f"- **Protocol**: {test.protocol}",
        f"- **Seen from**: {', '.join(test.views)}.",
        "",
        "## What comes out",
        "",
        *_result(test),
        "",
        "## What is looked for",
        "",
        "| seen | means |",
        "|---|---|",
        *(f"| {rule.says.replace('{where}', '…')} | {_MEANS[rule.means]} |" for rule in test.condition),
    ]
    if test.procedure == "checklist":
        lines += ["", "## Items", "", "| item | seen when | from | source |", "|---|---|---|---|", *_items(test)]
    if test.reference:
        lines += ["", "## Published numbers"]
        for table in test.reference:
            lines += ["", f"{table.caption} ({table.population}; {table.source}):", ""]
            lines += [f"| {' | '.join(table.columns)} |", f"|{'---|' * len(table.columns)}"]
            lines += [f"| {' | '.join(row)} |" for row in table.rows]
    lines += [
        "",
        "The numbers are shown as they were published; what they mean for a person is for a professional to say.",
        "PoseSpotter is no medical device. How exact the results are: [results](../../results/tests.md).",
        "All tests: [Everyday tests](../tests.md).",
    ]
    return "\n".join(lines) + "\n"


def _result(test: AssessmentDefinition) -> list[str]:
    rule = test.result
    unit = "" if rule.unit in rule.title.lower() else f", in {rule.unit}"
    lines = [f"{rule.title}{unit} (`value` in assessment.json; its `error` is the ±)."]
    if rule.error is not None:
        lines += ["", f"± {quantity(rule.error.value, rule.unit, rule.digits)}: {rule.error.source}."]
    if rule.change is not None:
        who = f" Found in: {rule.change.population}." if rule.change.population else ""
        lines += ["", f"{change_words(rule)}. {rule.change.source}.{who}"]
    return lines


def _items(test: AssessmentDefinition) -> list[str]:
    return [
        f"| {rule.name.replace('_', ' ')} | {rule.finding.format(value='…', limit=f'{rule.limit:g}')} "
        f"| {', '.join(rule.views)} | {rule.source} |"
        for rule in exercise_of(test).check
    ]


def main() -> int:
    """Write or check the pages."""
    pages = {FOLDER / f"{name}.md": page(load_assessment(name)) for name in assessment_names()}
    if sys.argv[1:] == ["write"]:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for path, text in pages.items():
            path.write_text(text, "utf-8")
        return 0
    if sys.argv[1:] != ["check"]:
        print(__doc__)
        return 2
    old = [path.name for path, text in pages.items() if not path.is_file() or path.read_text("utf-8") != text]
    if old:
        print(f"{', '.join(old)}: not as the files of the tests say; run python tools/assessment_pages.py write")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main())
