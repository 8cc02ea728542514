"""Hooks of MkDocs: the pages of the reference get what the code says."""

import re
import sys
from pathlib import Path
from typing import Any

_ASKED = re.compile(r"<!-- reference: (\w+) -->")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the parts of the reference that a page asks for in their place."""
    if not _ASKED.search(markdown):
        return markdown
    sys.path.insert(0, str(Path(__file__).parent))  # MkDocs takes back what a hook changes while it is loaded
    try:
        from reference import PARTS
    finally:
        sys.path.pop(0)
    return _ASKED.sub(lambda asked: PARTS[asked[1]](), markdown)
