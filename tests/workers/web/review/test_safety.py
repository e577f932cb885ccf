"""What must not happen: scripts in texts that run, forms of other sites that work, roles that may too much."""

from __future__ import annotations

import copy
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from postprocess.forms.model import Search
from tests.workers.web.conftest import World, sign_in, token_in
from tests.workers.web.review import stock
from tests.workers.web.review.conftest import Open, Site, at, saved, until
from workers.blobs import open_blobs
from workers.settings import Settings
from workers.store import history, keep, people, records, submissions
from workers.store.connect import reading, transaction
from workers.store.settle import Change, settle
from workers.store.submissions import Incoming

EVIL = "<script>window.hit=1</script>\"'><img src=x onerror=window.hit=1>{{7*7}}</textarea><b>"
ROLES = ("submit", "review", "admin")
OPEN = {
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/language"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
}
"""Routes for those who are not signed in."""
LEAST = {
    "/": "submit",
    "/upload": "submit",
    "/submissions/{submission_id}": "submit",
    "/sign-out": "submit",
    "/review": "review",
    "/review/next": "review",
    "/review/running": "review",
    "/records/{record_id}": "review",
    "/records/{record_id}/draft": "review",
    "/records/{record_id}/history": "review",
    "/records/{record_id}/history/{event_id}/undo": "review",
    "/records/{record_id}/hold": "review",
    "/records/{record_id}/release": "review",
    "/records/{record_id}/rows": "review",
    "/records/{record_id}/settle": "review",
    "/records/{record_id}/undo": "review",
    "/scans/{document_id}/{number}/{width}.jpg": "review",
    "/search": "review",
    "/dashboard": "review",
}


@pytest.fixture
def settings(tmp_path: Any) -> Settings:
    return Settings(data=tmp_path / "data", min_free_bytes=0, forms=stock.FORMS)


