"""Find the people in videos and pictures. `?run=` holds the ids of the jobs, so that a reload keeps them."""

from typing import Any

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.formats import FORMATS
from posespotter.jobs.submit import JobRequest, submit
from posespotter.media.sources.frames import PICTURE_SUFFIXES
from posespotter.media.sources.video import VIDEO_SUFFIXES
from posespotter.models.session import DEVICES
from posespotter.models.zoo import load_zoo
from posespotter.runs import Library
from posespotter.settings import settings
from posespotter.ui.parts.choosing.asked import go_to, note_refusals, runs_asked, show_refusals, show_started, started
from posespotter.ui.parts.choosing.models import choose_models, finds_people, measure_speeds, model_table
from posespotter.ui.parts.choosing.trim import Trimmed, ask_parts
from posespotter.ui.parts.phone import from_a_phone
from posespotter.ui.parts.progress import job_progress
from posespotter.ui.parts.result.result import show_result
from posespotter.ui.samples import squats_run, start_two_people
from posespotter.ui.shared import library
from posespotter.ui.uploads import receive, upload_limit_mb
from posespotter.ui.words import plain, plural, told_apart

_PAGE = "inference"
_ROUND = "inference-round"  # another number empties the uploader: what was sent need not stay in memory


def ask() -> None:
    """Files, models, settings, and the button that starts."""
    uploaded, trimmed, sample, place_of_button = ask_files()
    models = ask_models()
    options = models | ask_settings(finds_people(models["pose"]))
    label = f"Find poses in {plural(len(uploaded), 'file')}" if uploaded else "Find poses"
    if place_of_button.button(label, type="primary", icon=":material/play_arrow:", disabled=not uploaded):
        start(uploaded, trimmed, options)
    if sample:
        go_to([start_two_people(library(), options)])


def ask_files() -> tuple[list[Any], Trimmed, bool, Any]:
    """The files with their parts, whether the sample clip is wanted instead, and the place of the button that starts.

    It stands before the models, whose choice it needs: so it is drawn last, into its place.
    """
    limit_mb = upload_limit_mb()
    upload, samples = st.columns([3, 2], gap="medium")
    with upload:
        st.header("1. Your files")
        uploaded = st.file_uploader(
            f"Videos or pictures, up to {limit_mb} MB and {settings().max_video_minutes:g} minutes each",
            type=sorted(suffix.removeprefix(".") for suffix in VIDEO_SUFFIXES | PICTURE_SUFFIXES),
            accept_multiple_files=True,
            max_upload_size=limit_mb,
            key=f"inference-files-{st.session_state.get(_ROUND, 0)}",
            help="A larger file is refused; the limits are on the Settings page.",
        )
        from_a_phone("inference")
        show_refusals(_PAGE, [])
        trimmed = ask_parts(uploaded, key="inference")
        place_of_button = st.empty()
    with samples:
        st.header("No video at hand?")
        with st.container(border=True):
            st.markdown("**Two people**: a real clip of 4 seconds.")
            sample = st.button("Find poses in it", icon=":material/groups:", key="sample-people")
        with st.container(border=True):
            st.markdown("**Squats**: a mannequin's session with two planted faults; its joints are known already.")
            if st.button("Show them", icon=":material/fitness_center:", key="sample-squats"):
                with st.spinner("Making the mannequin squat…"):
                    run_id = squats_run(library())
                go_to([run_id])
    return list(uploaded), trimmed, sample, place_of_button


def ask_models() -> dict[str, Any]:
    """The pose model and, unless that finds people by itself, the detector."""
    st.header("2. The model")
    chosen = choose_models()
    with st.expander("Compare the models", icon=":material/compare_arrows:"):
        model_table(load_zoo())
        measure_speeds(key="inference-measure")
    return chosen


