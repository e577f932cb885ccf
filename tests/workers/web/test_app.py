"""What stands around every request: ids, headers of safety, errors, health, the log."""

from __future__ import annotations

import io
import json
import logging
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests.workers.web.conftest import World
from workers.logs import set_up_logs
from workers.service import Service
from workers.web import health
from workers.web.app import create_app
from workers.web.middleware import SAFETY


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    set_up_logs("info", stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def broken(app: FastAPI) -> FastAPI:
    @app.get("/broken/{number}")
    def fails(number: int) -> None:
        raise ValueError("นายมานะ ใจดี 0812345678")

    @app.get("/full")
    def full() -> None:
        raise OSError(28, "No space left on device")

    return app


def test_every_answer_carries_the_headers_of_safety(client: TestClient) -> None:
    for path in ("/healthz", "/nothing", "/sign-in", "/static/nothing.css"):
        answer = client.get(path)
        assert SAFETY.items() <= {key.title(): value for key, value in answer.headers.items()}.items() or all(
            answer.headers[name] == value for name, value in SAFETY.items()
        )
    assert "unsafe" not in SAFETY["Content-Security-Policy"]
    assert client.get("/sign-in").headers["cache-control"] == "no-store"


def test_pages_hold_neither_script_nor_style(client: TestClient) -> None:
    page = client.get("/sign-in").text
    assert not re.search(r"<script(?![^>]* src=\"/static/)", page)
    assert "style=" not in page
    assert "<style" not in page


def test_an_id_is_taken_over_or_made(client: TestClient) -> None:
    assert (
        client.get("/healthz", headers={"X-Request-ID": "from-proxy.1"}).headers["x-request-id"]
        == "from-proxy.1"
    )
    for odd in ("a b", "x" * 65, "<script>"):
        made = client.get("/healthz", headers={"X-Request-ID": odd}).headers["x-request-id"]
        assert len(made) == 16


def test_what_is_not_there(client: TestClient) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["code"], body["status"], body["type"]) == ("not_found", 404, "urn:samnao:problem:not_found")
    assert body["remedy"]
    assert body["request"] == answer.headers["x-request-id"]
    page = client.get("/nothing", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert client.post("/healthz").status_code == 405


def test_the_unforeseen_tells_nothing_but_its_place(
    broken: FastAPI, client: TestClient, logged: io.StringIO
) -> None:
    answer = client.get("/broken/7", params={"name": "มานะ"})
    assert (answer.status_code, answer.json()["code"]) == (500, "unforeseen")
    lines = [json.loads(line) for line in logged.getvalue().splitlines()]
    (line,) = [one for one in lines if one["event"] == "request"]
    assert line["error"].startswith("ValueError at test_app.py:")
    assert (line["route"], line["number"], line["status"]) == ("/broken/{number}", "7", 500)
    assert line["request"] == answer.headers["x-request-id"]
    assert "มานะ" not in logged.getvalue()
    assert "0812345678" not in logged.getvalue()


def test_the_log_names_actors_by_number(client: TestClient, world: World, logged: io.StringIO) -> None:
    client.post("/sign-out", headers=world.bearer("review"))
    line = json.loads(logged.getvalue().splitlines()[-1])
    assert line["actor"] == "key:2"
    assert line["level"] == "info"


def test_records_of_other_libraries_are_cut(logged: io.StringIO) -> None:
    try:
        int("นายมานะ")
    except ValueError:
        logging.getLogger("some.library").exception("first line %s\nsecond line", "x" * 500)
    line = json.loads(logged.getvalue())
    assert line["error"].startswith("ValueError at test_app.py:")
    assert len(line["event"]) == 200
    assert "มานะ" not in logged.getvalue()


def test_a_full_disk(broken: FastAPI, client: TestClient) -> None:
    answer = client.get("/full")
    assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")


def test_bodies_that_are_no_upload_are_small(client: TestClient) -> None:
    answer = client.post(
        "/sign-in",
        content=b"name=" + b"a" * 1_000_001,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "upload_too_large")


def test_wrong_fields_are_named_but_never_repeated(client: TestClient) -> None:
    answer = client.post("/sign-in", data={"name": "n" * 201, "password": "secret word"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "body.name"
    assert "nnnn" not in answer.text
    assert "secret" not in answer.text


def test_health_and_readiness(client: TestClient, world: World) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready", "parts": {"database": "ok", "blobs": "ok"}}


def test_without_its_database_it_lives_but_is_not_ready(client: TestClient, world: World) -> None:
    world.service.engine.dispose()
    folder = world.service.settings.data
    folder.rename(folder.with_name("gone"))
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.json()["errors"][0]["where"] == "database"
    answer = client.get("/api/v1/submissions", headers=world.bearer("submit"))
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.headers["retry-after"] == "5"


def test_what_hangs_is_not_ready_and_takes_one_thread(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PATIENCE_SECONDS", 0.05)
    end, looks = threading.Event(), []

    class Hanging:
        def exists(self, sha256: str) -> bool:
            looks.append(sha256)
            return end.wait(60)

    hanging: Any = Hanging()
    service = Service(world.service.settings, world.service.engine, hanging, world.service.ring)
    with TestClient(create_app(service.settings, service)) as client:
        try:
            assert [client.get("/readyz").status_code for _ in range(3)] == [503, 503, 503]
            assert len(looks) == 1
        finally:
            end.set()


def test_more_requests_than_can_be_answered_at_one_time(app: FastAPI, world: World) -> None:
    from workers.web.middleware import Around

    around = next(
        one for one in app.user_middleware if isinstance(one.cls, type) and issubclass(one.cls, Around)
    )
    around.kwargs["most"] = 0
    with TestClient(app) as client:
        answer = client.get("/sign-in")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
        assert answer.headers["retry-after"] == "5"
        assert client.get("/healthz").status_code == 200
