"""A video that is played from its file in ranges: `st.video` would load all of it into memory."""

from pathlib import Path
from urllib.parse import quote

from posespotter.media import WHOLE, Part
from posespotter.ui.parts.component import component

_component = component(
    Path(__file__).with_name("player"), html='<video controls playsinline preload="metadata"></video>'
)


def file_address(run_id: str, name: str, *, download: bool = False) -> str:
    """Address at which the server gives an artefact of a run."""
    return f"/files/{quote(run_id)}/{quote(name)}{'?download' if download else ''}"


def _fragment(part: Part) -> str:
    """The end of an address that lets a browser play a part (W3C Media Fragments)."""
    until = "" if part.to_s is None else f",{part.to_s:g}"
    return f"#t={part.from_s or 0:g}{until}" if part else ""


def player(
    run_id: str,
    name: str,
    *,
    key: str,
    poster: bool = True,
    at_s: float | None = None,
    jump: int = 0,
    loop: bool = False,
    part: Part = WHOLE,
) -> None:
    """Show an artefact of a run as a video.

    Args:
        run_id: the run.
        name: the artefact, "overlay.mp4".
        key: of the element.
        poster: show the run's thumbnail until it plays.
        at_s: stand at this moment, seconds; the video goes there whenever it, or `jump`, changes.
        jump: another number goes to the same moment again.
        loop: start again at the end, as for short clips.
        part: of the video, that is played.
    """
    _component(
        key=key,
        data={
            "src": file_address(run_id, name) + _fragment(part),
            "poster": f"/thumbnails/{quote(run_id)}" if poster else None,
            "at_s": at_s,
            "jump": jump,
            "loop": loop,
        },
    )
