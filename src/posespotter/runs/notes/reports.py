"""The report of an exercise, made anew where a therapist has judged its findings since."""

import hashlib
import re

from posespotter.runs.notes.people import Judgement, People
from posespotter.runs.store import Library

REPORT = "report.html"

_HEAD_BYTES = 4000  # the mark of whose words a report holds stands among the first lines
_MARK = re.compile(rb'<meta name="judged" content="([0-9a-f]+)">')


def renew_report(library: Library, run_id: str) -> None:
    """See to it that the report of a run says what the therapist says; does nothing where there is none, or it does.

    Raises:
        InputError: there is no such run, or its poses or video cannot be read.
        OutputError: the folder cannot be written.
    """
    run = library.run(run_id)
    if run.kind != "exercise" or REPORT not in library.artefacts(run_id):
        return
    session = People(library.root).session(run)
    mine = [one for one in session.judgements if one.run == run_id]
    wanted, file = _digest(mine), library.artefact(run_id, REPORT)
    with file.open("rb") as opened:
        found = _MARK.search(opened.read(_HEAD_BYTES))
    if (found[1].decode() if found else "") == wanted:
        return
    from posespotter.tasks.exercise import renew_report as renew

    said = {one.track_id: session.said(run_id, one.track_id) for one in mine}
    renew(file.parent, library.source(run_id), said, wanted)


def _digest(judgements: list[Judgement]) -> str:
    """Empty where nothing is said."""
    text = "\n".join(sorted(one.model_dump_json() for one in judgements))
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""
