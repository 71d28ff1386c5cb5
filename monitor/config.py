"""Our settings, from environment and file, read once at the edge and passed in.

`monitor.toml` in the working directory (or the file named by ``MONITOR_CONFIG``) sets them; a variable
``MONITOR_<NAME>`` wins over the file. Scrapy's own settings live in `settings.py`.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from monitor.mistake import MistakeError

#: The zone in which people plan and read; the database holds UTC.
SHANGHAI = ZoneInfo("Asia/Shanghai")


class ConfigError(MistakeError):
    """The settings cannot be used; the message names the file or variable, the field and the mend."""


class Settings(BaseSettings):
    """Every knob of the product, with its unit and its default."""

    model_config = SettingsConfigDict(env_prefix="MONITOR_", extra="forbid", frozen=True)

    #: SQLAlchemy URL. SQLite (WAL) by default; ``postgresql+psycopg://…`` for PostgreSQL.
    database_url: str = "sqlite:///var/monitor.db"
    #: Folder that lists and letters are written to.
    exports_dir: Path = Path("exports")
    #: Folder of campaign plans.
    schedules_dir: Path = Path("schedules")
    #: Folder of site profiles of one's own, beside the shipped ones.
    sites_dir: Path = Path("sites")
    #: A file of one's own in place of the shipped `leads/sampling/sampling_terms.yaml`.
    sampling_terms: Path | None = None
    #: A file of one's own in place of the shipped `leads/referral/lead_terms.yaml`.
    lead_terms: Path | None = None
    #: Folder of preserved responses.
    evidence_dir: Path = Path("var/evidence")
    #: Folder of crawl logs.
    log_dir: Path = Path("var/log")
    #: Rule file of alerts; without it nobody is told of anything.
    alerts_file: Path = Path("alerts.yaml")
    #: How we introduce ourselves to a site. Name the bureau and a contact before crawling in earnest.
    user_agent: str = "monitor/0.1 (product safety monitoring; set MONITOR_USER_AGENT to name the bureau)"
    #: Risk from which a listing is a suspect, 0–1 (DESIGN: classification, step 7).
    suspect_threshold: float = Field(default=0.5, ge=0, le=1)
    #: Score from which a listing that came up after a takedown is linked with the one that is gone, 0–1.
    relisting_threshold: float = Field(default=0.5, ge=0, le=1)
    #: Share of unsuspicious search rows whose detail page is fetched all the same, 0–1.
    detail_sample: float = Field(default=0.1, ge=0, le=1)
    #: Seconds that one page may take to come.
    download_timeout: float = Field(default=30.0, gt=0)
    #: Seconds that a crawl waits when a site asks it to (Retry-After); who asks for more is left alone.
    longest_wait: float = Field(default=120.0, ge=0)
    #: Seconds after which the lease of a crawler that fell silent expires.
    lease_seconds: float = Field(default=60.0, gt=0)
    #: Seconds a database statement waits for a lock before it gives up.
    database_timeout: float = Field(default=30.0, gt=0)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        del dotenv_settings, file_secret_settings
        file = TomlConfigSettingsSource(settings_cls, toml_file=_config_file())
        return init_settings, env_settings, file


def load(**overrides: Any) -> Settings:  # noqa: ANN401 - whatever the fields take
    """Read the settings.

    Raises:
        ConfigError: the file is no TOML, or a field has an unknown name or a value out of range.

    """
    named = os.environ.get("MONITOR_CONFIG")
    if named and not Path(named).is_file():
        raise ConfigError(f"MONITOR_CONFIG names {named}, which is not there: create it or unset it")
    try:
        return Settings(**overrides)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{_config_file()}: not valid TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"setting {where!r} ({_config_file()} or MONITOR_{where.upper()}): {first['msg']}"
        ) from None


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment in which a child process reads these same settings."""
    fields = settings.model_dump(mode="json")
    stated = {f"MONITOR_{name.upper()}": str(value) for name, value in fields.items() if value is not None}
    return {**os.environ, **stated}


def _config_file() -> Path:
    return Path(os.environ.get("MONITOR_CONFIG", "monitor.toml"))
