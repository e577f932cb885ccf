"""Settings from the environment, and what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.errors import SettingsError
from workers.machine import cores
from workers.settings import Settings, described, load_settings, masked


def test_every_setting_has_a_default_and_a_description() -> None:
    settings = load_settings()
    assert settings.jobs == cores()
    assert all(field.description for field in Settings.model_fields.values())


def test_the_environment_overrides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAMNAO_JOBS", "7")
    monkeypatch.setenv("SAMNAO_FORMS", "/some/where")
    settings = load_settings()
    assert (settings.jobs, settings.forms) == (7, Path("/some/where"))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("SAMNAO_JOBS", "many", "SAMNAO_JOBS: .*pages read at one time"),
        ("SAMNAO_JOBS", "0", "SAMNAO_JOBS"),
        ("SAMNAO_ACCEPT", "95", "SAMNAO_ACCEPT"),
        ("SAMNAO_LANGUAGE", "tha; rm", "SAMNAO_LANGUAGE"),
        ("SAMNAO_PAGE_SECOND", "3", "did you mean SAMNAO_PAGE_SECONDS"),
        ("SAMNAO_XYZZY", "3", "known are SAMNAO_ACCEPT"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=message):
        load_settings()


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SAMNAO_CONFIG", raising=False)
    return tmp_path


def test_the_file_lies_beneath_the_environment(in_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (in_folder / "samnao.toml").write_text('jobs = 3\naccept = 0.5\nbroker = "amqp://a:geheim@host//"\n')
    monkeypatch.setenv("SAMNAO_JOBS", "7")
    monkeypatch.setenv("SAMNAO_ACCEPT", "")
    settings = load_settings()
    assert (settings.jobs, settings.accept) == (7, 0.5)
    said = {one.name: one for one in described(settings)}
    assert (said["jobs"].source, said["accept"].source, said["tries"].source) == (
        "SAMNAO_JOBS",
        "samnao.toml",
        "default",
    )
    assert said["broker"].value == "amqp://a:***@host//"


def test_another_file_may_be_named(in_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (in_folder / "samnao.toml").write_text("jobs = 3\n")
    (in_folder / "other.toml").write_text("jobs = 4\n")
    monkeypatch.setenv("SAMNAO_CONFIG", "other.toml")
    assert load_settings().jobs == 4
    monkeypatch.setenv("SAMNAO_CONFIG", "none.toml")
    with pytest.raises(SettingsError, match=r"SAMNAO_CONFIG: there is no file none\.toml"):
        load_settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("job = 3", "samnao.toml: job is no setting of samnao; did you mean jobs?"),
        ("[web]\nport = 3", "samnao.toml: web is no setting"),
        ("jobs = 0", "samnao.toml: jobs: .*pages read at one time"),
        ("jobs =", "samnao.toml: .*TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named(in_folder: Path, text: str, message: str) -> None:
    (in_folder / "samnao.toml").write_text(text)
    with pytest.raises(SettingsError, match=message):
        load_settings()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://samnao:p@ss/w:rd@host/db", "postgresql://samnao:***@host/db"),
        ("redis://:geheim@host:6379/1", "redis://:***@host:6379/1"),
        ("sqlite:////var/lib/samnao.db", "sqlite:////var/lib/samnao.db"),
        ("s3://bucket/a?endpoint=http://host:9000", "s3://bucket/a?endpoint=http://host:9000"),
    ],
)
def test_passwords_in_urls_are_not_shown(url: str, shown: str) -> None:
    assert masked(url) == shown
