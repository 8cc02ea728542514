"""The documentation says what there is: everything is on a page, and what is on a page exists and works as written."""

import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner

import posespotter
from posespotter.cli import app
from posespotter.falls.events import FallEvent
from posespotter.formats import FORMATS
from posespotter.media import open_source
from posespotter.settings import Settings
from posespotter.tasks.run_folder.record import RunRecord, SourceRecord
from tools import reference

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md"]
COMMANDS = dict(reference.commands())
# Of programs that the pages tell to call, not of ours.
OTHERS = {"--user", "--rm", "--publish", "--volume", "--env", "--build", "--detach", "--scale", "--gpus", "--name"}
OTHERS |= {"--only", "--rules"}  # of benchmarks


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def written() -> str:
    return "\n".join(text_of(page) for page in PAGES)


def flags() -> set[str]:
    every = {"--help", "--version", "-V", "--debug", "--install-completion", "--show-completion"}
    options = [one for command in COMMANDS.values() for one in command.params]
    return every | {flag for one in options for flag in (*one.opts, *one.secondary_opts) if flag.startswith("-")}


# What there is, is documented.


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_says_what_it_does(name: str) -> None:
    assert COMMANDS[name].help
    assert [option for option, _, what in reference.options_of(COMMANDS[name]) if not what] == []
    assert f"## {name}\n" in reference.command_line()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_says_what_it_does(name: str) -> None:
    assert Settings.model_fields[name].description
    assert f"| `{name}` | `POSESPOTTER_{name.upper()}` |" in reference.settings()


@pytest.mark.parametrize(("table", "keys"), reference.exercise_keys().items())
def test_every_key_of_an_exercise_file_is_on_its_page(table: str, keys: tuple[str, ...]) -> None:
    page = text_of(DOCS / "how-to" / "add-an-exercise.md")
    tables = {"signal", "require", "metric", "check", "level"}
    assert [key for key in keys if not re.search(rf"[`\[]{key}[`\] =,]|^{key} = ", page, re.M)] == [], table
    assert all(f"[[{one}]]" in page or f"[{one}]" in page or f"`{one}`" in page for one in tables)


def test_every_event_says_what_its_keys_mean() -> None:
    page = text_of(DOCS / "how-to" / "falls.md")
    for key, meaning in reference.attributes_of(FallEvent).items():
        assert meaning, key
        assert f"`{key}`" in page


@pytest.mark.parametrize("kind", [RunRecord, SourceRecord])
def test_every_key_of_run_json_has_a_meaning(kind: type) -> None:
    assert [key for key, meaning in reference.attributes_of(kind).items() if not meaning] == []


def test_every_kind_of_event_is_on_the_page_of_falls() -> None:
    kinds = inspect.get_annotations(FallEvent, eval_str=True)["kind"].__args__
    assert [kind for kind in kinds if f"`{kind}`" not in text_of(DOCS / "how-to" / "falls.md")] == []


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_on_the_page_of_formats(name: str) -> None:
    assert f"`{name}`" in text_of(DOCS / "reference" / "formats.md")


@pytest.mark.parametrize("name", posespotter.__all__)
def test_every_public_name_is_in_use_on_the_page_for_python(name: str) -> None:
    code = "\n".join(blocks(DOCS / "python.md", "python"))
    assert re.search(rf"\b{name}\b", code)
    value = getattr(posespotter, name)
    if inspect.isclass(value):
        methods = {key: one for key, one in vars(value).items() if not key.startswith("_") and callable(one)}
        assert [key for key, one in methods.items() if not inspect.getdoc(one)] == []


@pytest.mark.parametrize("extra", reference.dependencies())
def test_every_extra_is_on_a_page(extra: str) -> None:
    assert re.search(rf"[`\[,]{extra}[`\],]", written())


def test_every_page_is_in_the_menu_and_in_the_folder_of_its_kind() -> None:
    kinds = {"tutorials", "how-to", "reference", "explanation", "results", "reverse-proxy"}
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}
    assert {page for page in pages if page.split("/")[0] not in kinds} == {"index.md", "python.md"}
    menu = re.findall(r": ([\w/-]+\.md)$", text_of(ROOT / "mkdocs.yml"), re.M)
    assert sorted(menu) == sorted(pages)


