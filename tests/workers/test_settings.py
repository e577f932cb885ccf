"""Settings from the environment, and what is said about wrong ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.errors import SettingsError
from workers.machine import cores
from workers.settings import Settings, load_settings


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
