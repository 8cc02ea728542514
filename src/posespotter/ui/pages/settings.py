"""Settings: folders and limits, models, the worker, privacy, licences."""

from importlib import resources
from typing import Any

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.models.cache import state_of, verify
from posespotter.models.zoo import load_zoo
from posespotter.settings import config_file, save_settings, settings, settings_from_environment
from posespotter.tasks.machine import machine
from posespotter.ui.parts.choosing.models import measure_speeds, model_state, model_table
from posespotter.ui.parts.clinic import clinic_settings
from posespotter.ui.parts.result.facts import facts
from posespotter.ui.parts.watched import watch_settings
from posespotter.ui.shared import library, worker
from posespotter.ui.words import plural, size_words
from posespotter.version import __version__

_SKELETONS = "skeletons-only"


def saved(changes: dict[str, Any]) -> None:
    """Write changes and say so."""
    try:
        save_settings(changes)
    except PoseSpotterError as error:
        st.error(str(error), icon=":material/error:")
    else:
        st.toast("Saved.", icon=":material/check:")


def folders() -> None:
    """Folders and their limits."""
    now, fixed = settings(), settings_from_environment()
    usage = library().usage()
    quota = f" of {size_words(usage.quota_bytes)}" if usage.quota_bytes else ""
    facts(
        {
            "Runs": library().root,
            "Models": now.models,
            "Settings": config_file(),
            "Kept": f"{plural(usage.runs, 'run')}, {size_words(usage.size_bytes)}{quota}",
            "Free on the disk": size_words(usage.free_bytes),
        }
    )
    with st.form("limits"):
        st.markdown("**Uploads**")
        one, two = st.columns(2)
        upload_mb = one.number_input(
            "Largest file (MB)",
            1,
            100_000,
            now.max_upload_mb,
            disabled="max_upload_mb" in fixed,
            help="Holds from the next start of the application.",
        )
        # The file may hold values outside the usual range.
        minutes = two.number_input(
            "Longest video (minutes)",
            min(0.1, now.max_video_minutes),
            max(1440.0, now.max_video_minutes),
            now.max_video_minutes,
            format="%g",
            disabled="max_video_minutes" in fixed,
        )
        st.markdown("**Runs that go by themselves**")
        three, four = st.columns(2)
        with three:
            quota_gb = _limit(
                "Largest library (GB), 0 for no limit",
                now.library_quota_gb,
                1e6,
                "The oldest runs go when it is larger.",
                fixed="library_quota_gb" in fixed,
            )
        with four:
            days = _limit(
                "Keep runs for (days), 0 for ever",
                now.keep_days,
                1e5,
                "Older runs go.",
                fixed="keep_days" in fixed,
            )
        if st.form_submit_button("Save", icon=":material/save:", type="primary"):
            wanted = {
                "max_upload_mb": int(upload_mb), "max_video_minutes": float(minutes),
                "library_quota_gb": quota_gb, "keep_days": days,
            }  # fmt: skip
            saved({name: value for name, value in wanted.items() if name not in fixed})
    watch_settings()
    if fixed:
        st.caption(f"Decided by environment variables, so not to be changed here: {', '.join(sorted(fixed))}.")


def _limit(label: str, now: float | None, most: float, about: str, *, fixed: bool) -> float | None:
    """Ask for a limit; None where there is to be none."""
    before = now or 0.0
    asked = st.number_input(label, 0.0, max(most, before), before, format="%g", disabled=fixed, help=about)
    return float(asked) or None


def models() -> None:
    """Every model: whether it is here and whole, and how to get it."""
    entries = load_zoo()
    model_table(entries)
    measure_speeds(key="settings-measure")
    missing = [entry for entry in entries if state_of(entry) == "not fetched"]
    if missing:
        name = st.selectbox("Fetch a model", [entry.name for entry in missing])
        model_state(next(entry for entry in missing if entry.name == name))
    if st.button(
        "Verify the models that are here", icon=":material/verified:", help="Reads each file and compares its SHA-256."
    ):
        with st.spinner("Reading…"):
            found = {entry.name: verify(entry) for entry in entries if state_of(entry) != "not fetched"}
        bad = [name for name, state in found.items() if state == "damaged"]
        if bad:
            st.error(f"Damaged: {', '.join(bad)}. It is fetched again at its next use.", icon=":material/error:")
        else:
            st.success(f"{plural(len(found), 'model')} read, all as they should be.", icon=":material/verified:")


def worker_state() -> None:
    """Show which worker does the jobs."""
    state = worker.state
    if state == "none":
        st.warning("No worker is running: jobs wait until one does.", icon=":material/pause_circle:")
    elif state == "starting":
        st.info("The worker is starting.", icon=":material/hourglass_top:")
    else:
        whose = "It was started by this application and stops with it." if state == "own" else "It runs by itself."
        st.success(f"A worker is running. {whose}", icon=":material/check_circle:")
    st.markdown(
        "Jobs go on when you close this page, and after a crash or a restart they go on where they were. On a server, "
        "or to share the work between machines, run workers of your own:"
    )
    st.code("posespotter worker", language="bash")
    shared = "a PostgreSQL database" if settings().database_url else "a file inside the library's folder"
    st.caption(f"The queue is {shared}.")


def privacy() -> None:
    """Choose whether pixels of people may be written."""
    st.markdown(
        "Nothing leaves this computer, except that models are fetched from their makers when you ask for one. "
        "No usage statistics are gathered."
    )
    fixed = "skeletons_only" in settings_from_environment()
    st.session_state[_SKELETONS] = settings().skeletons_only  # another tab may have changed it
    st.toggle("Keep skeletons only", disabled=fixed, key=_SKELETONS, on_change=_save_privacy)
    st.caption(
        "No pixel of a person is written: skeletons are drawn on a grey canvas, and uploads are removed once their "
        "joints are found. It holds for runs from now on."
    )


def _save_privacy() -> None:
    saved({"skeletons_only": st.session_state[_SKELETONS]})


def about() -> None:
    """Versions and licences."""
    st.markdown(f"**PoseSpotter {__version__}**, Apache-2.0.")
    for topic, found in machine().items():
        with st.expander(topic):
            facts(found)
    with st.expander("Licences of the models"):
        facts({entry.name: f"{entry.licence}, as stated by {entry.licence_by}" for entry in load_zoo()})
        notice = resources.files("posespotter.models") / "weights" / "NOTICE"
        st.text(notice.read_text("utf-8"))


st.title("Settings")
st.caption("For this computer; the command line uses the same.")
parts = {
    ":material/folder: Folders and limits": folders,
    ":material/deployed_code: Models": models,
    ":material/engineering: Worker": worker_state,
    ":material/shield_person: Privacy": privacy,
    ":material/local_hospital: Clinic": clinic_settings,
    ":material/info: About": about,
}
for tab, part in zip(st.tabs(list(parts)), parts.values(), strict=True):
    with tab:
        part()
