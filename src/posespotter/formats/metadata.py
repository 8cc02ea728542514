"""The metadata of a `PoseSequence` as JSON values, and back with every type checked."""

from collections.abc import Mapping
from typing import Any

from posespotter.errors import InputError, SettingsError
from posespotter.formats.checked_json import LARGEST_FRAME, number, whole_number
from posespotter.poses import PoseSequence
from posespotter.skeletons import skeleton_named
from posespotter.texts import storable_values

_FORMAT = 1
_TEXTS = ("source", "detector", "pose_model", "version")
_LARGEST_SIDE_PX = 2**31 - 1


def metadata_of(poses: PoseSequence) -> dict[str, Any]:
    """What a file keeps of `poses` besides its rows."""
    values: dict[str, Any] = {name: getattr(poses, name) for name in ("fps", "n_frames", "settings", *_TEXTS)}
    values["settings"] = dict(poses.settings)
    return values | {"format": _FORMAT, "skeleton": poses.skeleton.name, "frame_size": list(poses.frame_size)}


def checked_metadata(values: Any, file: str) -> dict[str, Any]:
    """The arguments for `PoseSequence` in what `metadata_of` gave; keys of later programs are left out.

    Raises:
        InputError: `values` is something else, or of a newer format; `file` is what the message calls it.
    """
    if not isinstance(values, Mapping):
        raise InputError(f"{file}: expected metadata of PoseSpotter, got {type(values).__name__}.")
    if whole_number(values.get("format"), f"{file}: format") > _FORMAT:
        raise InputError(f"{file} was made by a newer PoseSpotter; update this one to read it.")
    size = values.get("frame_size")
    if not isinstance(size, list) or len(size) != 2:
        raise InputError(f"{file}: expected a frame size of two numbers.")
    checked: dict[str, Any] = {
        "frame_size": tuple(whole_number(side, f"{file}: frame size", _LARGEST_SIDE_PX) for side in size),
        "fps": number(values.get("fps"), f"{file}: fps"),
        "n_frames": whole_number(values.get("n_frames"), f"{file}: n_frames", LARGEST_FRAME + 1),
    }
    if checked["fps"] < 0:
        raise InputError(f"{file}: expected a frame rate of 0 or more, got {checked['fps']:g}.")
    for name in ("skeleton", *_TEXTS):
        checked[name] = values.get(name, "")
        if not isinstance(checked[name], str):
            raise InputError(f"{file}: expected a text as {name}, got {type(checked[name]).__name__}.")
    checked["settings"] = values.get("settings", {})
    if not isinstance(checked["settings"], dict):
        raise InputError(f"{file}: expected settings by name, got {type(checked['settings']).__name__}.")
    try:
        checked["settings"] = storable_values(checked["settings"])
    except RecursionError:
        raise InputError(f"{file}: expected settings by name, they are nested too deep.") from None
    try:
        checked["skeleton"] = skeleton_named(checked["skeleton"])
    except (SettingsError, ValueError) as error:
        raise InputError(f"{file}: {error}") from None
    return checked
