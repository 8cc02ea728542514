"""Files to save, as a list of links: the browser fetches them from the server's file route, not through the page."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from posespotter.ui.parts.component import component

_HERE = Path(__file__).parent

_component = component(_HERE / "downloads", html='<ul class="files"></ul>', js=[_HERE.parent / "element.js"])


@dataclass(frozen=True)
class Download:
    """One file.

    Attributes:
        address: on this server.
        title: what it is.
        about: what it is good for, in a few words.
        size: in words, empty where it is made when asked for.
    """

    address: str
    title: str
    about: str = ""
    size: str = ""


def downloads(items: Sequence[Download], *, key: str) -> None:
    """Show the files, each as a line that saves it."""
    _component(key=key, data=[asdict(item) for item in items])
