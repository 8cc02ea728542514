"""Settings of the machine and the user: environment variables (POSESPOTTER_*) over a TOML file over defaults."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from posespotter.errors import InputError, SettingsError
from posespotter.files import whole
from posespotter.toml import read_toml, toml_text

WatchedFor = Literal["poses", "exercise", "falls"]
"""What is done with the videos of a watched folder; an exercise is the one that is recognised."""

_PREFIX = "POSESPOTTER_"
_EXPECTED = "settings"
_NO_HOME = Path("~")


def own_folder(kind: Literal["config", "cache", "data", "log"]) -> Path:
    """The platform's folder for the user's files of this kind; below ~ where nobody knows the home folder."""
    try:
        folder = Path(getattr(platformdirs, f"user_{kind}_dir")("posespotter"))
    except RuntimeError:
        folder = _NO_HOME
    return folder if folder.is_absolute() else _NO_HOME / "posespotter" / kind


def config_file() -> Path:
    """Path of the user's settings file."""
    return own_folder("config") / "settings.toml"


def expanded(folder: Path) -> Path:
    """`folder` with the home folder in place of ~, as which it stands where nobody knows the home folder.

    Raises:
        SettingsError: this user has no home folder, as in a container with a user id of its own.
    """
    try:
        return folder.expanduser()
    except RuntimeError:
        raise SettingsError(
            f"{folder}: there is no home folder for this user. Set HOME, or POSESPOTTER_MODELS and POSESPOTTER_LIBRARY."
        ) from None


class Settings(BaseSettings):
    """Settings that may differ from one machine to the next; choices of one run are options of its command."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    models: Path = Field(
        default_factory=lambda: own_folder("cache") / "models",
        description="folder that keeps downloaded models",
    )
    threads: int = Field(0, ge=0, le=256, description="CPU threads for the models; 0 means one for each core")
    max_image_megapixels: float = Field(100.0, gt=0, description="larger pictures are refused")
    stream_timeout_s: float = Field(10.0, gt=0, description="a stream silent for this long has ended")
    library: Path = Field(
        default_factory=lambda: own_folder("data"),
        description="folder that keeps the runs of the application and of --keep",
    )
    database_url: str | None = Field(
        None,
        repr=False,  # may hold a password
        description="postgresql+psycopg://USER:PASSWORD@HOST/NAME shares runs and jobs between machines; "
        "without it they are indexed in a SQLite file inside the library",
    )
    library_quota_gb: float | None = Field(None, gt=0, description="the oldest runs go when the library is larger")
    keep_days: float | None = Field(None, gt=0, description="runs older than this go")
    skeletons_only: bool = Field(False, description="write no pixels of people: skeletons are drawn on a grey canvas")
    max_upload_mb: int = Field(500, ge=1, le=100_000, description="larger uploads are refused")
    max_video_minutes: float = Field(60.0, gt=0, description="longer uploaded videos are refused")
    max_video_frames: int = Field(250_000, ge=1, description="uploaded videos of more frames are refused")
    max_video_megapixels: float = Field(10.0, gt=0, description="uploaded videos with larger frames are refused")
    watch: Path | None = Field(None, description="the application takes in the new videos of this folder")
    watch_for: WatchedFor = Field(
        "poses", description="what is done with them: poses are found, an exercise is judged, or falls are looked for"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Environment over file; no .env file is read."""
        return init_settings, env_settings, InitSettingsSource(settings_cls, _in_file())


@cache
def settings() -> Settings:
    """The settings, read once a process.

    Raises:
        SettingsError: an environment variable or the settings file holds something that does not fit.
    """
    return _checked({})


def skeletons_only(wanted: bool | None = None) -> bool:
    """Whether no pixels of people may be written: as `wanted`, and where that is None as the settings say now."""
    return settings().skeletons_only if wanted is None else wanted


def settings_from_environment() -> frozenset[str]:
    """Names of the settings that environment variables decide; the file has no effect on these."""
    given = {name.lower() for name in os.environ}
    return frozenset(name for name in Settings.model_fields if f"{_PREFIX}{name}".lower() in given)


def save_settings(changes: Mapping[str, Any]) -> Settings:
    """Write some settings into the user's file, which keeps its other lines and comments.

    Args:
        changes: values by name; None takes a setting out of the file, so that its default holds again.

    Returns:
        the settings from now on; environment variables still go before the file.

    Raises:
        SettingsError: a value does not fit, or the file that is there is no TOML; it is left as it was.
        OutputError: the file cannot be written.
    """
    settings.cache_clear()
    settings()  # a file that is wrong already is not written over
    _checked({name: value for name, value in changes.items() if value is not None})
    file = expanded(config_file())
    text = toml_text(file, _EXPECTED) if os.path.exists(file) else ""  # noqa: PTH110
    values = {name: value for name, value in tomllib.loads(text).items() if name not in changes}
    added = {name: _toml_value(value) for name, value in changes.items() if value is not None}
    lines = [line for line in text.splitlines() if _name_in(line) not in changes]
    new = "".join(f"{line}\n" for line in [*lines, *(f"{name} = {value}" for name, value in added.items())])
    expected = values | tomllib.loads("\n".join(f"{name} = {value}" for name, value in added.items()))
    if not _says(new, expected):  # values over several lines: comments go, the settings stay
        new = "".join(f"{name} = {_toml_value(value)}\n" for name, value in expected.items())
    with whole(file.resolve()) as temporary:
        temporary.write_text(new, "utf-8")
    settings.cache_clear()
    return settings()


def _checked(changes: dict[str, Any]) -> Settings:
    try:
        return Settings(**changes)
    except ValidationError as error:
        first: Any = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"Setting {name} ({_PREFIX}{name.upper()} or {config_file()}): {first['msg']}, got {first['input']!r}."
        ) from None
    except InputError as error:
        raise SettingsError(str(error)) from None


def _in_file() -> dict[str, Any]:
    """Content of the settings file; empty where there is none.

    Raises:
        InputError: it cannot be read, or is no TOML.
    """
    file = config_file()
    if _NO_HOME in file.parents:
        return {}
    return read_toml(file, _EXPECTED) if os.path.exists(file) else {}  # noqa: PTH110  False where a folder above is closed to us


def _name_in(line: str) -> str | None:
    """The setting that a line of the file gives a value."""
    match = re.match(r"""\s*["']?([A-Za-z_]+)["']?\s*=""", line)
    return match[1] if match else None


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _says(text: str, expected: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == expected
    except tomllib.TOMLDecodeError:
        return False
