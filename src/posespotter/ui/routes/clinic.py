"""/clinic/<run id>?language=de&person=0: the report for a client, as a page to print.

It is made when it is asked for, as what a therapist says of it may have changed.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from posespotter.runs import Library, Run
from posespotter.runs.notes.clinic import read_clinic
from posespotter.runs.notes.people import People
from posespotter.ui.routes.answers import LibraryRoutes, answering

if TYPE_CHECKING:  # heavy modules, which the first page does not wait for
    from posespotter.exercises.analysis import ExerciseAnalysis
    from posespotter.exercises.words.judgements import Said
    from posespotter.reports.clinic_page import ClinicReport

PATH = "/clinic"

# The page prints itself, and does nothing else.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src-attr 'unsafe-inline'"
_OVERLAY = "overlay.mp4"


class ClinicReports(LibraryRoutes):
    """The route to the report of a run for a client."""

    def routes(self) -> list[BaseRoute]:
        """Routes for the application."""
        return [Route(f"{PATH}/{{run_id}}", answering(self._page))]

    def _page(self, request: Request) -> Response:
        from posespotter.reports.clinic_page import render_clinic
        from posespotter.tasks.movement import read_movement

        library = self._library()
        run = library.run(request.path_params["run_id"])
        number = request.query_params.get("person", "0")
        analyses = read_movement(library.folder(run.id)).analyses
        analysis = analyses[int(number) if number.isdecimal() and int(number) < len(analyses) else 0]
        clinic = read_clinic(library.root)
        language = request.query_params.get("language", clinic.language)
        page = render_clinic(report_of(library, run, analysis), language)
        return HTMLResponse(page, headers={"Content-Security-Policy": _POLICY})


def report_of(library: Library, run: Run, analysis: "ExerciseAnalysis") -> "ClinicReport":
    """Content of the report of a run: from the program, the therapist, and the clinic."""
    from posespotter.reports.clinic_page import clinic_report

    people, clinic = People(library.root), read_clinic(library.root)
    session = people.session(run)
    person = people.all().get(session.person or "")
    said = session.said(run.id, analysis.track_id or 0)
    return clinic_report(
        analysis,
        day=session.day or run.created_at.date(),
        clinic=clinic.name,
        logo=clinic.logo,
        person=person.name if person is not None else "",
        comment=session.note,
        said=said,
        pictures=_pictures(library, run, analysis, said),
    )


def _pictures(library: Library, run: Run, analysis: "ExerciseAnalysis", said: "Said") -> Mapping[str, bytes]:
    """A moment of each fault, as JPEG; none where there is no video."""
    import cv2

    from posespotter.media import open_source

    frames: dict[int, str] = {}
    for repetition in analysis.repetitions:
        for fault in repetition.faults:
            if (repetition.index, fault.name) not in said.dismissed and fault.name not in frames.values():
                frames.setdefault((fault.start_frame + fault.end_frame) // 2, fault.name)
    if not frames or _OVERLAY not in library.artefacts(run.id):
        return {}
    pictures = {}
    with open_source(library.artefact(run.id, _OVERLAY)) as source:
        for frame in source:
            if frame.index in frames:
                scale = min(1.0, 480 / frame.image.shape[1])
                small = cv2.resize(frame.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                pictures[frames[frame.index]] = cv2.imencode(".jpg", small)[1].tobytes()
            if frame.index >= max(frames):
                break
    return pictures
