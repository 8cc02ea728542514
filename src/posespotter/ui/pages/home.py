"""Home: what this is, three ways to start, what was done last, and the state of the machine."""

import streamlit as st

from posespotter.library import RunState
from posespotter.models.cache import state_of
from posespotter.models.zoo import load_zoo
from posespotter.ui.listening import listens_beyond
from posespotter.ui.menu import entry
from posespotter.ui.parts.cards import card
from posespotter.ui.samples import squats_run
from posespotter.ui.shared import library, worker
from posespotter.ui.words import plural, size_words

_LATEST = 4

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

video, camera, sample = st.columns(3)
with video, st.container(border=True, height="stretch"):
    st.markdown("#### :material/upload_file: Your video")
    st.markdown("Upload videos or pictures, choose the models or keep the good defaults, and watch the skeletons.")
    st.page_link(entry("inference").script, label="Find poses", icon=":material/arrow_forward:", icon_position="right")
with camera, st.container(border=True, height="stretch"):
    st.markdown("#### :material/videocam: Your camera")
    st.markdown("See your skeleton live, count repetitions, record a clip and keep the part you want.")
    st.page_link(
        entry("webcam").script, label="Open the camera", icon=":material/arrow_forward:", icon_position="right"
    )
with sample, st.container(border=True, height="stretch"):
    st.markdown("#### :material/science: A sample")
    st.markdown("Five squats by a mannequin, two of them with a fault. Can you see which, before the analyzer tells?")
    if st.button("Analyse the squats", icon=":material/arrow_forward:", icon_position="right", type="primary"):
        with st.spinner("Making the mannequin squat…"):
            run_id = squats_run(library())
        st.switch_page(entry("movement_analyzer").script, query_params={"run": run_id})

latest = library().runs(state=RunState.DONE, limit=_LATEST)
if latest:
    st.subheader("Latest")
    for column, run in zip(st.columns(_LATEST), latest, strict=False):
        with column:
            card(run, page="outputs")

st.subheader("This computer")
models = load_zoo()
here = [one for one in models if state_of(one) in {"embedded", "cached"}]
usage = library().usage()
running, own = worker.state
one, two, three, four = st.columns(4)
one.metric(
    "Models here",
    f"{len(here)} of {len(models)}",
    help="The built-in ones work without a network; the others are fetched when you first use them.",
    border=True,
    height="stretch",
)
two.metric(
    "Worker",
    "Running" if running else "Stopped",
    help="Does the jobs. It goes on when you close this page, and starts with the application.",
    border=True,
    height="stretch",
)
three.metric("Kept", plural(usage.runs, "run"), help=size_words(usage.size_bytes), border=True, height="stretch")
four.metric("Free on the disk", size_words(usage.free_bytes), border=True, height="stretch")
