"""The rules of the house, as far as a program can check them."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SRC = ROOT / "src" / "posespotter"
MODULES = sorted(SRC.rglob("*.py"))
LONGEST = 400
FULLEST = 16  # "about 15" modules to a folder, and its __init__

# The order of the packages: each imports only those before it, and none that shares its place. The modules of COMMON
# (errors, files, poses, ...) may be imported by all, and import only each other.
ROAD = (
    ("media",), ("models",), ("filtering",), ("kinematics",), ("tracking",), ("estimation",),
    ("synthetic",), ("exercises", "falls"), ("assessments",), ("formats",), ("drawing",), ("reports",), ("tasks",),
    ("live",), ("runs",), ("jobs",), ("monitoring",), ("ui",), ("cli",), ("__main__",),
)  # fmt: skip
NO_BEGINNING = re.compile(
    "(What|Who|Whose|Whom|Which|Where|When|Why|How|That|Everybody|Nobody|Somebody|Something|From|To) "
)
PLACE = {part: place for place, parts in enumerate(ROAD) for part in parts}
COMMON = {
    "arrays",
    "boxes",
    "closing",
    "errors",
    "files",
    "last_resort",
    "optional",
    "poses",
    "progress",
    "settings",
    "skeletons",
    "texts",
    "timing",
    "toml",
    "version",
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


each_module = pytest.mark.parametrize("path", MODULES, ids=name_of)


def imports(path: Path) -> set[str]:
    """Every module that `path` imports anywhere, also inside functions, but not for type checkers only."""
    found: set[str] = set()
    skipped = {
        id(inner)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree(path)):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def called(path: Path) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}


def part_of(path: Path) -> str:
    first = path.relative_to(SRC).parts[0]
    return first.removesuffix(".py")


@each_module
def test_no_pickle(path: Path) -> None:
    unsafe = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
    assert not {name.split(".")[0] for name in imports(path)} & unsafe
    assert not [
        name for name in called(path) if name in {"eval", "exec"} or name.endswith(("allow_pickle", "torch.load"))
    ]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
            assert ast.unparse(node.value) == "False"


@each_module
def test_no_print(path: Path) -> None:
    assert "print" not in called(path)


@each_module
def test_no_bare_except(path: Path) -> None:
    bare = [node.lineno for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler) and node.type is None]
    assert not bare


@each_module
def test_opencv_opens_no_video(path: Path) -> None:
    assert not [name for name in called(path) if name.startswith("cv2.Video")]
    assert not {name for name in imports(path) if "VideoCapture" in name or "cv2.VideoWriter" in name}


@each_module
def test_one_inference_runtime(path: Path) -> None:
    others = {"torch", "tensorflow", "mediapipe", "mmpose", "mmdet", "rtmlib", "ultralytics", "sklearn", "keras"}
    roots = {name.split(".")[0] for name in imports(path)}
    training = path.name.startswith("train")  # decision 6: trained with scikit-learn, shipped as ONNX
    assert not roots & (others - {"sklearn"} if training else others)
    if "onnxruntime" in roots:
        assert name_of(path) == "src/posespotter/models/session.py"


@each_module
def test_no_module_is_long(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


@pytest.mark.parametrize("folder", sorted({path.parent for path in MODULES}), ids=name_of)
def test_no_folder_is_full(folder: Path) -> None:
    assert len([*folder.glob("*.py")]) <= FULLEST
    assert (folder / "__init__.py").exists() or folder.name in {"pages", "shell"}  # scripts that Streamlit runs


@each_module
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path))


@each_module
def test_docstrings_begin_with_a_verb_or_a_noun_phrase(path: Path) -> None:
    """So not "What comes of a job", but "Result of a job"."""
    kinds = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    texts = [ast.get_docstring(node) or "" for node in ast.walk(tree(path)) if isinstance(node, kinds)]
    assert [text.split("\n")[0] for text in texts if NO_BEGINNING.match(text)] == []


@pytest.mark.parametrize("room", ["exercises", "falls", "tracking", "kinematics"])
def test_every_module_has_tests_of_its_own(room: str) -> None:
    modules = [path.relative_to(SRC) for path in (SRC / room).rglob("*.py") if path.stem != "__init__"]
    missing = [one for one in modules if not (ROOT / "tests" / one.with_name(f"test_{one.name}")).exists()]
    assert missing == []


@each_module
def test_data_go_one_way(path: Path) -> None:
    part = part_of(path)
    if part == "__init__":
        return  # the public names
    used = {name.split(".")[1] for name in imports(path) if name.startswith("posespotter.")} - COMMON - {part}
    too_far = {other for other in used if PLACE.get(other, len(ROAD)) >= PLACE.get(part, -1)}
    assert not too_far, f"{part} knows of {sorted(too_far)}"


def test_the_files_that_contributors_are_sent_to_are_there() -> None:
    rows = re.findall(r"^\| .+? \| (.+?) \|$", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([\w/]+(?:\.\w+|/))`", row) if not name.startswith("src/")}
    assert len(named) >= 10
    assert {name for name in named if not (SRC / name).exists()} == set()


def test_no_two_modules_have_one_name() -> None:
    """Where one thing has a command, a task and a page, these have its name."""
    parts = [path.relative_to(SRC) for path in MODULES if path.stem[0] != "_"]
    names = [path.stem for path in parts if path.parts[0] not in {"cli", "tasks", "ui"}]
    assert {name for name in names if names.count(name) > 1} == set()


def test_every_part_has_its_place_on_the_road() -> None:
    parts = {
        path.name.removesuffix(".py")
        for path in SRC.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert parts <= set(PLACE) | COMMON | {"__init__"}


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("not a git repository: a source distribution")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


@cache
def texts() -> dict[str, str]:
    """The tracked text files but this one, which spells out what is forbidden."""
    found = {}
    for path in tracked():
        if path == Path(__file__).resolve() or not path.is_file() or path.stat().st_size > 3_000_000:
            continue
        data = path.read_bytes()
        if b"\0" not in data[:8000]:
            found[name_of(path)] = data.decode("utf-8", "replace")
    return found


def test_no_paths_of_our_machines() -> None:
    ours = re.compile(r"(?<![\w.])/(?:work|root|farm|home/(?!user\b|you\b|me\b|anna\b)\w+)/[\w.]")
    assert {name: ours.findall(text) for name, text in texts().items() if ours.search(text)} == {}


def test_no_addresses_of_package_registries() -> None:
    registry = re.compile(
        r"(?i)--(?:extra-)?index-url[= ]|--find-links|https?://[^\s\"']*(?:/simple\b|files\.pythonhosted)|\.library/"
    )
    found = {name: registry.findall(text) for name, text in texts().items() if registry.search(text)}
    assert found == {}


def test_no_large_or_foreign_files() -> None:
    weights = tuple(f"src/posespotter/{part}/weights/" for part in ("models", "falls"))
    large = {name_of(p): p.stat().st_size for p in tracked() if p.is_file() and p.stat().st_size > 1_500_000}
    assert {name for name in large if not name.startswith(weights)} == set()
    clips = {name_of(p) for p in tracked() if p.suffix in {".mp4", ".mov", ".avi", ".gif", ".mkv"}}
    assert all(name.startswith(("docs/", "tests/data/", "src/posespotter/ui/")) for name in clips), clips


def test_nothing_in_the_package_needs_the_shared_folder() -> None:
    assert [name for name, text in texts().items() if name.startswith("src/") and "../shared" in text] == []


def test_the_dependencies_are_locked_with_hashes() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text()
        packages = re.findall(r"^([\w.-]+)==", text, re.MULTILINE)
        assert packages
        assert text.count("--hash=sha256:") >= len(packages), path.name
    assert not [
        line
        for line in (ROOT / "requirements" / "gpu.txt").read_text().splitlines()
        if line.startswith("onnxruntime==")
    ]
