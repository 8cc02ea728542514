"""/angles/<run id>?track=1&track=4: the angles at the joints of one person, for the cursor on the picture.

They are a few megabytes for a long clip: fetched when somebody points at the picture, and not sent with the page.
"""

import math

import numpy as np
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from posespotter.arrays import Float64
from posespotter.ui.routes.answers import LibraryRoutes, answering

PATH = "/angles"

_POSES_FILE = "poses.parquet"


class AngleReadings(LibraryRoutes):
    """The route to the angles of a run."""

    def routes(self) -> list[BaseRoute]:
        """Routes for the application."""
        return [Route(f"{PATH}/{{run_id}}", answering(self._readings))]

    def _readings(self, request: Request) -> Response:
        from posespotter.kinematics.readings import angle_readings
        from posespotter.poses.parquet import read_parquet

        poses = read_parquet(self._library().artefact(request.path_params["run_id"], _POSES_FILE))
        tracks = [int(one) for one in request.query_params.getlist("track") if one.isdecimal()]
        found = angle_readings(poses.where(np.isin(poses.track_id, tracks)))
        content = {
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
        return JSONResponse(content, headers={"Cache-Control": "private, max-age=3600"})


def _whole(values: Float64) -> list[list[int | None]]:
    """Rows of whole numbers; None for what is not known."""
    return [[round(one) if math.isfinite(one) else None for one in row] for row in values.tolist()]
