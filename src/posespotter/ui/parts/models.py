"""Choosing among the models: what each is good for, how exact, how fast here, how large."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from posespotter.models.cache import path_of, state_of
from posespotter.models.zoo import ModelEntry, Task, load_zoo
from posespotter.ui.models_here import models_here
from posespotter.ui.words import size_words

_POLL_S = 1.0
_HERE = {"embedded": "built in", "cached": "on this computer", "not fetched": "to fetch", "damaged": "damaged"}


def choose_model(task: Task, default: str, *, label: str, key: str) -> str:
    """A list of the models of one task, with what is known of the chosen one below it."""
    entries = [entry for entry in load_zoo() if entry.task == task]
    names = [entry.name for entry in entries]
    chosen = st.selectbox(label, names, index=names.index(default), key=key)
    entry = entries[names.index(chosen)]
    st.caption(f"{entry.description}. {_facts(entry)}")
    model_state(entry)
    return entry.name


def _facts(entry: ModelEntry) -> str:
    parts = []
    if entry.accuracy:
        parts.append(f"**{entry.accuracy.value:g}** {entry.accuracy.metric}")
    speed = models_here.speed_ms(entry.name)
    if speed is not None:
        parts.append(f"**{speed:.0f} ms** {'a picture' if entry.task == 'detector' else 'a person'} here")
    if size := _size(entry):
        parts.append(f"**{size_words(size)}**")
    return " · ".join(parts)


def model_state(entry: ModelEntry) -> None:
    """Nothing for a model that is here; else a button that fetches it, and its progress."""
    if state_of(entry) == "not fetched":
        _fetching(entry.name)


@st.fragment(run_every=_POLL_S)
def _fetching(name: str) -> None:
    entry = next(one for one in load_zoo() if one.name == name)
    if state_of(entry) != "not fetched":
        st.rerun()
    download = models_here.download(entry)
    if download is not None and not download.error:
        known = f" of {size_words(download.total_bytes)}" if download.total_bytes else ""
        st.progress(download.share, text=f"Fetching {name}: {size_words(download.done_bytes)}{known}")
        return
    if download is not None:
        st.error(download.error, icon=":material/cloud_off:")
    size = f" ({size_words(entry.download_bytes)})" if entry.download_bytes else ""
    st.button(
        f"Fetch it now{size}",
        key=f"fetch-{name}",
        icon=":material/download:",
        help="Once; from then on it runs without a network. A job fetches it too when it needs it.",
        on_click=models_here.fetch,
        args=(entry,),
    )


def model_table(entries: Sequence[ModelEntry]) -> None:
    """All models side by side."""
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in _cells(entry))}</tr>" for entry in entries)
    heads = "".join(f"<th>{head}</th>" for head in ("Model", "Accuracy", "Speed here", "Size", "State"))
    st.html(f'<div class="ps-table"><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>')
    st.caption("Speed: milliseconds for a picture of 640×480 (detectors) or for one person in it (pose models).")


def _cells(entry: ModelEntry) -> Sequence[str]:
    speed, size, accuracy = models_here.speed_ms(entry.name), _size(entry), entry.accuracy
    return (
        f"<b>{escape(entry.name)}</b><small>{escape(entry.description)}</small>",
        f"{accuracy.value:g}<small>{escape(accuracy.metric)}</small>" if accuracy else "–",
        f"{speed:.0f} ms" if speed is not None else "–",
        size_words(size) if size else "–",
        _HERE[state_of(entry)],
    )


@st.fragment(run_every=_POLL_S)
def measure_speeds(*, key: str) -> None:
    """A button that times the models that are here."""
    if models_here.measuring:
        st.session_state[f"{key}-was"] = True
        st.caption(":material/timer: Measuring…")
        return
    if st.session_state.pop(f"{key}-was", False):
        st.rerun()
    st.button(
        "Measure the speed on this computer",
        key=key,
        icon=":material/timer:",
        help="Takes some seconds.",
        on_click=models_here.measure,
    )


def _size(entry: ModelEntry) -> int | None:
    path = path_of(entry)
    return path.stat().st_size if path.is_file() else entry.size_bytes or entry.download_bytes
