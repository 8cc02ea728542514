"""Refuse options that do not apply to the inputs."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal

import typer

Kind = Literal["poses", "frames", "picture", "video", "live"]

_PICTURES: frozenset[Kind] = frozenset({"frames", "picture", "video", "live"})
_MOVING: frozenset[Kind] = frozenset({"frames", "video", "live"})
_APPLIES: Mapping[str, tuple[frozenset[Kind], str]] = {
    "fps": (frozenset({"frames"}), "numbered pictures, which do not say how fast they were taken"),
    "from_s": (frozenset({"frames", "video"}), "videos, which have a beginning and an end"),
    "to_s": (frozenset({"frames", "video"}), "videos, which have a beginning and an end"),
    "video": (frozenset({"poses"}), "poses that were found before"),
    "detector": (_PICTURES, "what poses are still to be found in"),
    "pose": (_PICTURES, "what poses are still to be found in"),
    "device": (_PICTURES, "what poses are still to be found in"),
    "detect_every": (_MOVING, "moving pictures"),
    "smooth": (_MOVING, "moving pictures"),
}


def given(ctx: typer.Context) -> frozenset[str]:
    """The names of the parameters that stand on the command line."""
    sources = {name: ctx.get_parameter_source(name) for name in ctx.params}
    return frozenset(name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE")


def require_applicable(options: Collection[str], inputs: Sequence[str], *, takes_poses: bool) -> None:
    """Check that each option has an input that it applies to; one that cannot be read may be of any kind.

    Raises:
        BadParameter: one has none.
    """
    asked = [name for name in _APPLIES if name in options]
    if not asked:
        return
    kinds = [_kind(spec, takes_poses=takes_poses) for spec in inputs]
    for name in asked:
        fitting, words = _APPLIES[name]
        if kinds and not any(kind is None or kind in fitting for kind in kinds):
            raise typer.BadParameter(f"this applies to {words}, and no input is of that kind", param_hint=flag(name))


def refuse_others(options: Collection[str], chosen: str, *allowed: str) -> None:
    """Check that nothing else is asked for beside an option that does another thing.

    Raises:
        BadParameter: something is.
    """
    if others := sorted(set(options) - {chosen, *allowed}):
        raise typer.BadParameter(f"this does not go together with {flag(chosen)}", param_hint=flag(others[0]))


def flag(name: str) -> str:
    """A parameter as it stands on the command line."""
    return {
        "inputs": "INPUT",
        "names": "NAME",
        "list_exercises": "--list",
        "list_tests": "--list",
        "test": "TEST",
        "every": "--all",
        "from_s": "--from",
        "to_s": "--to",
    }.get(name, f"--{name.replace('_', '-')}")


def _kind(spec: str, *, takes_poses: bool) -> Kind | None:
    """Kind of an input, by its name and its first bytes; None where it cannot be read."""
    from posespotter.errors import InputError
    from posespotter.media.inspection.sniff import PICTURES, sniff
    from posespotter.media.sources.frames import is_pattern
    from posespotter.tasks.inputs import is_poses_file

    if spec.isdecimal() or "://" in spec:
        return "live"
    path = Path(spec)
    try:
        if takes_poses and is_poses_file(spec):
            return "poses"
        if path.is_dir() or (is_pattern(path) and not path.is_file()):
            return "frames"
        return "picture" if sniff(path) in PICTURES else "video"
    except (InputError, OSError, ValueError):
        return None
