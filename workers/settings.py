"""The settings of samnao, and the only place that reads the environment (``SAMNAO_…``)."""

from __future__ import annotations

import difflib
import os
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ocr.open import Limits
from workers.errors import SettingsError
from workers.machine import cores

PREFIX = "SAMNAO_"


class Settings(BaseSettings):
    """Every setting has a default; ``SAMNAO_JOBS=4`` in the environment overrides `jobs`, and so on."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, env_ignore_empty=True)

    jobs: int = Field(
        default_factory=cores, ge=1, le=1024, description="pages read at one time; one per core"
    )
    language: str | None = Field(
        default=None,
        pattern=r"^[\w/]+(\+[\w/]+)*$",
        description="Tesseract's models to read with, as in tha+eng (default: samnao's own choice)",
    )
    tessdata: Path | None = Field(
        default=None, description="folder of Tesseract's models (default: samnao's own, then Tesseract's)"
    )
    forms: Path | None = Field(default=None, description="folder of further form definitions (*.toml)")
    accept: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="confidence from which a field is accepted (default: samnao's own choice)",
    )
    max_bytes: int = Field(default=Limits().max_bytes, ge=1, description="largest scan file, in bytes")
    max_pages: int = Field(default=Limits().max_pages, ge=1, description="most pages in one scan")
    max_pixels: int = Field(default=Limits().max_pixels, ge=1, description="most pixels on one page")
    page_seconds: float = Field(default=300, gt=0, description="time limit for one page, in seconds")
    page_megabytes: float = Field(
        default=2000, ge=100, description="memory limit for one page, Tesseract included, in MB"
    )
    data: Path = Field(
        default=Path("samnao-data"), description="folder of the service: its database, scans and work files"
    )
    database: str | None = Field(
        default=None, description="database URL, SQLite or PostgreSQL (default: samnao.db in the data folder)"
    )
    blobs: str | None = Field(
        default=None,
        description="where scans and pictures are kept: a folder or s3://… (default: blobs in the data folder)",
    )
    broker: str | None = Field(
        default=None,
        description="Celery's broker, RabbitMQ or Redis by URL (default: an embedded one in the data folder)",
    )


def load_settings() -> Settings:
    """The settings as the environment says; SettingsError names the wrong variable and what it may be."""
    known = sorted(name.upper() for name in Settings.model_fields)
    for name in os.environ:
        rest = name.upper().removeprefix(PREFIX)
        if name.upper().startswith(PREFIX) and rest not in known:
            close = difflib.get_close_matches(rest, known, 1)
            all_names = ", ".join(PREFIX + one for one in known)
            hint = f"did you mean {PREFIX}{close[0]}?" if close else f"known are {all_names}"
            raise SettingsError(f"{name} is no setting of samnao; {hint}")
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        described = Settings.model_fields[field].description
        raise SettingsError(f"{PREFIX}{field.upper()}: {first['msg']}; it is the {described}") from error