# What is documented, exists.


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_flag_on_a_page_exists(page: Path) -> None:
    lines = [line for line in text_of(page).splitlines() if "posespotter" in line or "`--" in line]
    ours = [line for line in lines if not re.search(r"\b(?:docker|pip|python|psql|uv|git|curl|caddy|nginx)\b", line)]
    named = {flag for line in ours for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]*[a-z](?![\w-])", line)}
    assert named - flags() - OTHERS == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_setting_on_a_page_exists(page: Path) -> None:
    named = set(re.findall(r"POSESPOTTER_[A-Z_]+[A-Z]", text_of(page)))
    known = {f"POSESPOTTER_{name.upper()}" for name in Settings.model_fields}
    of_containers = text_of(ROOT / "compose.yaml") + text_of(ROOT / "Dockerfile")
    assert {name for name in named - known if name not in of_containers} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_name_that_a_page_imports_exists(page: Path) -> None:
    for module, names in re.findall(r"^from (posespotter[\w.]*) import (.+)$", text_of(page), re.M):
        there = importlib.import_module(module)
        assert [name for name in re.findall(r"\w+", names) if not hasattr(there, name)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_on_a_page_exists(page: Path) -> None:
    groups = {name.split()[1] for name in COMMANDS}
    called = re.findall(r"^(?:    |```bash\n)(?:\.venv/bin/)?posespotter ([a-z]+)", text_of(page), re.M)
    assert set(called) <= groups


# What is on a page works as it is written.


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(page), re.M | re.S)


@pytest.fixture
def desk(tmp_path: Path, demo_clip: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what the pages expect to be there."""
    for name in ("walk.mp4", "two_people.mp4"):
        (tmp_path / name).write_bytes(demo_clip.read_bytes())
    with open_source(demo_clip) as source:
        cv2.imwrite(str(tmp_path / "photo.jpg"), next(iter(source)).image)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run_python(code: str, names: dict[str, object]) -> None:
    exec(compile(code, "page", "exec"), names)


def test_the_page_for_python(desk: Path) -> None:
    names: dict[str, object] = {}
    for code in blocks(DOCS / "python.md", "python"):
        run_python(code, names)
    many = names["many"]
    assert isinstance(many, posespotter.PoseSequence)
    assert many.track_ids == (1, 2)
    assert {"poses.parquet", "dataset.json", "walk.trc"} <= {path.name for path in desk.iterdir()}


def steps(page: Path) -> Iterator[tuple[str, str]]:
    """The blocks of a page in order, each with its language."""
    yield from re.findall(r"^```(\w+)\n(.*?)^```", text_of(page), re.M | re.S)


@pytest.mark.parametrize(("page", "made"), [
    ("overlay", ["results/two_people/overlay.mp4", "results/two_people/poses.csv", "walk.nc"]),
    ("squat", ["session/source.mp4", "results/*/report.html", "results/*/overlay.mp4"]),
    ("falls", ["results/room/events.json", "with_zones/room/events.json"]),
])  # fmt: skip
def test_a_tutorial(desk: Path, page: str, made: list[str]) -> None:
    for language, code in steps(DOCS / "tutorials" / f"{page}.md"):
        if language == "python":
            run_python(code, {})
        elif language == "toml":
            (desk / "zones.toml").write_text(code)
        else:
            assert language == "bash"
            for line in code.splitlines():
                program, *arguments = line.split()
                if program == "python":
                    subprocess.run([sys.executable, *arguments], check=True)
                    continue
                assert program == "posespotter"
                ran = CliRunner().invoke(app, arguments)
                assert ran.exit_code == 0, ran.output
    assert [name for name in made if not [*desk.glob(name)]] == []


def test_the_site_is_built_strictly_and_asks_nobody(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    pages = sorted((tmp_path / "site").rglob("*.html"))
    assert len(pages) > len(PAGES) - 1
    foreign = re.compile(r"<(?:script|img|iframe|source|video|link)[^>]+(?:src|href)=\"(?:https?:)?//[^\"]+")
    assert {found for page in pages for found in foreign.findall(text_of(page))} == set()
    styles = "".join(text_of(sheet) for sheet in (tmp_path / "site").rglob("*.css"))
    assert re.findall(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//[^)\"']+", styles) == []
    commands = text_of(tmp_path / "site" / "reference" / "command-line.html")
    assert [name for name in COMMANDS if name not in commands] == []
