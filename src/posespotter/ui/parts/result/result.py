"""Show a run: its video, its findings, its joints, its files."""

from pathlib import PurePosixPath

import streamlit as st

from posespotter.formats import FORMATS
from posespotter.jobs.submit import try_again
from posespotter.runs import Run, RunState
from posespotter.ui.menu import entry
from posespotter.ui.parts.choosing.asked import go_to
from posespotter.ui.parts.result.downloads import Download, downloads
from posespotter.ui.parts.result.facts import facts
from posespotter.ui.parts.result.joints import joint_table
from posespotter.ui.parts.result.player import file_address, player
from posespotter.ui.shared import library
from posespotter.ui.words import duration_words, size_words, when_words

BUILT_IN: dict[str, None] = {"detector": None, "pose": None}
"""The options of a job that stand for the models that come with the program."""

_POSES_FILE = "poses.parquet"
_VIDEOS, _PICTURES = {".mp4", ".webm", ".mov", ".m4v"}, {".jpg", ".jpeg", ".png", ".webp"}
_ANALYSED_ON = {
    "exercise": ("movement_analyzer", "Open in the movement analyzer"),
    "falls": ("fall_detection", "Open in fall detection"),
    "test": ("everyday_tests", "Open among the everyday tests"),
}
_QUESTIONS = {
    "movement_analyzer": "How well was it done?",
    "fall_detection": "Did somebody fall?",
    "everyday_tests": "Is it an everyday test?",
}
_ABOUT = {
    "overlay.mp4": "the video with skeletons",
    "overlay.jpg": "the picture with skeletons",
    "poses.parquet": "all joints, with times and metadata: for Python, R, DuckDB",
    "run.json": "models, settings, versions and times of this run",
    "analysis.json": "repetitions, verdicts and faults",
    "assessment.json": "the test's result, its events and what speaks against it",
    "events.json": "falls with their times",
    "probabilities.parquet": "the fall curve of each person",
    "report.html": "the report, to read or print",
}
_FORMATS = {
    "csv": ("CSV", "a line for each joint: for spreadsheets"),
    "mmpose": ("MMPose JSON", "as MMPose's own inferencer writes it"),
    "coco": ("COCO results JSON", "for an evaluation beside the truth"),
    "coco-dataset": ("COCO data set JSON", "with images and categories: for pycocotools, sleap-io, supervision"),
    "openpose": ("OpenPose JSON", "a file for each frame, zipped"),
    "openpose18": ("OpenPose JSON, 18 points", "a file for each frame, zipped"),
    "trc": ("TRC", "markers in metres: for OpenSim"),
    "trc-px": ("TRC in px", "markers in px, where there are no metres"),
    "mot": ("MOT", "joint angles in degrees: for OpenSim"),
    "c3d": ("C3D", "points in millimetres: for motion laboratories"),
    "netcdf": ("NetCDF", "a data set of movement, for xarray, MATLAB and R"),
    "sleap": ("SLEAP CSV", "the analysis table of SLEAP: for sleap-io"),
    "deeplabcut": ("DeepLabCut CSV", "the table of several animals of DeepLabCut: for movement"),
    "rerun": ("Rerun recording", "joints, boxes and metres: for Rerun's viewer"),
}


def show_result(run: Run, *, key: str) -> None:
    """A run that is over, in full."""
    if run.state is RunState.CANCELLED:
        st.info("This run was cancelled; nothing of it was kept.", icon=":material/block:")
        return
    if run.state is RunState.FAILED:
        show_failure(run, key=key)
        return
    if run.error:
        st.warning(run.error, icon=":material/warning:")
    names = library().artefacts(run.id)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show_picture(run, names, key=key)
    with right:
        show_facts(run)
        show_next_steps(run, names)
    joints, files, details = st.tabs(
        [":material/table_rows: Joints", ":material/download: Downloads", ":material/info: Details"]
    )
    with joints:
        if _POSES_FILE in names:
            joint_table(library().artefact(run.id, _POSES_FILE), key=f"{key}-joints")
        else:
            st.info("A recording has no joints yet: find its poses first.", icon=":material/accessibility_new:")
    with files:
        downloads(offered(run, names), key=f"{key}-files")
    with details:
        show_details(run)


