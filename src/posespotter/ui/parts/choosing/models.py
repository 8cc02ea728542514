"""Choosing among the models: what each is good for, how exact, how fast here, how large."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from posespotter.estimation.options import DEFAULT_DETECTOR
from posespotter.models.cache import path_of, state_of
from posespotter.models.load import DETECTOR_TASKS, JOIN, POSE_TASKS
from posespotter.models.zoo import ModelEntry, Task, load_zoo
from posespotter.skeletons import COCO17
from posespotter.tasks.model_choices import CHOICES, MANY_PEOPLE
from posespotter.ui.models_here import models_here, parts_of
from posespotter.ui.words import size_words

_OTHER = "Other model"
_FURTHER = "blazepose-full"
_COCO_JOINTS = len(COCO17)
_HERE = {"embedded": "built in", "cached": "on this computer", "not fetched": "to fetch", "damaged": "damaged"}


def choose_models() -> dict[str, str | None]:
    """The pose model and the detector, by plain names or by their own; None for a detector that is not needed."""
    labels = [choice.label for choice in CHOICES]
    label = st.segmented_control(
        "The model", [*labels, _OTHER], default=labels[0], required=True, key="model-choice",
        label_visibility="collapsed",
    )  # fmt: skip
    if label == _OTHER:
        return _choose_others()
    choice = CHOICES[labels.index(label)]
    st.caption(f"{choice.purpose}. {_facts(choice.pose)}")
    return {"detector": DEFAULT_DETECTOR, "pose": choice.pose}


def finds_people(pose: str | None) -> bool:
    """Whether a pose model finds people by itself, so that it takes no detector."""
    return any(entry.name == pose and entry.task == "one-stage" for entry in load_zoo())


def _choose_others() -> dict[str, str | None]:
    """A pose model by name, with BlazePose's further points if wanted, and a detector that fits."""
    left, right = st.columns(2, gap="medium")
    with left:
        pose = _choose_model(POSE_TASKS, MANY_PEOPLE.pose, label="Where the joints are: the pose model", key="pose")
        if (pose.task, pose.keypoints) == ("pose", _COCO_JOINTS):
            further = st.toggle("Add feet and positions in metres", help=f"Joins {_FURTHER} to it.", key="further")
        else:
            further = False
    with right:
        if pose.task == "one-stage":
            st.caption(f"**No detector**: {pose.name} finds people by itself.")
            return {"detector": None, "pose": pose.name}
        detector = _choose_model(DETECTOR_TASKS, DEFAULT_DETECTOR, label="Who is there: the detector", key="detector")
    return {"detector": detector.name, "pose": f"{pose.name}{JOIN}{_FURTHER}" if further else pose.name}


def _choose_model(tasks: tuple[Task, ...], default: str, *, label: str, key: str) -> ModelEntry:
    """A list of the models of some tasks, with what is known of the chosen one below it."""
    entries = [entry for entry in load_zoo() if entry.task in tasks]
    names = [entry.name for entry in entries]
    purposes = {one.name: one.description for one in entries}
    chosen = st.selectbox(
        label, names, index=names.index(default), key=key,
        format_func=lambda one: f"{purposes[one][:1].upper()}{purposes[one][1:]} · {one}",
    )  # fmt: skip
    entry = entries[names.index(chosen)]
    if facts := _facts(entry.name):
        st.caption(facts)
    model_state(entry)
    return entry


def _facts(name: str) -> str:
    entries = parts_of(name)
    parts = []
    if len(entries) == 1 and (accuracy := entries[0].accuracy):
        parts.append(f"**{accuracy.value:g}** {accuracy.metric}")
    speed = models_here.speed_ms(name)
    if speed is not None:
        parts.append(f"**{speed:.0f} ms** {'a person' if entries[0].task == 'pose' else 'a picture'} here")
    if size := _size(entries):
        parts.append(f"**{size_words(size)}**")
    return " · ".join(parts)


def model_state(entry: ModelEntry) -> None:
    """Nothing for a model that is here; else a button that fetches it, and its progress."""
    if state_of(entry) == "not fetched":
        _fetching(entry.name)


@st.fragment(run_every=1.0)
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
    """All models side by side, and the usual composite."""
    rows = [_cells(entry.name, entry.description) for entry in entries]
    rows += [_cells(choice.pose, choice.purpose) for choice in CHOICES if JOIN in choice.pose]
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>" for cells in rows)
    heads = "".join(f"<th>{head}</th>" for head in ("Model", "Accuracy", "Speed here", "Size", "Licence", "State"))
    region = 'class="ps-table" role="region" aria-label="The models" tabindex="0"'  # it scrolls, with the keyboard too
    st.html(f"<div {region}><table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>")
    st.caption(
        "Speed: milliseconds for a picture of 640×480 (models that find people) or for one person in it (pose models). "
        "Licence: of the weights, as stated by whom, and what they were trained on."
    )


def _cells(name: str, description: str) -> Sequence[str]:
    entries = parts_of(name)
    speed, size = models_here.speed_ms(name), _size(entries)
    accuracy = entries[0].accuracy if len(entries) == 1 else None
    terms = f"by {entries[0].licence_by}; trained on {entries[0].trained_on}" if len(entries) == 1 else "of both"
    return (
        f"<b>{escape(name)}</b><small>{escape(description)}</small>",
        f"{accuracy.value:g}<small>{escape(accuracy.metric)}</small>" if accuracy else "–",
        f"{speed:.0f} ms" if speed is not None else "–",
        size_words(size) if size else "–",
        f"{escape(', '.join(dict.fromkeys(entry.licence for entry in entries)))}<small>{escape(terms)}</small>",
        ", ".join(dict.fromkeys(_HERE[state_of(entry)] for entry in entries)),
    )


@st.fragment(run_every=1.0)
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


def _size(entries: Sequence[ModelEntry]) -> int | None:
    """Bytes of the files together; None where one is not known."""
    paths = [(entry, path_of(entry)) for entry in entries]
    sizes = [path.stat().st_size if path.is_file() else e.size_bytes or e.download_bytes for e, path in paths]
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None
