"""Settings: the environment over the file over the defaults, and one clear word where a value does not fit."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from posespotter.errors import SettingsError
from posespotter.settings import Settings, config_file, settings


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty settings folder, and no settings in the environment."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"POSESPOTTER_{name.upper()}", raising=False)
    monkeypatch.setattr("posespotter.settings.config_file", lambda: tmp_path / "settings.toml")
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def test_defaults():
    found = settings()
    assert found.threads == 0
    assert found.max_image_megapixels == 100
    assert found.stream_timeout_s == 10
    assert found.models.name == "models"
    assert "posespotter" in str(found.models)


def test_the_file_is_in_the_folder_of_the_platform():
    assert config_file().name == "settings.toml"


def test_environment_over_file_over_default(folder, monkeypatch):
    (folder / "settings.toml").write_text("threads = 3\nstream_timeout_s = 4.5\n")
    monkeypatch.setenv("POSESPOTTER_THREADS", "5")
    found = settings()
    assert (found.threads, found.stream_timeout_s, found.max_image_megapixels) == (5, 4.5, 100)


def test_read_once(monkeypatch):
    assert settings().threads == 0
    monkeypatch.setenv("POSESPOTTER_THREADS", "5")
    assert settings().threads == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("threads", "-1"),
        ("threads", "many"),
        ("threads", "1.5"),
        ("threads", "1000"),
        ("threads", ""),
        ("max_image_megapixels", "0"),
        ("max_image_megapixels", "big"),
        ("stream_timeout_s", "-3"),
    ],
)
def test_a_value_that_does_not_fit(monkeypatch, name, value):
    monkeypatch.setenv(f"POSESPOTTER_{name.upper()}", value)
    with pytest.raises(SettingsError, match=f"Setting {name} .POSESPOTTER_{name.upper()} or ") as caught:
        settings()
    assert repr(value) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["thread = 3", "threads = 'x'", "[threads]\nn = 3"])
def test_a_file_that_says_something_else(folder, text):
    (folder / "settings.toml").write_text(text)
    with pytest.raises(SettingsError, match="Setting thread"):
        settings()


@pytest.mark.parametrize("content", [b"threads = = 3", b"threads", b"\xff\xfe\x00", b"[a]\n[a]\n", b"\0" * 10])
def test_a_file_that_is_no_toml(folder, content):
    (folder / "settings.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"settings\.toml could not be read: expected TOML, got ") as caught:
        settings()
    assert "\n" not in str(caught.value)


def test_settings_do_not_change():
    with pytest.raises(ValueError, match="frozen"):
        settings().threads = 3


@hypothesis_settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60))
def test_whatever_the_file_holds_the_answer_is_a_sentence(folder, content):
    (folder / "settings.toml").write_bytes(content)
    settings.cache_clear()
    with suppress(SettingsError):
        settings()
