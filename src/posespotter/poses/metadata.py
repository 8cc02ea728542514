"""The metadata of a `PoseSequence` as JSON values, and back with every type checked."""

from collections.abc import Mapping
from typing import Any

from posespotter.errors import InputError, SettingsError
from posespotter.poses import PoseSequence
from posespotter.poses.checked_json import LARGEST_FRAME, number, whole_number
from posespotter.skeletons import KNOWN, Skeleton, skeleton_named, skeleton_of
from posespotter.texts import storable_values

_FORMAT = 2
"""1 had neither the names of the keypoints nor, in Parquet, columns of their own for them."""
_TEXTS = ("source", "detector", "pose_model", "version")


def metadata_of(poses: PoseSequence) -> dict[str, Any]:
    """Metadata that a file keeps of `poses` besides its rows."""
    values: dict[str, Any] = {name: getattr(poses, name) for name in ("fps", "n_frames", "settings", *_TEXTS)}
    values["settings"] = dict(poses.settings)
    if poses.last_s is not None:
        values["last_s"] = poses.last_s
    skeleton = poses.skeleton
    return values | {
        "format": _FORMAT,
        "skeleton": skeleton.name,
        "keypoints": list(skeleton.keypoints),
        "limbs": [list(limb) for limb in skeleton.limbs],
        "sigmas": list(skeleton.sigmas),
        "frame_size": list(poses.frame_size),
    }


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
        "frame_size": tuple(whole_number(side, f"{file}: frame size") for side in size),
        "fps": number(values.get("fps"), f"{file}: fps"),
        "n_frames": whole_number(values.get("n_frames"), f"{file}: n_frames", LARGEST_FRAME + 1),
    }
    if values.get("last_s") is not None:
        checked["last_s"] = number(values["last_s"], f"{file}: last_s")
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
    checked["skeleton"] = _skeleton(checked["skeleton"], values, file)
    return checked


def _skeleton(name: str, values: Mapping[str, Any], file: str) -> Skeleton:
    """The skeleton with the keypoints that are listed; without a list, that of the name."""
    keypoints = values.get("keypoints")
    parts = (values.get("limbs"), values.get("sigmas"))
    if not all(part is None or isinstance(part, list) for part in (keypoints, *parts)):
        raise InputError(f"{file}: expected the keypoints of the skeleton, their limbs and sigmas as lists.")
    try:
        skeleton = skeleton_named(name) if keypoints is None else skeleton_of(keypoints, name, *parts)
    except SettingsError as error:
        raise InputError(f"{file}: {error}") from None
    except (ValueError, TypeError):
        raise InputError(f"{file}: expected pairs of keypoints as limbs, and numbers as sigmas.") from None
    if name in KNOWN and skeleton.name in KNOWN and skeleton.name != name:
        raise InputError(f"{file}: expected the keypoints of {name}, got those of {skeleton.name}.")
    return skeleton
