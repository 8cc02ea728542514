"""Settings: the environment over the file over the defaults, and one clear word where a value does not fit."""

import tomllib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from posespotter.errors import OutputError, SettingsError
from posespotter.settings import Settings, config_file, save_settings, settings, settings_from_environment


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
    with pytest.raises(SettingsError, match=r"settings\.toml: expected settings as TOML, ") as caught:
        settings()
    assert "\n" not in str(caught.value)


def test_settings_do_not_change():
    with pytest.raises(ValueError, match="frozen"):
        settings().threads = 3


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60))
def test_whatever_the_file_holds_the_answer_is_a_sentence(folder, content):
    (folder / "settings.toml").write_bytes(content)
    settings.cache_clear()
    with suppress(SettingsError):
        settings()


class TestSaving:
    def test_into_a_new_file(self, folder):
        new = save_settings({"threads": 3, "library": folder / "my runs", "skeletons_only": True})
        assert (new.threads, new.library, new.skeletons_only) == (3, folder / "my runs", True)
        assert settings() is new
        assert tomllib.loads((folder / "settings.toml").read_text()) == {
            "threads": 3,
            "library": str(folder / "my runs"),
            "skeletons_only": True,
        }

    def test_the_rest_of_the_file_stays(self, folder):
        file = folder / "settings.toml"
        file.write_text("# mine\nthreads = 3  # quiet\n\n# of old\nkeep_days=30\n'stream_timeout_s' = 5\n")
        save_settings({"keep_days": 7.5, "max_upload_mb": 50, "stream_timeout_s": 6})
        assert file.read_text() == (
            "# mine\nthreads = 3  # quiet\n\n# of old\nkeep_days = 7.5\nmax_upload_mb = 50\nstream_timeout_s = 6\n"
        )

    def test_none_brings_the_default_back(self, folder):
        save_settings({"keep_days": 30, "threads": 2})
        assert save_settings({"keep_days": None, "library_quota_gb": None}).keep_days is None
        assert (folder / "settings.toml").read_text() == "threads = 2\n"

    def test_odd_numbers(self, folder):
        new = save_settings({"keep_days": float("inf"), "library_quota_gb": 1e300, "max_video_minutes": 1e-7})
        assert (new.keep_days, new.library_quota_gb, new.max_video_minutes) == (float("inf"), 1e300, 1e-7)

    def test_values_over_several_lines(self, folder):
        """Their comments are lost, the settings are not."""
        (folder / "settings.toml").write_text('database_url = """\nthreads = 3"""\nthreads = 4\n')
        assert save_settings({"threads": 5}).threads == 5
        assert tomllib.loads((folder / "settings.toml").read_text()) == {"database_url": "threads = 3", "threads": 5}

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"threads": -1}, "Setting threads "),
            ({"threads": 2, "keep_days": "long"}, "Setting keep_days "),
            ({"colour": "red"}, "Setting colour "),
            ({"max_upload_mb": 0}, "Setting max_upload_mb "),
        ],
    )
    def test_a_value_that_does_not_fit(self, folder, changes, message):
        (folder / "settings.toml").write_text("threads = 3\n")
        with pytest.raises(SettingsError, match=message):
            save_settings(changes)
        assert (folder / "settings.toml").read_text() == "threads = 3\n"
        assert settings().threads == 3

    def test_a_file_that_is_wrong_is_not_written_over(self, folder):
        (folder / "settings.toml").write_text("threads = = 3")
        with pytest.raises(SettingsError, match="expected settings as TOML"):
            save_settings({"threads": 3})
        assert (folder / "settings.toml").read_text() == "threads = = 3"

    def test_a_folder_that_cannot_be_written(self, folder, monkeypatch):
        (folder / "file").write_text("x")
        monkeypatch.setattr("posespotter.settings.config_file", lambda: folder / "file" / "settings.toml")
        with pytest.raises(OutputError, match="could not be written"):
            save_settings({"threads": 3})

    def test_the_environment_goes_before_the_file(self, folder, monkeypatch):
        monkeypatch.setenv("POSESPOTTER_THREADS", "5")
        assert save_settings({"threads": 3}).threads == 5
        assert settings_from_environment() == {"threads"}
        monkeypatch.delenv("POSESPOTTER_THREADS")
        settings.cache_clear()
        assert settings().threads == 3
        assert settings_from_environment() == frozenset()

    @hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20))
    def test_whatever_the_text_it_is_read_back(self, folder, text):
        assert save_settings({"database_url": text}).database_url == text
        assert save_settings({"threads": 2}).database_url == text

    @hypothesis_settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(content=st.binary(max_size=60))
    def test_whatever_the_file_holds_nothing_of_it_is_lost(self, folder, content):
        file = folder / "settings.toml"
        file.write_bytes(content)
        with suppress(SettingsError):
            save_settings({"threads": 2})
            return
        assert file.read_bytes() == content


def test_the_password_of_the_database_is_not_shown(monkeypatch):
    monkeypatch.setenv("POSESPOTTER_DATABASE_URL", "postgresql+psycopg://me:secret@host/name")
    assert "secret" not in repr(settings())


def test_every_setting_is_documented():
    page = (Path(__file__).parents[1] / "docs" / "how-to" / "runs.md").read_text("utf-8")
    others = (Path(__file__).parents[1] / "docs" / "how-to" / "estimate.md").read_text("utf-8")
    assert [name for name in Settings.model_fields if f"POSESPOTTER_{name.upper()}" not in page + others] == []