def ask_settings(one_stage: bool) -> dict[str, Any]:
    """Ask for settings that hardly anybody needs to change; a one-stage model detects on every frame anyway."""
    with st.expander("More settings", icon=":material/tune:"):
        one, two, three = st.columns(3)
        smoothing = one.segmented_control(
            "Smoothing",
            ["off", "light", "strong"],
            default="light",
            required=True,
            help="Takes the tremble out of the joints, after the fact and without delay.",
        )
        limited = two.toggle("Limit the number of people", help="Follow only the surest ones.")
        most = two.number_input("At most", 1, 50, 1, disabled=not limited, label_visibility="collapsed")
        device = three.selectbox("Device", DEVICES, help="auto takes the fastest that works.")
        every = one.toggle(
            "Look for new people in every frame",
            disabled=one_stage,
            help="Slower; else it is done when something moves. Models that find people by themselves always do it.",
        )
        overlay = two.toggle("Make the video with skeletons", value=True)
        exports = three.multiselect(
            "Further formats", [name for name in FORMATS if name != "parquet"], help=_FORMATS_HELP
        )
    return {
        "smoothing": smoothing,
        "max_people": int(most) if limited else None,
        "device": device,
        "detect_every": 1 if every and not one_stage else "auto",
        "overlay": overlay,
        "exports": list(exports),
    }


_FORMATS_HELP = "Kept with the run. Each can also be made later, from the run's downloads."


def start(uploaded: list[Any], trimmed: Trimmed, options: dict[str, Any]) -> None:
    """Queue a job for each file that passes the guard."""
    here, begun = library(), started(_PAGE)
    asked = [(upload.file_id, trimmed.options(upload)) for upload in uploaded], options
    with st.spinner("Looking into the files…"), begun.lock:
        if not begun.again(asked):
            try:
                ids, refused = _queued(uploaded, trimmed, options, here)
            except PoseSpotterError as error:  # a full disk: the files stay in the page, to try again
                note_refusals(_PAGE, [], [str(error)])
                st.rerun()
            begun.note(asked, ids)
            note_refusals(_PAGE, ids, refused)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    if begun.ids:
        go_to(begun.ids)
    st.rerun()


def _queued(
    uploaded: list[Any], trimmed: Trimmed, options: dict[str, Any], here: Library
) -> tuple[list[str], list[str]]:
    """The ids of the jobs, and why the other files were not taken.

    Raises:
        OutputError: the files cannot be kept.
    """
    ids, refused = [], []
    for upload, received in zip(uploaded, receive(uploaded, here, trimmed.received), strict=True):
        if received.refusal:
            refused.append(received.refusal)
            continue
        try:
            request = JobRequest(
                "estimate", received.path, received.name, {**options, **trimmed.options(upload)}, upload=True
            )
            ids.append(submit(here, request))
        except PoseSpotterError as error:
            refused.append(f"{received.name}: {error}")
    return ids, refused


def show(ids: list[str]) -> None:
    """The jobs that go on, and the result of one that is over."""
    show_refusals(_PAGE, ids)
    if st.button("More files", icon=":material/arrow_back:", key="inference-new"):
        started(_PAGE).note(None, [])
        st.query_params.clear()
        st.rerun()
    runs = runs_asked(ids)
    for run in runs:
        if not run.state.over:
            job_progress(run.id)
    over = {run.id: run for run in runs if run.state.over}
    if not over:
        return
    chosen = next(iter(over))
    if len(over) > 1:
        names = told_apart({run.id: run.name for run in runs})
        chosen = st.pills(
            "Results", list(over), default=chosen, required=True, format_func=lambda one: names[one], key="results"
        )
    st.header(plain(over[chosen].name), anchor=False)
    show_result(over[chosen], key=f"result-{chosen}")


show_started(_PAGE)
st.title("Find poses")
st.caption("Find the people in videos and pictures, follow them, and get every joint.")
asked = st.query_params.get_all("run")
if asked:
    show(asked)
else:
    ask()
