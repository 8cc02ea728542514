"""The texts of reports in other languages: a catalogue of gettext (.po) each, in languages/; English needs none.

A further language is a further file: copy one, translate what stands after each msgstr, and name it by the code of the
language. What a catalogue lacks appears in English.
"""

import ast
from functools import lru_cache
from gettext import NullTranslations
from importlib import resources

_FOLDER = "languages"
ENGLISH = "en"


class Texts(NullTranslations):
    """Translations from English of one catalogue.

    Args:
        messages: English to the other language; "" holds the header.
    """

    def __init__(self, messages: dict[str, str]) -> None:
        super().__init__()
        self.messages = messages

    def gettext(self, message: str) -> str:
        """The message in the language, or as it is where the catalogue lacks it."""
        return self.messages.get(message) or message


def language_codes() -> list[str]:
    """The languages there are, English first."""
    files = (resources.files("posespotter.reports") / _FOLDER).iterdir()
    return [ENGLISH, *sorted(file.name.removesuffix(".po") for file in files if file.name.endswith(".po"))]


@lru_cache
def texts(code: str) -> Texts:
    """The texts of a language; English for one that is not known."""
    if code == ENGLISH or code not in language_codes():
        return Texts({})
    file = resources.files("posespotter.reports") / _FOLDER / f"{code}.po"
    return Texts(read_catalogue(file.read_text("utf-8")))


def language_name(code: str) -> str:
    """A language's own name."""
    return texts(code).messages.get("English", "English")


def read_catalogue(text: str) -> dict[str, str]:
    """The messages of a .po file without plurals and contexts."""
    messages: dict[str, str] = {}
    key, parts = "", {"msgid": "", "msgstr": ""}
    for line in [*text.splitlines(), 'msgid ""']:
        word, _, rest = line.strip().partition(" ")
        if word.startswith("#") or not word:
            continue
        if word == "msgid":
            messages[parts["msgid"]] = parts["msgstr"]
            parts = {"msgid": "", "msgstr": ""}
        if word in parts:
            key, quoted = word, rest
        else:
            quoted = line.strip()
        parts[key] += str(ast.literal_eval(quoted))
    return messages
