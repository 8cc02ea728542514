"""What an analysis looks at: a run whose poses are there, or a file that is uploaded now."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.jobs.submit import JobKind, JobRequest, submit
from posespotter.media.video import VIDEO_SUFFIXES
from posespotter.runs import Library, Run, RunKind, RunState
from posespotter.settings import settings
from posespotter.ui.parts.asked import go_to, runs_asked, show_started, started
from posespotter.ui.parts.progress import job_progress
from posespotter.ui.parts.result import show_result
from posespotter.ui.shared import library
from posespotter.ui.uploads import receive, upload_limit_mb
from posespotter.ui.words import KIND_ICONS, found_words, plain, run_labels, when_words

_ANALYSABLE: tuple[RunKind, ...] = ("estimate", "recording")
_EARLIER = 6
_RUN, _UPLOAD = "A run of mine", "A new video"


@dataclass(frozen=True)
class Chosen:
    """What is looked at.

    Attributes:
        run: whose poses are analysed; None for an upload.
        upload: the file; None for a run, or before one was chosen.
    """

    run: Run | None = None
    upload: Any = None

    def __bool__(self) -> bool:
        return self.run is not None or self.upload is not None


def choose_clip(asked: Run | None, *, key: str) -> Chosen:
    """A run or an upload.

    Args:
        asked: the run of the address, which stands chosen.
        key: of the elements.
    """
    runs = [run for kind in _ANALYSABLE for run in library().runs(kind=kind, state=RunState.DONE)]
    runs = [run for run in runs if run.counts.get("frames", 2) != 1]
    runs.sort(key=lambda run: run.id, reverse=True)
    start = _RUN if asked is not None or runs else _UPLOAD
    way = st.segmented_control("What to look at", [_RUN, _UPLOAD], default=start, required=True, key=f"{key}-way")
    if way == _RUN:
        return _choose_run(runs, asked, key=key)
    limit_mb = upload_limit_mb()
    upload = st.file_uploader(
        f"A video, up to {limit_mb} MB and {settings().max_video_minutes:g} minutes",
        type=sorted(suffix.removeprefix(".") for suffix in VIDEO_SUFFIXES),
        max_upload_size=limit_mb,
        key=f"{key}-upload",
    )
    return Chosen(upload=upload)


def _choose_run(runs: Sequence[Run], asked: Run | None, *, key: str) -> Chosen:
    if not runs:
        st.info("There is no run with poses yet: upload a video, or try the sample.", icon=":material/upload:")
        return Chosen()
    by_id = {run.id: run for run in runs}
    ids, labels = list(by_id), run_labels(runs, st.context.timezone)
    first = asked.id if asked is not None and asked.id in by_id else None
    chosen = st.selectbox(
        "The run", ids, index=None if first is None else ids.index(first), format_func=lambda one: labels[one],
        key=f"{key}-run-{first}", placeholder="Choose a run", label_visibility="collapsed",
    )  # fmt: skip
    return Chosen(run=by_id[chosen]) if chosen else Chosen()


def start(kind: JobKind, chosen: Chosen, options: Mapping[str, Any]) -> None:
    """Queue the analysis and show it; what is refused is said."""
    here, begun = library(), started(kind)
    asked = chosen.run.id if chosen.run is not None else chosen.upload.file_id, options
    refused = ""
    try:
        with st.spinner("Looking into the file…"), begun.lock:
            if not begun.again(asked):
                request, refused = _request(kind, chosen, options, here)
                begun.note(asked, [submit(here, request)] if request else [])
    except PoseSpotterError as error:
        st.error(str(error), icon=":material/error:")
        return
    if refused:
        st.error(refused, icon=":material/block:")
        return
    go_to(begun.ids)


def _request(kind: JobKind, chosen: Chosen, options: Mapping[str, Any], here: Library) -> tuple[JobRequest | None, str]:
    """The job, or why the upload is not taken."""
    if chosen.run is not None:
        return JobRequest(kind, chosen.run.id, chosen.run.name, options), ""
    received = receive([chosen.upload], here)[0]
    if received.refusal:
        return None, received.refusal
    return JobRequest(kind, received.path, received.name, options, upload=True), ""


def earlier(kind: RunKind, title: str) -> None:
    """The last analyses of a kind, each a button that opens it."""
    runs = library().runs(kind=kind, state=RunState.DONE, limit=_EARLIER)
    if not runs:
        return
    st.subheader(title)
    for run in runs:
        parts = (f"**{plain(run.name)}**", found_words(run), when_words(run.created_at, st.context.timezone))
        if st.button(" · ".join(part for part in parts if part), icon=KIND_ICONS[kind], key=f"earlier-{run.id}"):
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
    run_id = st.query_params.get("run")
    run = runs_asked([run_id])[0] if run_id else None
    if run is None or run.kind != kind:
        ask(run)
        return
    if st.button(anew, icon=":material/arrow_back:", key=f"{kind}-new"):
        started(kind).note(None, [])
        st.query_params.clear()
        st.rerun()
    st.subheader(plain(run.name), anchor=False)
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
