"""Files of runs over HTTP, in ranges, so that a browser plays a video while it loads and nothing is held in memory.

/files/<run id>/<name>           an artefact, shown; with ?download it is saved under the run's name
/thumbnails/<run id>             the run's small picture
/exports/<run id>/<format>       its joints in a format of `posespotter.formats`, made when asked for
/archives?run=<id>&run=<id>      a zip of runs
/waiting/<name>                  an upload that waits for its job
"""

import mimetypes
import shutil
import tempfile
from pathlib import Path, PurePosixPath

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from posespotter.formats import export, format_named
from posespotter.runs.notes.reports import REPORT, renew_report
from posespotter.ui.routes.answers import LibraryRoutes, answering

# What a browser shows by itself; anything else is saved. Types are ours: those of the system differ between machines.
_SHOWN = {
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mov": "video/quicktime",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".html": "text/html; charset=utf-8",
}
# A report runs its own script and nothing else: it cannot read this application's pages or ask it for anything.
_REPORT_POLICY = "sandbox allow-scripts allow-popups allow-downloads"
_POSES_FILE = "poses.parquet"

_WAITING = "/waiting"


class RunFiles(LibraryRoutes):
    """The routes to the files of a library."""

    def routes(self) -> list[BaseRoute]:
        """Routes for the application."""
        return [
            Route("/files/{run_id}/{name:path}", answering(self._artefact)),
            Route("/thumbnails/{run_id}", answering(self._thumbnail)),
            Route("/exports/{run_id}/{format}", answering(self._export)),
            Route("/archives", answering(self._archive)),
            Route(f"{_WAITING}/{{name}}", answering(self._upload)),
        ]

    def _artefact(self, request: Request) -> Response:
        run_id, name = request.path_params["run_id"], request.path_params["name"]
        if name == REPORT:
            renew_report(self._library(), run_id)
        path = self._library().artefact(run_id, name)
        kind = _SHOWN.get(path.suffix.lower())
        headers = {"Cache-Control": "private, max-age=3600"}
        if kind is not None and kind.startswith("text/html"):
            headers = {"Content-Security-Policy": _REPORT_POLICY, "Cache-Control": "no-cache"}
        if kind is None or "download" in request.query_params:
            return _saved(path, self._file_name(run_id, PurePosixPath(name)), headers)
        return FileResponse(path, media_type=kind, headers=headers)

    def _thumbnail(self, request: Request) -> Response:
        path = self._library().thumbnail(request.path_params["run_id"])
        if path is None:
            return PlainTextResponse("This run has no picture.", 404)
        return FileResponse(path, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})

    def _upload(self, request: Request) -> Response:
        from posespotter.ui.uploads import waiting_upload

        path = waiting_upload(self._library(), request.path_params["name"])
        kind = _SHOWN.get(path.suffix.lower(), "")
        if not kind.startswith("video/"):
            return PlainTextResponse("Only videos are shown.", 404)
        return FileResponse(path, media_type=kind, headers={"Cache-Control": "no-store"})

    def _export(self, request: Request) -> Response:
        from posespotter.poses.parquet import read_parquet

        run_id = request.path_params["run_id"]
        form = format_named(request.path_params["format"])
        poses = read_parquet(self._library().artefact(run_id, _POSES_FILE))
        folder = Path(tempfile.mkdtemp(prefix="posespotter-"))
        try:
            path = folder / f"poses{form.suffix}"
            export(poses, form.name, path)
            if path.is_dir():  # OpenPose: a file for each frame
                path = Path(shutil.make_archive(str(folder / "openpose"), "zip", path))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        stem = "poses" if path.suffix == f".{form.name}" else form.name
        name = self._file_name(run_id, PurePosixPath(f"{stem}{path.suffix}"))
        return _saved(path, name, {}, remove=folder)

    def _archive(self, request: Request) -> Response:
        run_ids = request.query_params.getlist("run")[:1000]
        library = self._library()
        for run_id in run_ids:
            renew_report(library, run_id)
        folder = Path(tempfile.mkdtemp(prefix="posespotter-"))
        try:
            path = library.export(run_ids, folder / "runs.zip")
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        one = _stem(library.run(run_ids[0]).name) if len(run_ids) == 1 else "posespotter-runs"
        return _saved(path, f"{one}.zip", {}, remove=folder)

    def _file_name(self, run_id: str, name: PurePosixPath) -> str:
        """Name of a saved file: the run's name and the artefact's."""
        return f"{_stem(self._library().run(run_id).name)}_{'_'.join(name.parts)}"


def upload_address(path: Path) -> str:
    """Address at which the server gives an upload that waits for its job."""
    return f"{_WAITING}/{path.name}"


def _stem(name: str) -> str:
    """A run's name as the beginning of a file's."""
    from posespotter.media.inspection.guard import safe_name

    return Path(safe_name(name)).stem


def _saved(path: Path, name: str, headers: dict[str, str], remove: Path | None = None) -> Response:
    kind = _SHOWN.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    after = BackgroundTask(shutil.rmtree, remove, ignore_errors=True) if remove else None
    return FileResponse(path, media_type=kind, filename=name, headers=headers, background=after)
