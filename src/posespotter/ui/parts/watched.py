"""The watched folder: what it is, what became of its videos, and the form that names it."""

from pathlib import Path
from typing import get_args

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.jobs.watch import MOST_VIDEOS, STILL_S, Taken, watchable
from posespotter.settings import WatchedFor, expanded, save_settings, settings, settings_from_environment
from posespotter.ui.listening import listens_beyond
from posespotter.ui.menu import entry
from posespotter.ui.shared import folder_watch, library
from posespotter.ui.words import plain, plural, when_words

_WORK: dict[WatchedFor, str] = {
    "poses": "Find poses",
    "exercise": "Judge the exercise that is recognised",
    "falls": "Look for falls",
}


def watched_news() -> None:
    """The watched folder, what is in its way, and what became of its last videos; nothing where there is none."""
    if settings().watch is not None:
        _news()


@st.fragment(run_every=10.0)
def _news() -> None:
    now = settings()
    watch = folder_watch()
    with st.container(border=True):
        st.markdown(f":material/folder_eye: New videos in **{plain(str(now.watch))}**: {_WORK[now.watch_for].lower()}.")
        if watch.trouble:
            st.warning(watch.trouble, icon=":material/warning:")
        record = watch.watched
        if record is None or not record.latest:
            known = len(record.known) if record is not None else 0
            st.caption(
                "None has come yet." + (f" {plural(known, 'video')} from before stay as they are." if known else "")
            )
            return
        st.caption(f"{plural(record.taken, 'video')} taken in.")
        for one in record.latest[:3]:
            _line(one)


def _line(one: Taken) -> None:
    when = when_words(one.at, st.context.timezone)
    if one.why:
        st.markdown(f":material/block: **{plain(one.name)}** · not taken in {when}: {plain(one.why)}")
    elif one.run:
        label, query = f"{plain(one.name)} · {when}", {"run": one.run}
        st.page_link(entry("outputs").script, label=label, icon=":material/movie:", query_params=query)


def watch_settings() -> None:
    """Ask for the folder to watch, and for what to do with its videos."""
    now, beyond = settings(), listens_beyond() is not None
    fixed = settings_from_environment() | ({"watch"} if beyond else set())
    with st.form("watch"):
        st.markdown("**Watched folder**")
        folder = st.text_input(
            "Folder whose new videos are taken in",
            str(now.watch or ""),
            placeholder="The whole path, as /home/anna/camera; empty for none",
            disabled="watch" in fixed,
        )
        works = list(get_args(WatchedFor))
        work = st.selectbox(
            "What is done with them", works, index=works.index(now.watch_for), format_func=lambda one: _WORK[one],
            disabled="watch_for" in fixed,
        )  # fmt: skip
        st.caption(
            f"A video is copied when it has not changed for {STILL_S:.0f} s, each one once. What is in the folder when "
            f"it is named stays as it is; folders in it are not looked into. At most {MOST_VIDEOS:,} videos."
        )
        if beyond:
            st.caption(
                "Other machines reach this application, and whoever does could name any folder: name it with "
                "`posespotter app --watch DIR`."
            )
        if st.form_submit_button("Save", icon=":material/save:", type="primary"):
            wanted = {"watch": folder.strip() or None, "watch_for": work}
            _save({name: value for name, value in wanted.items() if name not in fixed})
    watched_news()


def _save(changes: dict[str, str | None]) -> None:
    try:
        if changes.get("watch"):
            changes["watch"] = str(watchable(expanded(Path(str(changes["watch"]))), library().root))
        save_settings(changes)
    except PoseSpotterError as error:
        st.error(str(error), icon=":material/error:")
    else:
        st.toast("Saved.", icon=":material/check:")
