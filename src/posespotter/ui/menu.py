"""The pages, once: the menu, links between pages and the screenshots all take them from here."""

from dataclasses import dataclass
from pathlib import Path

PAGES_FOLDER = Path(__file__).with_name("pages")


@dataclass(frozen=True)
class MenuEntry:
    """One page.

    Attributes:
        name: its module in pages/ and its address; Home's address is the root.
        title: in the menu and the browser's tab.
        icon: a Material symbol.
        section: the heading it stands under; "" for none.
    """

    name: str
    title: str
    icon: str
    section: str = ""

    @property
    def script(self) -> Path:
        """The file that Streamlit runs."""
        return PAGES_FOLDER / f"{self.name}.py"

    @property
    def url_path(self) -> str:
        """The address below the root."""
        return "" if self.name == "home" else self.name.replace("_", "-")


MENU = (
    MenuEntry("home", "Home", ":material/home:"),
    MenuEntry("inference", "Find poses", ":material/accessibility_new:", "Start"),
    MenuEntry("webcam", "Webcam", ":material/videocam:", "Start"),
    MenuEntry("movement_analyzer", "Movement analyzer", ":material/fitness_center:", "Understand"),
    MenuEntry("everyday_tests", "Everyday tests", ":material/timer:", "Understand"),
    MenuEntry("fall_detection", "Fall detection", ":material/personal_injury:", "Understand"),
    MenuEntry("people", "People", ":material/groups:", "Keep"),
    MenuEntry("outputs", "Outputs", ":material/video_library:", "Keep"),
    MenuEntry("settings", "Settings", ":material/tune:", "Keep"),
)


def entry(name: str) -> MenuEntry:
    """The page whose module is `name`."""
    return next(one for one in MENU if one.name == name)
