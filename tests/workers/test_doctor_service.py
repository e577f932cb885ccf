"""`samnao doctor` asks database, broker and blob store, and says what to do where one does not answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fixtures import Bucket
from workers.doctor_service import examine
from workers.settings import Settings


def found(settings: Settings) -> dict[str, tuple[str, str | None]]:
    return {subject: (what, remedy) for subject, what, remedy in examine(settings)}


def test_a_machine_without_the_service_has_no_problem(tmp_path: Path) -> None:
    said = found(Settings(data=tmp_path))
    assert "not in use" in said["service"][0]
    assert not any(remedy for _, remedy in said.values())


def test_one_machine(tmp_path: Path) -> None:
    (tmp_path / "samnao.db").touch()
    said = found(Settings(data=tmp_path))
    assert said["database"] == ("SQLite: answers; 0 documents under way, 0 set aside", None)
    assert said["broker"] == ("embedded: answers; messages waiting: 0 in pages, 0 in documents", None)
    assert said["blob store"] == ("folder: keeps what it is given", None)


def test_real_servers(tmp_path: Path, postgres_url: str, redis_url: str, s3: Bucket) -> None:
    settings = Settings(data=tmp_path, database=postgres_url, broker=redis_url, blobs=f"s3://{s3.name}")
    assert not any(remedy for _, remedy in found(settings).values())


@pytest.mark.parametrize(
    ("name", "value", "subject"),
    [
        ("database", "postgresql://samnao:geheim@127.0.0.1:1/samnao", "database"),
        ("broker", "amqp://samnao:geheim@127.0.0.1:1//", "broker"),
        ("broker", "redis://:geheim@127.0.0.1:1/0", "broker"),
    ],
)
def test_what_does_not_answer_is_named_without_its_password(
    tmp_path: Path, name: str, value: str, subject: str
) -> None:
    what, remedy = found(Settings.model_validate({"data": tmp_path, name: value}))[subject]
    assert remedy is not None
    assert f"SAMNAO_{name.upper()}" in remedy
    assert "geheim" not in what + remedy