def show_failure(run: Run, *, key: str) -> None:
    """Show why a job failed, and what can be done about it."""
    st.error(run.error or "The run failed.", icon=":material/error:")
    if not (run.parent or library().source(run.id)):
        st.markdown("Its video is not kept, so that it has to be given again.")
        st.page_link(entry("inference").script, label="Find poses", icon=entry("inference").icon)
        return
    with st.container(horizontal=True):
        again = st.button("Try again", type="primary", icon=":material/replay:", key=f"{key}-again")
        named = not run.parent and any(run.settings.get(name) for name in BUILT_IN)
        built_in = named and st.button(
            "Try with the built-in models", icon=":material/deployed_code:", key=f"{key}-own"
        )
        st.page_link(entry("settings").script, label="Models and limits", icon=entry("settings").icon)
    if again or built_in:
        go_to([try_again(library(), run.id, BUILT_IN if built_in else None)])


def show_picture(run: Run, names: list[str], *, key: str) -> None:
    """Show the overlay, or else the source."""
    shown = next((name for name in names if PurePosixPath(name).stem == "overlay"), None)
    shown = shown or next((name for name in names if PurePosixPath(name).stem == "source"), None)
    suffix = PurePosixPath(shown or "").suffix
    if shown and suffix in _VIDEOS:
        player(run.id, shown, key=f"{key}-player")
    elif shown and suffix in _PICTURES:
        st.html(f'<img class="ps-picture" src="{file_address(run.id, shown)}" alt="People with their skeletons">')
    else:
        st.info("This run was made without a picture.", icon=":material/hide_image:")


def show_facts(run: Run) -> None:
    """The counts and times of a run."""
    counts, frames = run.counts, run.counts.get("frames", 0)
    numbers = {"People": f"{counts.get('people', 0):.0f}"}
    if counts.get("video_s"):
        numbers["Length"] = duration_words(counts["video_s"])
    if run.kind == "exercise":
        numbers |= {"Repetitions": f"{counts.get('repetitions', 0):.0f}", "Faults": f"{counts.get('faults', 0):.0f}"}
    elif run.kind == "falls":
        numbers["Falls"] = f"{counts.get('falls', 0):.0f}"
    elif frames > 1:
        numbers["Frames"] = f"{frames:,.0f}"
    if run.seconds:
        numbers["Work took"] = duration_words(run.seconds)
    columns = st.columns(2, wrap=False)
    for i, (name, number) in enumerate(numbers.items()):
        columns[i % 2].metric(name, number)
    speed = f"{frames / run.seconds:.1f} frames/s" if run.seconds and frames > 1 else ""
    models, size = " + ".join(run.models), size_words(run.size_bytes)
    when = when_words(run.created_at, st.context.timezone)
    st.caption(" · ".join(part for part in (models, speed, size, when) if part))


def show_next_steps(run: Run, names: list[str]) -> None:
    """Show links to the next steps."""
    if run.kind in _ANALYSED_ON:
        _link(run, *_ANALYSED_ON[run.kind])
    elif run.kind == "estimate" and not run.counts.get("people"):
        st.info("Nobody was found, so there is nothing to analyse.", icon=":material/person_off:")
    elif run.counts.get("frames") == 1:
        st.caption("A picture shows no movement: exercises, falls and tests need a video.")
    elif _POSES_FILE in names or run.kind == "recording":
        for name, question in _QUESTIONS.items():
            _link(run, name, question)


def _link(run: Run, name: str, label: str) -> None:
    page = entry(name)
    st.page_link(page.script, label=label, icon=page.icon, query_params={"run": run.id})


def offered(run: Run, names: list[str]) -> list[Download]:
    """The files of a run, what people want most first, then the formats that are made when asked for."""
    order = list(_ABOUT)
    ranked = sorted(names, key=lambda name: (order.index(name) if name in order else len(order), name))
    folder = library().folder(run.id)
    items = [
        Download(
            file_address(run.id, name, download=True), name, _about(name), size_words((folder / name).stat().st_size)
        )
        for name in ranked
    ]
    made = [
        Download(f"/exports/{run.id}/{name}", *_FORMATS.get(name, (name, "")))
        for name in FORMATS
        if name != "parquet" and _POSES_FILE in names
    ]
    return [*items[:2], *made, *items[2:], Download(f"/archives?run={run.id}", "Everything", "all files as a zip")]


def _about(name: str) -> str:
    if name in _ABOUT:
        return _ABOUT[name]
    path = PurePosixPath(name)
    if path.stem == "source":
        return "what was looked at"
    return {"faults": "the moment of a fault", "events": "a fall"}.get(path.parent.name, "")


def show_details(run: Run) -> None:
    """Show models and settings, to repeat the run."""
    named = {name.replace("_", " ").capitalize(): value for name, value in run.settings.items() if value is not None}
    facts({"Run": run.id, "Source": run.name, "Models": ", ".join(run.models) or "none", **named})
    st.caption("On the command line:")
    st.code(f"posespotter runs show {run.id}", language="bash")
