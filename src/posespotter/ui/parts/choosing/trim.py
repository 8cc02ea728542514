"""Choose the part of each uploaded video that is processed, before the work begins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from posespotter.errors import PoseSpotterError
from posespotter.ui.parts.component import component
from posespotter.ui.routes.files import upload_address
from posespotter.ui.shared import library
from posespotter.ui.uploads import Received, receive, remove
from posespotter.ui.words import told_apart

_WEBCAM = Path(__file__).parents[2] / "webcam"
_RECEIVED, _PARTS = "trim-received", "trim-parts"
_TO_THE_END_S = 0.05  # a handle this near to an end leaves nothing out

_component = component(Path(__file__).with_name("trim"), css=[_WEBCAM / "range.css"], js=[_WEBCAM / "handles.js"])


@dataclass(frozen=True)
class Trimmed:
    """Uploads, as far as they are known before their jobs are queued.

    Attributes:
        parts: options of the job by the id of the upload: `from_s` and `to_s`; empty for whole videos.
        received: uploads that were written to the disk and looked into already, by their ids.
    """

    parts: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    received: Mapping[str, Received] = field(default_factory=dict)

    def options(self, upload: Any) -> Mapping[str, float]:
        """Entries that an upload adds to the options of its job."""
        return self.parts.get(upload.file_id, {})


UNTRIMMED = Trimmed()


def ask_parts(uploads: Sequence[Any], *, key: str) -> Trimmed:
    """Let a person set start and end of uploaded videos; `key` is that of the elements."""
    received: dict[str, Received] = st.session_state.setdefault(_RECEIVED, {})
    parts: dict[str, dict[str, float]] = st.session_state.setdefault(_PARTS, {})
    ids = [upload.file_id for upload in uploads]
    for gone in [one for one in received if one not in ids]:
        remove([received.pop(gone).path])
        parts.pop(gone, None)
    if not uploads or not st.toggle(
        "Use only a part of a video", key=f"{key}-trim", help="Set where it begins and ends, before the work begins."
    ):
        return UNTRIMMED
    by_id = {upload.file_id: upload for upload in uploads}
    chosen = ids[0]
    if len(ids) > 1:
        names = told_apart({one: upload.name for one, upload in by_id.items()})
        chosen = st.selectbox("Of which video", ids, format_func=lambda one: names[one], key=f"{key}-trim-which")
    file = _received(by_id[chosen], received)
    if file is not None:
        _ask_part(chosen, file, parts, key=key)
    return Trimmed({one: part for one, part in parts.items() if part}, received)


def _received(upload: Any, received: dict[str, Received]) -> Received | None:
    """The upload on disk; None where it has no part, which is said."""
    known = received.get(upload.file_id)
    if known is None or not known.path.is_file():
        try:
            with st.spinner("Looking into the file…"):
                (known,) = receive([upload], library())
        except PoseSpotterError as error:
            st.error(str(error), icon=":material/error:")
            return None
        if known.content is None:
            st.error(known.refusal, icon=":material/block:")
            return None
        received[upload.file_id] = known
    if known.content is None or known.content.kind != "video":
        st.caption("A picture has no parts.")
        return None
    return known


def _ask_part(file_id: str, file: Received, parts: dict[str, dict[str, float]], *, key: str) -> None:
    seconds = file.content.seconds if file.content is not None else 0.0
    before = parts.get(file_id, {})
    drawn = _component(
        key=f"{key}-trim-{file_id}",
        data={
            "src": upload_address(file.path),
            "seconds": seconds,
            "from": before.get("from_s"),
            "to": before.get("to_s"),
        },
        on_part_change=lambda: None,
    )
    part = drawn.get("part")
    if part:
        from_s, to_s = float(part["from"]), float(part["to"])
        asked = {"from_s": from_s} if from_s > _TO_THE_END_S else {}
        parts[file_id] = asked | ({"to_s": to_s} if to_s < seconds - _TO_THE_END_S else {})
