"""The settings of samnao, and the only place that reads the environment (``SAMNAO_…``) and the settings file.

The file is TOML: ``samnao.toml`` in the working folder, or the one that SAMNAO_CONFIG names. What is set in the environment
overrides it.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ocr.open import Limits
from workers.errors import SettingsError
from workers.machine import cores

PREFIX = "SAMNAO_"
CONFIG = "SAMNAO_CONFIG"
FILE = Path("samnao.toml")


class Settings(BaseSettings):
    """Every setting has a default; ``jobs = 4`` in the file or ``SAMNAO_JOBS=4`` in the environment overrides it."""

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
    look_seconds: float = Field(
        default=20, gt=0, description="longest time in which a scan must open before it is taken, in seconds"
    )
    look_megabytes: float = Field(
        default=1000, ge=100, description="most memory that opening a scan may need before it is taken, in MB"
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
    lease_seconds: float = Field(
        default=60, ge=1, description="time after which the work of a silent worker is given to another"
    )
    tries: int = Field(default=3, ge=1, description="tries after which a page or document is set aside")
    retry_seconds: float = Field(
        default=5, ge=0, description="wait before the second try; twice as long before each further one"
    )
    sweep_seconds: float = Field(
        default=10, gt=0, description="time between two looks for work that a broker or worker lost"
    )
    ring_seconds: float = Field(
        default=60, ge=0, description="time after which waiting work is announced to the workers again"
    )
    bells: int = Field(
        default=1000,
        ge=1,
        description="most messages of a kind in the broker at one time; the rest waits in the database",
    )
    orphan_hours: float = Field(
        default=1, ge=0, description="age from which a kept file that nothing refers to is removed"
    )
    work_megabytes: float = Field(
        default=4000, ge=0, description="room for the work files of documents under way, in MB"
    )
    picture_pixels: int = Field(
        default=2200, ge=200, description="longest side of the picture of a page that is kept for checking"
    )
    server: str | None = Field(
        default=None,
        pattern=r"^https?://[^/\s]+(/[^\s?#]*)?$",
        description="address of another machine's samnao, which samnao submit and samnao scan send to (default: this one)",
    )
    key: SecretStr | None = Field(default=None, description="API key for that machine")
    picture_quality: int = Field(default=80, ge=1, le=100, description="JPEG quality of these pictures")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it stands: `source` is default, the name of the file, or the name of the variable."""

    name: str
    value: str
    source: str
    description: str


def load_settings() -> Settings:
    """The settings as file and environment say; SettingsError names what is wrong there and what it may be."""
    _check_names(
        (name.upper().removeprefix(PREFIX) for name in os.environ if _ours(name)), PREFIX, "", str.upper
    )
    path = config_file()
    read = _read(path) if path else {}
    if path:
        _check_names(read, "", f"{path}: ", str.lower)
    given = {name: value for name, value in read.items() if not _variable(name)}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0])
        described = Settings.model_fields[field].description
        where = f"{path}: {field}" if field in given else f"{PREFIX}{field.upper()}"
        raise SettingsError(f"{where}: {first['msg']}; it is the {described}") from error


def described(settings: Settings) -> list[Setting]:
    """Every setting with its value, as people may see it, and where the value comes from."""
    path = config_file()
    read = _read(path) if path else {}
    return [
        Setting(
            name,
            masked(str(value)) if (value := getattr(settings, name)) is not None else "",
            _variable(name) or (str(path) if name in read else "default"),
            field.description or "",
        )
        for name, field in Settings.model_fields.items()
    ]


def masked(text: str) -> str:
    """`text` without the passwords of the URLs in it."""
    return re.sub(r"(://[^:@/\s]*):[^\s]*@", r"\1:***@", text)


def config_file() -> Path | None:
    """The settings file, where there is one; SettingsError where SAMNAO_CONFIG names none."""
    named = os.environ.get(CONFIG)
    if named:
        if not Path(named).is_file():
            raise SettingsError(f"{CONFIG}: there is no file {named}; correct the variable or make the file")
        return Path(named)
    return FILE if FILE.is_file() else None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}; it is to be a TOML file with lines like jobs = 2") from error


def _ours(name: str) -> bool:
    return name.upper().startswith(PREFIX) and name.upper() != CONFIG


def _variable(name: str) -> str | None:
    """The variable of the environment that sets `name`; an empty one sets nothing."""
    return next((one for one in os.environ if one.upper() == PREFIX + name.upper() and os.environ[one]), None)


def _check_names(names: Iterable[str], prefix: str, where: str, case: Any) -> None:
    known = sorted(case(name) for name in Settings.model_fields)
    for name in names:
        if name not in known:
            close = difflib.get_close_matches(name, known, 1)
            every = ", ".join(prefix + one for one in known)
            hint = f"did you mean {prefix}{close[0]}?" if close else f"known are {every}"
            raise SettingsError(f"{where}{prefix}{name} is no setting of samnao; {hint}")
