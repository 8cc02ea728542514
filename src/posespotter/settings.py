"""Settings of the machine and the user: environment variables (POSESPOTTER_*) over a TOML file over defaults."""

from functools import cache
from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from posespotter.errors import SettingsError


def config_file() -> Path:
    """Where the user's settings file is looked for."""
    return platformdirs.user_config_path("posespotter") / "settings.toml"


class Settings(BaseSettings):
    """What may differ from one machine to the next; choices of one run are options of its command."""

    model_config = SettingsConfigDict(env_prefix="POSESPOTTER_", extra="forbid", frozen=True)

    models: Path = Field(
        default_factory=lambda: platformdirs.user_cache_path("posespotter") / "models",
        description="folder that keeps downloaded models",
    )
    threads: int = Field(0, ge=0, le=256, description="CPU threads for the models; 0 means one for each core")
    max_image_megapixels: float = Field(100.0, gt=0, description="larger pictures are refused")
    stream_timeout_s: float = Field(10.0, gt=0, description="a stream silent for this long has ended")

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
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, config_file())


@cache
def settings() -> Settings:
    """The settings, read once a process.

    Raises:
        SettingsError: an environment variable or the settings file holds something that does not fit.
    """
    try:
        return Settings()
    except ValidationError as error:
        first: Any = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"Setting {name} (POSESPOTTER_{name.upper()} or {config_file()}): {first['msg']}, got {first['input']!r}."
        ) from None
    except (ValueError, OSError) as error:  # no TOML, no UTF-8, not to be read
        raise SettingsError(f"{config_file()} could not be read: expected TOML, got {error}.") from None
