"""/angles/<run id>?track=1&track=4: the angles at the joints of one person, for the cursor on the picture.

They are a few megabytes for a long clip: fetched when somebody points at the picture, and not sent with the page.
"""

import math
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from posespotter.arrays import Float64
from posespotter.errors import PoseSpotterError
from posespotter.ui.routes.files import LibraryOf

PATH = "/angles"

_POSES_FILE = "poses.parquet"


class AngleReadings:
    """The route over one library.

    Args:
        library: gives it; asked for at each request.
    """

    def __init__(self, library: LibraryOf) -> None:
        self._library = library

    def routes(self) -> list[BaseRoute]:
        """What to hang into the application."""
        return [Route(f"{PATH}/{{run_id}}", self._answer)]

    async def _answer(self, request: Request) -> Response:
        try:
            content = await run_in_threadpool(self._made, request)
        except PoseSpotterError as error:
            return PlainTextResponse(str(error), 404)
        return JSONResponse(content, headers={"Cache-Control": "private, max-age=3600"})

    def _made(self, request: Request) -> dict[str, Any]:
        from posespotter.kinematics.readings import angle_readings
        from posespotter.poses.parquet import read_parquet

        poses = read_parquet(self._library().artefact(request.path_params["run_id"], _POSES_FILE))
        tracks = [int(one) for one in request.query_params.getlist("track") if one.isdecimal()]
        found = angle_readings(poses.where(np.isin(poses.track_id, tracks)))
        return {
            "size": list(poses.frame_size),
            "frame": found.frame.tolist(),
            "joints": list(found.joints),
            "places": _whole(found.places.reshape(len(found.frame), 2 * len(found.joints))),
            "angles": [
                {"name": name.replace("_", " "), "joint": joint}
                for name, joint in zip(found.angles, found.at, strict=True)
            ],
            "degrees": _whole(found.degrees),
            "plus_minus": _whole(found.plus_minus),
        }


def _whole(values: Float64) -> list[list[int | None]]:
    """Rows of whole numbers; None for what is not known."""
    return [[round(one) if math.isfinite(one) else None for one in row] for row in values.tolist()]
