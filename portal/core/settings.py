"""Every setting of an installation; the only module that reads the environment (names start with SALA_)."""

import os
from pathlib import Path

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Handed to `create_app` and the commands; nothing is read at import time."""

    model_config = SettingsConfigDict(env_prefix="SALA_", extra="ignore", populate_by_name=True)

    data_dir: Path = Field(Path("var"), description="Database, stored files, index and caches live here.")
    database_url: str = Field("", description="SQLAlchemy address; empty means SQLite in the data folder.")
    # Hosting services say where to listen by a variable of this name, without a prefix.
    port: int = Field(
        8000,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("PORT", "SALA_PORT"),
        description="Where the portal listens; PORT without the prefix.",
    )
    base_url: str = Field("http://127.0.0.1:8000", description="The address people see, used in mails.")
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Proxies (addresses or networks, with commas) whose X-Forwarded-For is believed.",
    )
    portal_name: str = Field("Sala", description="Shown in the header and in mails.")
    is_demonstration: bool = Field(False, description="Shows the banner that everything is invented.")

    search_url: str = Field("", description="Meilisearch address; empty means the embedded index.")
    search_key: SecretStr = Field(SecretStr(""), description="Meilisearch key.")
    search_index: str = Field("sala", description="Name of the Meilisearch index.")

    mail_url: str = Field("", description="smtp://user:password@host:587; empty writes .eml files.")
    mail_from: str = Field("sala@localhost", description="The address mails come from.")

    session_days: int = Field(14, ge=1, le=365, description="A sign-in ends after this many days.")
    maximum_upload_bytes: int = Field(200 * 2**20, ge=1, description="Largest file accepted.")
    maximum_files: int = Field(50, ge=1, description="Most files in one upload.")
    maximum_request_bytes: int = Field(
        500 * 2**20, ge=2**21, description="Most that one upload may send, all its files together."
    )
    reading_seconds: int = Field(60, ge=1, description="Wall-clock limit for reading one file.")
    reading_memory_bytes: int = Field(1 << 30, ge=1 << 27, description="Memory limit for reading one file.")

    @property
    def database_address(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'sala.db'}"

    @property
    def files_folder(self) -> Path:
        return self.data_dir / "files"

    @property
    def index_file(self) -> Path:
        return self.data_dir / "search.db"

    @property
    def mail_folder(self) -> Path:
        return self.data_dir / "mail"

    @property
    def cache_folder(self) -> Path:
        return self.data_dir / "cache"

    @property
    def uses_https(self) -> bool:
        return self.base_url.startswith("https://")


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment in which a process started from here finds these very settings."""
    given = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        given[f"SALA_{name.upper()}"] = (
            value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        )
    return {**os.environ, **given, "PORT": str(settings.port)}
