"""The container files name only commands, settings, packages and files that exist. (They are not built here.)"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from typer.core import TyperGroup

from workers import cli
from workers.settings import PREFIX, Settings, load_settings
from workers.settings import Settings as KnownSettings
from workers.web.app import create_app

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "docker/Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker/compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"] == "samnao"}
EXAMPLE = (ROOT / "docker/compose.env.example").read_text(encoding="utf-8")
NAMES = {f"{PREFIX}{name.upper()}" for name in KnownSettings.model_fields}


def instructions(name: str) -> list[str]:
    """The arguments of all instructions of this name, lines joined."""
    joined = re.sub(r"\\\n\s*", " ", re.sub(r"(?m)^#.*\n", "", DOCKERFILE))
    return [line.removeprefix(name).strip() for line in joined.splitlines() if line.startswith(f"{name} ")]


def filled(value: str) -> str:
    """A value of the compose file with its variables: the default of each, or a password."""
    return re.sub(r"\$\{\w+(?::-([^}]*)|:\?[^}]*)\}", lambda found: found.group(1) or "secret", value)


def parsed(arguments: list[str]) -> None:
    """Fails where samnao has no such command, or the command no such options."""
    group = typer.main.get_command(cli.app)
    assert isinstance(group, TyperGroup)
    command = group.commands[arguments[0]]
    command.make_context(arguments[0], list(arguments[1:]))


def test_every_role_is_there() -> None:
    assert OURS.keys() == {"web", "worker", "sweep"}


@pytest.mark.parametrize("name", OURS)
def test_commands_exist(name: str) -> None:
    parsed(OURS[name]["command"])


@pytest.mark.parametrize("name", OURS)
def test_settings_exist_and_are_good(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {key: filled(str(value)) for key, value in OURS[name]["environment"].items()}
    assert {key for key in given if key.startswith(PREFIX)} <= NAMES
    for key, value in given.items():
        monkeypatch.setenv(key, value)
    settings = load_settings()
    assert settings.database is not None
    assert settings.database.startswith("postgresql://samnao:secret@database/")
    assert settings.broker == "amqp://samnao:secret@broker//"
    assert settings.blobs == "s3://samnao?endpoint=http://store:7070"


def test_passwords_are_asked_for_and_never_written_down() -> None:
    text = (ROOT / "docker/compose.yaml").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\$\{(\w+)", text))
    assert wanted == set(re.findall(r"(?m)^(\w+)=", EXAMPLE))
    for name in (one for one in wanted if one.endswith("PASSWORD")):
        assert re.search(rf"(?m)^{name}=$", EXAMPLE)
        assert not re.search(rf"\$\{{{name}(?!:\?)", text), "there must be no default"


def test_hosts_and_volumes_are_those_of_the_services() -> None:
    for name, one in SERVICES.items():
        assert set(one.get("depends_on", ())) <= SERVICES.keys(), name
        for volume in one.get("volumes", ()):
            source, colon, _ = volume.partition(":")
            assert not colon or source in COMPOSE["volumes"], volume
    text = " ".join(map(str, OURS["worker"]["environment"].values()))
    for host in ("database", "broker", "store"):
        assert re.search(rf"[@/]{host}[:/]", text), host
        assert host in SERVICES
    assert SERVICES["store"]["environment"]["VGW_PORT"] == ":7070"


def test_there_is_time_to_drain() -> None:
    seconds = int(OURS["worker"]["stop_grace_period"].removesuffix("s"))
    assert seconds > Settings().drain_seconds


def test_containers_run_with_little_rights() -> None:
    for one in OURS.values():
        assert one["read_only"]
        assert one["cap_drop"] == ["ALL"]
        assert one["tmpfs"] == ["/tmp"]
    assert instructions("USER") == ["samnao"]
    assert "useradd --system --uid 10001" in DOCKERFILE


def test_the_image_names_what_exists() -> None:
    (entry,) = instructions("ENTRYPOINT")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert yaml.safe_load(entry) == list(project["scripts"])
    (command,) = instructions("CMD")
    parsed(yaml.safe_load(command))
    for copied in (one for one in instructions("COPY") if not one.startswith("--from")):
        for source in copied.split()[:-1]:
            assert (ROOT / source).exists(), source
    (environment,) = instructions("ENV")
    given = dict(pair.split("=", 1) for pair in environment.split())
    assert {key for key in given if key.startswith(PREFIX)} <= NAMES
    assert instructions("EXPOSE") == [given["SAMNAO_PORT"]]
    assert instructions("VOLUME") == [given["SAMNAO_DATA"]]


def test_health_checks_ask_addresses_that_exist() -> None:
    paths = set(create_app(Settings()).openapi()["paths"])
    text = DOCKERFILE + str(OURS["web"]["healthcheck"])
    asked = set(re.findall(r"http://127\.0\.0\.1:[^/]+(/\w+)", text))
    assert asked == {"/healthz", "/readyz"}
    assert asked <= paths
    assert all(OURS[name]["healthcheck"]["disable"] for name in ("worker", "sweep"))


def test_packages_are_those_of_the_list() -> None:
    """What runs is installed from the list itself, and only the list."""
    runs = instructions("RUN")
    assert sum("apt-get install" in run for run in runs) == 2
    assert "apt-get install -y --no-install-recommends ca-certificates python3-venv" in runs[0]
    assert "grep -v '^#' /tmp/packages.txt | xargs apt-get install -y --no-install-recommends" in runs[-1]
    listed = (ROOT / "docker/packages.txt").read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("#") or re.fullmatch(r"[a-z0-9.+-]+", line) for line in listed)
    assert {"tesseract-ocr", "tesseract-ocr-tha", "python3-venv"} <= set(listed)


def pins(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"(?m)^([a-z0-9-]+)==([^ ;\\]+)", path.read_text(encoding="utf-8")):
        found.setdefault(name, set()).add(version)
    return found


def test_the_image_has_the_versions_that_were_tested() -> None:
    all_, image = pins(ROOT / "requirements.lock"), pins(ROOT / "docker/requirements.lock")
    assert {name: versions for name, versions in image.items() if not versions <= all_.get(name, set())} == {}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[\[<>=~! ]", one)[0].lower() for one in project["dependencies"]}
    assert needed <= image.keys(), "make docker/requirements.lock anew: make lock"
    assert not image.keys() & {"pytest", "playwright", "schemathesis", "scikit-learn"}


def test_what_the_build_copies_is_sent_to_it() -> None:
    allowed = (ROOT / "docker/Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for copied in (one for one in instructions("COPY") if not one.startswith("--from")):
        for source in copied.split()[:-1]:
            assert f"!{source}" in allowed, source