def pages_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every route for people: method and path."""

    def routes(router: Any) -> Iterator[APIRoute]:
        for route in router.routes:
            if isinstance(route, APIRoute):
                yield route
            elif hasattr(route, "original_router"):
                yield from routes(route.original_router)

    for route in routes(app):
        if not route.path.startswith(("/api/", "/metrics")):
            yield from ((method, route.path) for method in route.methods or () if method != "HEAD")


def filled(path: str) -> str:
    return re.sub(r"\{width\}", "900", re.sub(r"\{(?!width)\w+\}", "1", path))


def test_every_route_asks_for_its_role(app: FastAPI, world: World) -> None:
    found = set(pages_of(app))
    assert {path for method, path in found if (method, path) not in OPEN} == set(LEAST)
    for role in (None, *ROLES):
        with TestClient(app, follow_redirects=False) as client:
            token = ""
            if role is not None:
                sign_in(client, role)
                token = token_in(client.get("/upload").text)
            for method, path in sorted(found - OPEN):
                if path == "/sign-out":
                    continue
                answer = client.request(
                    method, filled(path), headers={"Accept": "application/json", "X-CSRF-Token": token}
                )
                may = role is not None and ROLES.index(role) >= ROLES.index(LEAST[path])
                said = f"{role} {method} {path}: {answer.status_code}"
                assert (answer.status_code not in (401, 403)) == may, said


def test_no_change_without_the_token_of_the_session(app: FastAPI, world: World) -> None:
    with TestClient(app, follow_redirects=False) as client:
        sign_in(client, "admin")
        for method, path in sorted(set(pages_of(app)) - OPEN):
            if method != "GET":
                for token in ({}, {"X-CSRF-Token": "wrong"}):
                    answer = client.request(method, filled(path), headers=token, json={})
                    assert answer.status_code == 403, path
        assert client.get("/review").status_code == 200  # still signed in


def evil_line() -> dict[str, Any]:
    """A record with a script in every text that there is."""
    line = copy.deepcopy(next(one for one in stock.lines() if one["source"] == "repair-request.pdf"))
    for field in line["fields"]:
        field["status"] = "review"
        field["raw"], field["text"] = EVIL, EVIL
        if isinstance(field["value"], str):
            field["value"] = EVIL
        field["changes"] = [{"rule": EVIL, "from": EVIL, "to": EVIL}]
        field["problems"] = [{"code": "odd", "message": f"{EVIL} / {EVIL}"}]
        field["alternatives"] = [EVIL]
    line["values"]["school"] = line["values"]["district"] = EVIL
    return line


def test_scripts_in_texts_never_run(site: Site, person: Open) -> None:
    blobs, now = open_blobs(None, site.data), time.time()
    with transaction(site.engine) as session:
        file = Incoming(EVIL, blobs.put_bytes(b"nothing"), 7, ".pdf")
        accepted = submissions.accept(
            session, [file], channel="http", sender=EVIL, name=EVIL, office=EVIL, now=now
        )
        search = keep.search_of(stock.forms())
        (record,) = keep.replace(session, accepted.documents[0][0], [evil_line()], search, now=now)
        history.add(
            session, EVIL, EVIL, now=now, record_id=record, path=EVIL, before=EVIL, after=EVIL, reason=EVIL
        )
    page = person("malee")
    inline = (
        "[...document.querySelectorAll('script')].filter((s) => !s.src && s.type !== 'application/json').length"
        " + document.querySelectorAll('[style], [onerror], [onclick], b, img').length + (window.hit ?? 0)"
    )
    for address in (
        "/review",
        f"/review?office={quote(EVIL)}&form={quote(EVIL)}&batch={quote(EVIL)}&reason={quote(EVIL)}&order={quote(EVIL)}",
        f"/search?q={quote(EVIL)}&form={quote(EVIL)}&office={quote(EVIL)}&year={quote(EVIL)}&status={quote(EVIL)}",
        "/search?q=script",
        "/dashboard",
        "/upload",
        f"/submissions/{accepted.submission_id}",
        f"/records/{record}/history",
        f"/{quote(EVIL)}",
    ):
        page.goto(address)
        assert page.evaluate(inline) == page.evaluate(_OWN), address
        assert page.evaluate("window.hit ?? 0") == 0
    at(page, record)
    page.keyboard.type(EVIL)
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    saved(page)
    page.locator('.field[data-path="items[0].item"] > .row').click()
    page.keyboard.press("F9")
    page.keyboard.press("1")
    until(page, "document.querySelector('.field.here')?.dataset.path.startsWith('items[1]')")
    assert page.evaluate("window.hit ?? 0") == 0
    assert page.evaluate("document.querySelectorAll('#fields img, #fields script, #fields b').length") == 0
    shown = page.locator('.field[data-path="school"] .value')
    assert "<script>" in (shown.text_content() or "")  # shown as what it is


_OWN = "[...document.querySelectorAll('.figure b')].length"
"""Our own bold figures."""


def test_pages_need_no_script_or_style_inside(app: FastAPI, world: World) -> None:
    stock.stock(world.service.engine, world.service.blobs, ["single-flatbed.pdf"])
    with transaction(world.service.engine) as session:
        more = {"how": "accept", "seconds": 1.5, "keys": 1}
        version = records.load(session, 1).version
        change = Change("review", time.time(), version, "token-of-test", None, more)
        settle(session, 1, "budget_used", None, "settled", change, Search())
    with TestClient(app, follow_redirects=False) as client:
        sign_in(client, "review")
        for address in (
            "/review",
            "/search",
            "/dashboard",
            "/upload",
            "/records/1",
            "/records/1/history",
            "/submissions/1",
        ):
            answer = client.get(address, headers={"Accept": "text/html"})
            assert answer.status_code == 200, address
            policy = answer.headers["content-security-policy"]
            assert "unsafe" not in policy and "default-src 'self'" in policy
            assert "built-in" not in answer.text and "object at 0x" not in answer.text
            assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", answer.text), address
            assert not re.search(r"<script(?![^>]*(src=|application/json))", answer.text), address
            assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", answer.text), address


def test_pictures_are_kept_by_browsers_and_only_in_few_widths(app: FastAPI, world: World) -> None:
    stock.stock(world.service.engine, world.service.blobs, ["single-flatbed.pdf"])
    with TestClient(app, follow_redirects=False) as client:
        sign_in(client, "review")
        first = client.get("/scans/1/1/900.jpg")
        assert (first.status_code, first.headers["content-type"]) == (200, "image/jpeg")
        assert "private" in first.headers["cache-control"]
        again = client.get("/scans/1/1/900.jpg", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get("/scans/1/1/901.jpg").status_code == 404
        assert client.get("/scans/1/9/900.jpg").status_code == 404


def test_a_language_is_chosen_without_and_with_a_session(app: FastAPI, world: World) -> None:
    with TestClient(app, follow_redirects=False) as client:
        answer = client.post("/language", data={"language": "en", "next": "//evil.example/"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert 'lang="en"' in client.get("/sign-in").text
        sign_in(client, "review")
        assert 'lang="th"' in client.get("/review").text  # what the person chose counts more
        client.post("/language", data={"language": "en", "next": "/review"})
        with reading(world.service.engine) as session:
            assert {one.name: one.language for one in people.users(session)}["review"] == "en"
        assert 'lang="en"' in client.get("/review").text
