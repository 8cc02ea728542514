"""Home: what this is, three ways to start, what was done last, and the state of the machine."""

from typing import Any

import streamlit as st

from posespotter.models.cache import state_of
from posespotter.models.zoo import load_zoo
from posespotter.runs import RunState
from posespotter.runs.clips import clips_of
from posespotter.ui.listening import listens_beyond
from posespotter.ui.menu import entry
from posespotter.ui.parts.choosing.choice import NEW
from posespotter.ui.parts.gallery import gallery
from posespotter.ui.parts.watched import watched_news
from posespotter.ui.samples import squats_run
from posespotter.ui.shared import library, people, worker
from posespotter.ui.words import plural, size_words

st.title("See how people move")
st.markdown(
    "PoseSpotter finds the people in a video, follows them and gives every joint. From that it tells **how well an "
    "exercise was done** and **whether somebody fell**. Everything happens on this computer."
)

if beyond := listens_beyond():
    st.warning(
        f"Other machines can reach this application (it listens at {beyond}), and it has **no login**: whoever reaches "
        "it sees every run and can delete it. `docs/reverse-proxy` shows how to put a login in front.",
        icon=":material/lock_open:",
    )


def way(place: Any, icon: str, title: str, about: str) -> Any:
    """A frame for one way to start; what is returned takes its button."""
    frame = place.container(border=True, height="stretch", vertical_alignment="distribute")
    words = frame.container()
    words.markdown(f"## :material/{icon}: {title}")
    words.markdown(about)
    return frame


video, camera, sample = st.columns(3)
own_video = way(
    video,
    "upload_file",
    "Your video",
    "How well was an exercise done? Did somebody fall? Or every joint of everybody, in videos and pictures.",
)
if own_video.button("Judge an exercise", icon=entry("movement_analyzer").icon, width="stretch"):
    st.switch_page(entry("movement_analyzer").script, query_params={NEW: "1"})
if own_video.button("Look for falls", icon=entry("fall_detection").icon, width="stretch"):
    st.switch_page(entry("fall_detection").script, query_params={NEW: "1"})
if own_video.button("Find poses", icon=entry("inference").icon, width="stretch"):
    st.switch_page(entry("inference").script)
own_camera = way(
    camera,
    "videocam",
    "Your camera",
    "See your skeleton live, count repetitions, record a clip and keep the part you want.",
)
if own_camera.button("Open the camera", icon=":material/videocam:", width="stretch"):
    st.switch_page(entry("webcam").script)
squats = way(
    sample,
    "science",
    "A sample",
    "Five squats by a mannequin, two of them not as they should be. Can you tell which, before the analyzer does?",
)
if squats.button("Try the sample squats", icon=":material/play_arrow:", type="primary", width="stretch"):
    with st.spinner("Making the mannequin squat…"):
        run_id = squats_run(library())
    st.switch_page(entry("movement_analyzer").script, query_params={"run": run_id})

watched_news()

latest = clips_of(library().runs(state=RunState.DONE, limit=30), people().sessions(), people().all())
if latest:
    st.header("Latest")
    gallery(latest[:3], key="home-latest")

st.header("This computer")
models = load_zoo()
here = [one for one in models if state_of(one) in {"embedded", "cached"}]
usage = library().usage()
left, right = st.columns(2)
(one, two), (three, four) = left.columns(2, wrap=False), right.columns(2, wrap=False)
one.metric(
    "Models here",
    f"{len(here)} of {len(models)}",
    help="The built-in ones work without a network; the others are fetched when you first use them.",
    border=True,
    height="stretch",
)
two.metric(
    "Worker",
    {"none": "Stopped", "starting": "Starting"}.get(worker.state, "Running"),
    help="Does the jobs. It goes on when you close this page, and starts with the application.",
    border=True,
    height="stretch",
)
three.metric("Kept", plural(usage.runs, "run"), help=size_words(usage.size_bytes), border=True, height="stretch")
four.metric("Free on the disk", size_words(usage.free_bytes), border=True, height="stretch")
