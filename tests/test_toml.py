"""TOML that people write: every byte order mark is forgiven, everything else that is wrong is one sentence."""

import codecs
import os
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posespotter.errors import InputError
from posespotter.toml import parse_toml, read_toml

TEXT = 'name = "größer"\r\n[[zone]]\r\nat = [1, 2.5]\r\n'


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
    ],
    ids=["plain", "UTF-8 with a mark", "UTF-16", "UTF-16 the other way"],
)
def test_as_editors_save_it(tmp_path, content):
    (tmp_path / "a.toml").write_bytes(content)
    assert read_toml(tmp_path / "a.toml", "zones") == {"name": "größer", "zone": [{"at": [1, 2.5]}]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a = " + "[" * 3000 + "]" * 3000, "it is nested too deep"),
        ("a = " + "[" * 30 + "]" * 30, "it is nested too deep"),
        (".".join("a" * 3000) + " = 1", "it is nested too deep"),
        ("a = " + "{b = " * 3000 + "1" + "}" * 3000, "it is nested too deep"),
        ("a = " + "9" * 10_000, "a number or date in it is out of range"),
        ("a = [1, {b = -" + "9" * 40 + "}]", "a number or date in it is out of range"),
        ("a = 0x" + "f" * 100_000, "a number or date in it is out of range"),
        ("a = 2026-99-99", "Expected newline"),
        ("a = ", "Invalid value"),
        (b"\xff\xfe\x00", "it is no UTF-8 text"),
        (b"a = '\xe9'", "it is no UTF-8 text"),
        (b"a = 1\n" * 200_000, "it cannot be read: it is larger than 1 MB"),
    ],
    ids=range(12),
)
def test_what_is_wrong_is_one_sentence(tmp_path, content, message):
    (tmp_path / "a.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=f"a.toml: expected zones as TOML, ({message})") as caught:
        read_toml(tmp_path / "a.toml", "zones")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_pipes_devices_folders_and_nothing(tmp_path):
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "loop.toml").symlink_to(tmp_path / "loop.toml")
    for name in ("pipe", "zero", "folder", "loop", "none", "a\0b", "a" * 300):
        with pytest.raises(InputError, match="expected zones as TOML, it cannot be read"):
            read_toml(tmp_path / f"{name}.toml", "zones")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from('ab=.[]{}",\n0123456789eE+-xT:'), max_size=60))
def test_whatever_a_text_says_it_is_read_or_refused(text):
    with suppress(InputError):
        assert isinstance(parse_toml(text, "it", "zones"), dict)
