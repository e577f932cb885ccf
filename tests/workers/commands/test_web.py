"""The commands user and key."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workers import cli
from workers.store import people
from workers.store.connect import open_engine, reading

PASSWORD = "สี่คำ ยาวพอ จำง่าย"


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAMNAO_DATA", str(tmp_path))
    return tmp_path


def samnao(*arguments: str, given: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli.app, list(arguments), input=given)
    return result.exit_code, result.stdout, str(result.exception or "")


def test_the_first_admin_and_what_follows(data: Path) -> None:
    status, said, _ = samnao(
        "user", "add", "มานี", "--role", "admin", "--password-stdin", given=f"{PASSWORD}\n"
    )
    assert (status, said) == (0, "มานี may sign in, role admin\n")
    assert PASSWORD not in said
    samnao("user", "add", "ปิติ", "--password-stdin", "--language", "en", given=f"{PASSWORD}\n")
    samnao("user", "role", "ปิติ", "submit")
    samnao("user", "disable", "ปิติ")
    assert samnao("user", "list")[1] == "ปิติ  submit  shut out\nมานี  admin\n"
    samnao("user", "enable", "ปิติ")
    assert samnao("user", "password", "ปิติ", "--password-stdin", given="another long one\n")[0] == 0
    engine = open_engine(None, data)
    found = people.sign_in(engine, "ปิติ", "another long one", address="x", now=time.time(), seconds=60)
    engine.dispose()
    assert isinstance(found, tuple)
    assert found[1].person.language == "en"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("user", "add", "a", "--role", "king", "--password-stdin"), "no role king"),
        (("user", "add", "a", "--language", "fr", "--password-stdin"), "th or en"),
        (("user", "role", "nobody", "admin"), "user list"),
        (("key", "add", "a", "--role", "king"), "no role king"),
        (("key", "revoke", "a"), "key list"),
    ],
)
def test_what_is_wrong_is_said(arguments: tuple[str, ...], message: str) -> None:
    status, _, error = samnao(*arguments, given=f"{PASSWORD}\n")
    assert status != 0
    assert message in error


def test_a_short_password() -> None:
    assert "10 to" in samnao("user", "add", "a", "--password-stdin", given="short\n")[2]


def test_a_key_is_printed_once(data: Path) -> None:
    command = [sys.executable, "-m", "workers.cli", "key", "add", "scanner", "--role", "submit"]
    made = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    key = made.stdout.strip()
    assert made.stdout == f"{key}\n"
    assert "cannot be shown again" in made.stderr
    assert samnao("key", "list")[1] == "scanner  submit  never used\n"
    engine = open_engine(None, data)
    with reading(engine) as session:
        assert people.find_key(session, key) is not None
    engine.dispose()
    samnao("key", "revoke", "scanner")
    assert samnao("key", "list")[1] == "scanner  submit  never used  revoked\n"
