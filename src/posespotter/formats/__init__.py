"""One module a file format: each turns a `PoseSequence` into a file, and back where the format can hold one."""

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from posespotter.errors import InputError, OutputError, SettingsError
from posespotter.files import open_plain, reason

if TYPE_CHECKING:
    from posespotter.poses import PoseSequence
    from posespotter.skeletons import Skeleton

__all__ = ["FORMATS", "Format", "export", "format_named", "read_poses"]


@dataclass(frozen=True)
class Format:
    """A file format that poses can be written to.

    Attributes:
        name: what the command line calls it.
        suffix: the end of its files' names; empty for a folder of files.
        writer: module and function that write it, imported when they are needed.
        leaves_out: what of a `PoseSequence` it cannot hold, for people; empty if nothing.
        needs: module and function that refuse a skeleton, or a machine without a library; empty where everything fits.
    """

    name: str
    suffix: str
    writer: str
    leaves_out: str
    needs: str = ""

    def require(self, skeleton: "Skeleton") -> None:
        """Check that the format has a place for joints of this skeleton.

        Raises:
            SettingsError: it needs keypoints that the skeleton does not have, or a library that is not installed.
        """
        if self.needs:
            module, function = self.needs.split(":")
            getattr(import_module(module), function)(skeleton)

    def write(self, poses: "PoseSequence", path: Path) -> None:
        """Store `poses`; the file or folder appears whole or not at all.

        Raises:
            OutputError: the folder cannot be written, or `path` is one where a file is expected.
            SettingsError: the format needs keypoints that the skeleton of `poses` does not have, positions in metres,
                or a library that is not installed.
        """
        try:
            is_folder = path.is_dir()
        except OSError as error:
            raise OutputError(f"{path} could not be written: {error.strerror or error}.") from error
        if is_folder and self.suffix:
            raise OutputError(f"{path} is a folder; expected the name of a {self.suffix} file, give one inside it.")
        module, function = self.writer.split(":")
        getattr(import_module(module), function)(poses, path)


_HERE = "posespotter.formats"
_TABLE_LACKS = "times, boxes, frame size, world positions, raw joints"
_LIKE_MARKERS = "scores, boxes, frame size, raw joints"
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        known.name: known
        for known in (
            Format("csv", ".csv", f"{_HERE}.tables:write_csv", "boxes, frame size, frames without people, raw joints"),
            Format("mmpose", ".json", f"{_HERE}.mmpose:write_mmpose", "world positions, raw joints"),
            Format(
                "coco",
                ".json",
                f"{_HERE}.coco:write_coco",
                "images, ids, times, boxes, world positions, raw joints; coco-dataset holds more",
                f"{_HERE}.coco:require_names",
            ),
            Format("coco-dataset", ".json", f"{_HERE}.coco:write_coco_dataset", "fps, world positions, raw joints"),
            Format(
                "openpose",
                "",
                f"{_HERE}.openpose:write_openpose",
                "times, boxes, frame size, world positions, raw joints",
                f"{_HERE}.openpose:require_names",
            ),
            Format(
                "openpose18",
                "",
                f"{_HERE}.openpose:write_openpose_18",
                "feet, times, boxes, frame size, world positions, raw joints",
                f"{_HERE}.openpose:require_names",
            ),
            Format("trc", ".trc", f"{_HERE}.opensim:write_trc", f"px, {_LIKE_MARKERS}"),
            Format("trc-px", ".trc", f"{_HERE}.opensim:write_trc_px", f"world positions, {_LIKE_MARKERS}"),
            Format("mot", ".mot", f"{_HERE}.opensim:write_mot", "joints, scores, boxes, frame size"),
            Format(
                "c3d",
                ".c3d",
                f"{_HERE}.c3d:write_c3d",
                f"px, uneven times, {_LIKE_MARKERS}",
                f"{_HERE}.c3d:require_library",
            ),
            Format("netcdf", ".nc", f"{_HERE}.netcdf:write_netcdf", "boxes, frame size, raw joints"),
            Format(
                "sleap", ".csv", f"{_HERE}.sleap:write_sleap", "times, boxes, frame size, world positions, raw joints"
            ),
            Format(
                "deeplabcut",
                ".csv",
                f"{_HERE}.sleap:write_deeplabcut",
                "times, boxes, frame size, world positions, raw joints",
            ),
            Format(
                "rerun",
                ".rrd",
                f"{_HERE}.rerun:write_rerun",
                "scores, frame size, raw joints",
                f"{_HERE}.rerun:require_library",
            ),
            Format("parquet", ".parquet", "posespotter.poses.parquet:write_parquet", ""),
        )
    }
)
"""The formats by name."""


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        SettingsError: there is none; the message has the names.
    """
    if name in FORMATS:
        return FORMATS[name]
    near = get_close_matches(name, FORMATS, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise SettingsError(f"Unknown format {name!r}; expected one of: {', '.join(FORMATS)}.{hint}")


def export(poses: "PoseSequence", format: str, path: str | Path) -> None:  # noqa: A002  the word that everybody uses
    """Store `poses` at `path` in the format of that name.

    Raises:
        OutputError: the folder cannot be written.
        SettingsError: there is no such format, or it needs keypoints that the skeleton of `poses` does not have,
            positions in metres, or a library that is not installed.
    """
    format_named(format).write(poses, Path(path))


def read_poses(path: str | Path, *, fps: float | None = None) -> "PoseSequence":
    """Read poses from any format that can hold them, told apart by content, not by name.

    Args:
        path: a Parquet, MMPose JSON, COCO JSON or tidy CSV file, or a folder of OpenPose files.
        fps: frame rate of the video, for files that hold no times: MMPose's own, COCO's, and OpenPose's.

    Raises:
        InputError: it is missing, damaged, or none of these.
        SettingsError: `fps` is no frame rate.
    """
    from posespotter.poses.completion import require_fps

    require_fps(fps)
    path = Path(path)
    if path.is_dir():
        from posespotter.formats.openpose import read_openpose

        return read_openpose(path, fps=fps)
    try:
        with open_plain(path) as file:
            start = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        raise InputError(f"{path}: expected a file of poses, it cannot be read: {reason(error)}.") from error
    if start.startswith(b"PAR1"):
        from posespotter.poses.parquet import read_parquet

        return read_parquet(path)
    if start.startswith((b"[", b"{")):
        from posespotter.formats.coco_reader import coco_poses, is_coco
        from posespotter.formats.mmpose import mmpose_poses
        from posespotter.poses.checked_json import load_json

        data = load_json(path, "poses as MMPose or COCO JSON")
        if isinstance(data, dict) and "people" in data:
            raise InputError(f"{path}: expected the folder of OpenPose's files, got one of them: name the folder.")
        return coco_poses(data, path, fps=fps) if is_coco(data) else mmpose_poses(data, path, fps=fps)
    if start.removeprefix(b'"').startswith(b"source"):
        from posespotter.formats.tables import read_csv

        return read_csv(path)
    raise InputError(
        f"{path}: expected poses as Parquet, MMPose or COCO JSON, a CSV table of joints or a folder of OpenPose files, "
        "it is none of them."
    )
