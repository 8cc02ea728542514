"""Print how the house is built: files a folder, the longest module, modules of one name, numeric constants.

    python tools/house_figures.py            # of this checkout
    python tools/house_figures.py --list     # also each constant with its place

A numeric constant is a name in capital letters that a module gives a number, or a tuple, list or dictionary with one;
dataclass fields with a number as their default (settings of a mechanism) are counted beside.
"""

import argparse
import ast
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

SRC = Path(__file__).resolve().parents[1] / "src" / "posespotter"
MAY_SHARE_NAMES = {"cli", "tasks", "ui"}


def holds_a_number(value: ast.expr | None) -> bool:
    """Whether an expression is made of literals, one of them a number."""
    if value is None or any(isinstance(node, ast.Call | ast.Name | ast.Attribute) for node in ast.walk(value)):
        return False
    numbers = (node.value for node in ast.walk(value) if isinstance(node, ast.Constant))
    return any(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers)


def targets_of(node: ast.stmt) -> list[str]:
    """The names that a statement gives a value."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]


def constants_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of each numeric constant of a module."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and holds_a_number(node.value):
            yield from ((node.lineno, name) for name in targets_of(node) if name.isupper())


def without_a_word(text: str, tree: ast.Module) -> int:
    """How many of them have neither a comment nor a text beside or directly above or below."""
    lines, n = text.splitlines(), 0
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and holds_a_number(node.value):
            first, last = node.lineno - 1, node.end_lineno or node.lineno
            beside = any("#" in line for line in lines[first:last])
            around = lines[first - 1].startswith("#") or "".join(lines[last : last + 1]).startswith('"""')
            n += sum(name.isupper() for name in targets_of(node)) if not beside and not around else 0
    return n


def defaults_in(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of each field of a class that has a number as its default."""
    for owner in ast.walk(tree):
        if isinstance(owner, ast.ClassDef):
            for node in owner.body:
                if isinstance(node, ast.AnnAssign) and holds_a_number(node.value):
                    yield from ((node.lineno, f"{owner.name}.{name}") for name in targets_of(node))


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="also each constant with its place")
    parser.add_argument("--src", type=Path, default=SRC, help="another folder of the package")
    asked = parser.parse_args()
    modules = {path.relative_to(asked.src): path.read_text("utf-8") for path in sorted(asked.src.rglob("*.py"))}
    trees = {path: ast.parse(text) for path, text in modules.items()}
    constants = [(path, *found) for path, tree in trees.items() for found in constants_in(tree)]
    defaults = [(path, *found) for path, tree in trees.items() for found in defaults_in(tree)]
    folders = Counter(str(path.parent) for path in modules)
    lines = {path: len(text.splitlines()) for path, text in modules.items()}
    longest = max(lines, key=lambda path: lines[path])
    names = Counter(path.stem for path in modules if path.stem[0] != "_" and path.parts[0] not in MAY_SHARE_NAMES)
    print(f"{len(modules)} modules, {sum(lines.values())} lines; longest: {longest}, {lines[longest]} lines")
    print("files a folder: " + ", ".join(f"{folder} {n}" for folder, n in folders.most_common()))
    print(f"names of more than one module: {', '.join(name for name, n in names.items() if n > 1) or 'none'}")
    print(f"{len(constants)} module-level numeric constants, {len(defaults)} numeric defaults of fields")
    bare = {path: without_a_word(modules[path], tree) for path, tree in trees.items()}
    print(f"{sum(bare.values())} constants without a word beside them")
    rooms = Counter(path.parts[0] for path, *_ in constants)
    print("constants a room: " + ", ".join(f"{room} {n}" for room, n in rooms.most_common()))
    if asked.list:
        print("\n".join(f"{path}:{line} {name}" for path, line, name in constants + defaults))
    return 0


if __name__ == "__main__":
    sys.exit(main())
