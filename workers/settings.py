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

    host: str = Field(
        default="127.0.0.1", description="address the web listens on; 0.0.0.0 for every network"
    )
    port: int = Field(default=8000, ge=0, le=65535, description="port the web listens on")
    proxies: str = Field(
        default="127.0.0.1",
        description="addresses of reverse proxies whose word on the client's address and on https is believed",
    )
    log_level: str = Field(
        default="info",
        pattern="^(debug|info|warning|error)$",
        description="how much is logged: debug, info, warning or error",
    )
    session_hours: float = Field(default=12, gt=0, le=744, description="hours until a person signs in again")
    upload_files: int = Field(default=500, ge=1, description="most files in one submission")
    upload_bytes: int = Field(
        default=2_000_000_000, ge=1, description="most bytes in one submission, all its files together"
    )
    upload_seconds: float = Field(
        default=3600, gt=0, description="longest time that one submission may take to arrive"
    )
    stall_seconds: float = Field(
        default=20,
        gt=0,
        description="longest time in which a client may send nothing in the middle of a request",
    )
    max_waiting: int = Field(
        default=100_000,
        ge=1,
        description="documents waiting from which on no more are taken (429, Retry-After)",
    )
    min_free_bytes: int = Field(
        default=1_000_000_000,
        ge=0,
        description="room on the disk of the data folder below which nothing is taken (507)",
    )
    max_requests: int = Field(
        default=200, ge=1, description="requests that one web process answers at one time"
    )
    drain_seconds: float = Field(
        default=30,
        ge=0,
        description="time that requests and pages under way have to end when samnao is told to stop",
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
