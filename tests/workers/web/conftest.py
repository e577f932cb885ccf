"""A service on SQLite and a folder, with people and keys of each role, and the application on it."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from starlette.testclient import TestClient

from workers.blobs import open_blobs
from workers.service import Service
from workers.settings import Settings
from workers.store import people
from workers.store.connect import migrate, open_engine, transaction
from workers.store.people import ROLES, Role
from workers.store.queue import Bell
from workers.web.app import create_app

PASSWORD = "สี่คำ ยาวพอ จำง่าย"


@dataclass(slots=True)
class Bells:
    """Stands in for the queue: keeps what was rung."""

    rung: list[Bell] = field(default_factory=list)

    def __call__(self, bells: Sequence[Bell]) -> None:
        self.rung += bells


@dataclass(frozen=True, slots=True)
class World:
    """A service with a user (named as the role) and a key for each role."""

    service: Service
    bells: Bells
    keys: dict[Role, str]

    def bearer(self, role: Role) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[role]}"}


def make_world(settings: Settings) -> World:
    engine = open_engine(settings.database, settings.data)
    migrate(engine)
    with transaction(engine) as session:
        for role in ROLES:
            people.add_user(session, role, PASSWORD, role, now=time.time())
        keys = {role: people.add_key(session, f"{role} key", role, now=time.time()) for role in ROLES}
    bells = Bells()
    return World(Service(settings, engine, open_blobs(settings.blobs, settings.data), bells), bells, keys)


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 as quick as it can be: tests sign in often."""
    monkeypatch.setattr(people, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", min_free_bytes=0)


@pytest.fixture
def world(settings: Settings, cheap_hashes: None) -> Iterator[World]:
    world = make_world(settings)
    yield world
    world.service.close()


@pytest.fixture
def app(world: World) -> FastAPI:
    return create_app(world.service.settings, world.service)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False) as client:
        yield client


def token_in(page: str) -> str:
    """The token that the first form of a page carries."""
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found.group(1)


def sign_in(client: TestClient, role: str, next_: str = "/") -> None:
    token = token_in(client.get("/sign-in").text)
    answer = client.post("/sign-in", data={"name": role, "password": PASSWORD, "csrf": token, "next": next_})
    assert (answer.status_code, answer.headers["location"]) == (303, next_)
