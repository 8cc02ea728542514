"""Texts from outside: what a terminal, a file and a page get of them."""

import json
import os
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.sequences import made_sequence

from posespotter.errors import InputError
from posespotter.media import SourceInfo
from posespotter.poses.metadata import checked_metadata, metadata_of
from posespotter.tasks.run_folder.folders import folder_name, stem_of
from posespotter.texts import printable, storable, storable_values

LATIN_1 = os.fsdecode(b"caf\xe9.mp4")
TURNED = "holiday\u202egpj.mp4"


@pytest.mark.parametrize(
    ("text", "shown", "stored"),
    [
        ("walk.mp4", "walk.mp4", "walk.mp4"),
        ("", "", ""),
        (r"C:\new\x1b", r"C:\new\x1b", r"C:\new\x1b"),
        ("Kniebeuge – größer, 深蹲 🏋️‍♀️.mp4", "Kniebeuge – größer, 深蹲 🏋️‍♀️.mp4", "Kniebeuge – größer, 深蹲 🏋️‍♀️.mp4"),
        ("深\u3000蹲\xa0a", "深\u3000蹲\xa0a", "深\u3000蹲\xa0a"),
        (LATIN_1, r"caf\xe9.mp4", "caf\ufffd.mp4"),
        ("a\ud800b", r"a\ud800b", "a\ufffdb"),
        ("\x1b[2J\x1b]0;owned\x07", r"\x1b[2J\x1b]0;owned\x07", "\ufffd[2J\ufffd]0;owned\ufffd"),
        ("a\nb: done\r\t\x00\x7f\x9b", r"a\nb: done\r\t\x00\x7f\x9b", "a\ufffdb: done" + "\ufffd" * 5),
        (TURNED, r"holiday\u202egpj.mp4", "holiday\ufffdgpj.mp4"),
        ("a\u2028b\u2029c", r"a\u2028b\u2029c", "a\ufffdb\ufffdc"),
    ],
)  # fmt: skip
def test_texts(text, shown, stored):
    assert printable(text) == shown
    assert storable(text) == stored


@given(st.text(st.characters()))
@example(LATIN_1)
def test_laws_of_texts(text):
    for fit in (printable(text), storable(text)):
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", fit)
        fit.encode("utf-8")
        assert printable(fit) == storable(fit) == fit
    assert len(storable(text)) == len(text)


def test_values_of_any_depth():
    assert storable_values({LATIN_1: [1, None, 2.5, True, {"a": "\x1b"}]}) == {
        "caf\ufffd.mp4": [1, None, 2.5, True, {"a": "\ufffd"}]
    }


def test_an_error_is_one_line_whatever_names_are_in_it():
    assert str(InputError(f"{LATIN_1}\n\x1b[31m: expected a video.")) == r"caf\xe9.mp4\n\x1b[31m: expected a video."


def test_the_name_of_a_source_and_of_poses_fits_everywhere():
    assert SourceInfo(LATIN_1, "video", 64, 64, 30.0, 10, live=False).name == "caf\ufffd.mp4"
    poses = made_sequence(source=LATIN_1, detector="\x1b", settings={})
    assert (poses.source, poses.detector) == ("caf\ufffd.mp4", "\ufffd")


def test_the_metadata_of_a_file_fit_everywhere():
    values = metadata_of(made_sequence()) | {"settings": {"a\ud800": ["\x1b[0m"]}}
    assert checked_metadata(json.loads(json.dumps(values)), "it")["settings"] == {"a\ufffd": ["\ufffd[0m"]}
    deep = []
    for _ in range(600):
        deep = [deep]
    with pytest.raises(InputError, match="nested too deep"):
        checked_metadata(values | {"settings": {"a": deep}}, "it")


@pytest.mark.parametrize("name", [LATIN_1, storable(LATIN_1)])
def test_a_folder_is_called_alike_by_a_file_and_by_its_poses(name):
    assert stem_of(name) == folder_name(name.removesuffix(".mp4")) == "caf"
