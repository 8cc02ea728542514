"""Choose the input of an analysis: a run with poses, or files that are uploaded now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.jobs.submit import JobKind, JobRequest, submit
from posespotter.media.sources.video import VIDEO_SUFFIXES
from posespotter.runs import Library, Run, RunKind, RunState
from posespotter.settings import settings
from posespotter.ui.parts.choosing.asked import go_to, note_refusals, runs_asked, show_refusals, show_started, started
from posespotter.ui.parts.choosing.batch import batch
from posespotter.ui.parts.choosing.session import choose_person, note_person, session_line
from posespotter.ui.parts.choosing.trim import UNTRIMMED, Trimmed, ask_parts
from posespotter.ui.parts.phone import from_a_phone
from posespotter.ui.parts.progress import job_progress
from posespotter.ui.parts.result.result import show_result
from posespotter.ui.shared import library
from posespotter.ui.uploads import receive, upload_limit_mb
from posespotter.ui.words import KIND_ICONS, found_words, plain, run_labels, told_apart, when_words

NEW = "new"
"""In the address: a video is going to be uploaded."""

_ANALYSABLE: tuple[RunKind, ...] = ("estimate", "recording")
_RUN, _UPLOAD = "A clip of mine", "New videos"
_REFUSED = "choice"  # one note for all pages of analyses


@dataclass(frozen=True)
class Chosen:
    """The chosen input.

    Attributes:
        run: whose poses are analysed; None for an upload.
        uploads: the files; none for a run, or before one was chosen.
        person: id or new name of the person whose uploads they are; None for nobody's.
        trimmed: the parts of the uploads that are processed.
    """

    run: Run | None = None
    uploads: Sequence[Any] = ()
    person: str | None = None
    trimmed: Trimmed = UNTRIMMED

    def __bool__(self) -> bool:
        return self.run is not None or bool(self.uploads)

    @property
    def asked(self) -> object:
        """A key that distinguishes this choice from others."""
        if self.run is not None:
            return self.run.id
        return [(upload.file_id, self.trimmed.options(upload)) for upload in self.uploads]


def choose_clip(asked: Run | None, *, page: str, key: str) -> Chosen:
    """A run or uploads.

    Args:
        asked: the run of the address, which stands chosen.
        page: the module of the page.
        key: of the elements.
    """
    runs = [run for kind in _ANALYSABLE for run in library().runs(kind=kind, state=RunState.DONE)]
    runs = [run for run in runs if run.counts.get("frames", 2) != 1]
    runs.sort(key=lambda run: run.id, reverse=True)
    start = _UPLOAD if NEW in st.query_params or not (asked is not None or runs) else _RUN
    # Once the sample was made there is a run to choose; before, uploading was the only choice.
    way_key = f"{key}-way-{asked.id if asked is not None else ''}"
    way = st.segmented_control("What to look at", [_RUN, _UPLOAD], default=start, required=True, key=way_key)
    if way == _RUN:
        return _choose_run(runs, asked, key=key)
    limit_mb = upload_limit_mb()
    uploads = st.file_uploader(
        f"Videos, up to {limit_mb} MB and {settings().max_video_minutes:g} minutes each",
        type=sorted(suffix.removeprefix(".") for suffix in VIDEO_SUFFIXES),
        accept_multiple_files=True,
        max_upload_size=limit_mb,
        key=f"{key}-upload",
    )
    from_a_phone(page, query=f"{NEW}=1")
    label = "Whose clips are they? (if you like)" if len(uploads) > 1 else "Whose clip is it? (if you like)"
    person = choose_person(None, key=f"{key}-person", label=label) if uploads else None
    return Chosen(uploads=uploads, person=person, trimmed=ask_parts(uploads, key=key))


def _choose_run(runs: Sequence[Run], asked: Run | None, *, key: str) -> Chosen:
    if not runs:
        st.info("There is no clip with poses yet: upload a video, or try the sample.", icon=":material/upload:")
        return Chosen()
    by_id = {run.id: run for run in runs}
    ids, labels = list(by_id), run_labels(runs, st.context.timezone)
    first = asked.id if asked is not None and asked.id in by_id else None
    chosen = st.selectbox(
        "The clip", ids, index=None if first is None else ids.index(first), format_func=lambda one: labels[one],
        key=f"{key}-run-{first}", placeholder="Choose a clip", label_visibility="collapsed",
    )  # fmt: skip
    return Chosen(run=by_id[chosen]) if chosen else Chosen()


def start(kind: JobKind, chosen: Chosen, options: Mapping[str, Any]) -> None:
    """Queue the analyses and show them; what is refused is said."""
    here, begun = library(), started(kind)
    asked = chosen.asked, options
    try:
        with st.spinner("Looking into the files…"), begun.lock:
            if not begun.again(asked):
                requests, refused = _requests(kind, chosen, options, here)
                begun.note(asked, [submit(here, request) for request in requests])
                note_refusals(_REFUSED, begun.ids, refused)
                if chosen.run is None:
                    for run_id in begun.ids:
                        note_person(here.run(run_id), chosen.person)
    except PoseSpotterError as error:
        st.error(str(error), icon=":material/error:")
        return
    if not begun.ids:
        show_refusals(_REFUSED, [])
        return
    go_to(begun.ids)


def _requests(
    kind: JobKind, chosen: Chosen, options: Mapping[str, Any], here: Library
) -> tuple[list[JobRequest], list[str]]:
    """The jobs, and why other uploads are not taken."""
    if chosen.run is not None:
        return [JobRequest(kind, chosen.run.id, chosen.run.name, options)], []
    taken, refused = [], []
    for upload, one in zip(chosen.uploads, receive(chosen.uploads, here, chosen.trimmed.received), strict=True):
        if one.refusal:
            refused.append(one.refusal)
        else:
            asked = {**options, **chosen.trimmed.options(upload)}
            taken.append(JobRequest(kind, one.path, one.name, asked, upload=True))
    return taken, refused


def looked_at(run: Run) -> Run:
    """The run whose poses were analysed; the analysis itself where it found them, or they were deleted since."""
    there = library().runs(text=run.parent) if run.parent else []
    return there[0] if there else run


def earlier(kind: RunKind, title: str) -> None:
    """The last analyses of a kind, each a button that opens it."""
    runs = library().runs(kind=kind, state=RunState.DONE, limit=6)
    if not runs:
        return
    st.header(title)
    labels = {}
    for run in runs:
        parts = (f"**{plain(run.name)}**", found_words(run), when_words(run.created_at, st.context.timezone))
        labels[run.id] = " · ".join(part for part in parts if part)
    labels = told_apart(labels)
    for run in runs:
        if st.button(labels[run.id], icon=KIND_ICONS[kind], key=f"earlier-{run.id}"):
            go_to([run.id])


def analysis_page(
    kind: RunKind,
    title: str,
    about: str,
    *,
    ask: Callable[[Run | None], None],
    show: Callable[[Run], None],
    anew: str,
) -> None:
    """The page of one kind of analysis. `?run=` is such an analysis, or a run to be analysed.

    Args:
        kind: of the analyses.
        title: of the page.
        about: a sentence below it.
        ask: shows what can be chosen, and is given the run to be analysed.
        show: shows an analysis that is done.
        anew: the words on the button that leads back from it.
    """
    show_started(kind)
    st.title(title)
    st.caption(about)
    ids = st.query_params.get_all("run")
    runs = runs_asked(ids) if ids else []
    if len(runs) > 1:
        if st.button(anew, icon=":material/arrow_back:", key=f"{kind}-new"):
            started(kind).note(None, [])
            go_to([])
        show_refusals(_REFUSED, ids)
        batch(runs, key=f"{kind}-batch")
        return
    run = runs[0] if runs else None
    if run is None or run.kind != kind:
        ask(run)
        return
    if st.button(anew, icon=":material/arrow_back:", key=f"{kind}-new"):
        started(kind).note(None, [])
        st.query_params.clear()
        st.rerun()
    st.header(plain(run.name), anchor=False)
    show_refusals(_REFUSED, ids)
    session_line(run)
    if not _still_to_come(run):
        show(run)


def _still_to_come(run: Run) -> bool:
    """Show the progress of a run that is not over, or why it has no result; False where it has one."""
    if not run.state.over:
        job_progress(run.id)
        return True
    if run.state is not RunState.DONE:
        show_result(run, key=f"result-{run.id}")
        return True
    return False
