"""Signing in, keys, roles on every route, and what keeps other sites out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from tests.workers.web.conftest import PASSWORD, World, sign_in, token_in
from workers.store import people
from workers.store.connect import transaction
from workers.web.auth import COOKIE, Actor, Needs, needs

OPEN_TO_ALL = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("GET", "/api/openapi.json"),
    ("POST", "/language"),  # of this browser's words only
}


@pytest.fixture
def probe(app: FastAPI) -> FastAPI:
    """The application with routes that say who is there."""

    @app.get("/probe")
    @app.post("/probe")
    def who(actor: Annotated[Actor, Depends(needs("review"))]) -> dict[str, str]:
        return {"name": actor.name, "role": actor.role, "kind": actor.kind, "csrf": actor.csrf}

    return app


def flat(routes: Sequence[BaseRoute]) -> Iterator[BaseRoute]:
    """The routes, those of included routers among them."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from [route] if inner is None else flat(inner.routes)


def routes(app: FastAPI) -> list[tuple[str, str, people.Role | None]]:
    """Every method and path, with the role that it needs."""
    found = []
    for route in flat(app.routes):
        if isinstance(route, Mount):
            assert route.path == "/static"
            continue
        assert isinstance(route, Route)
        role = None
        if isinstance(route, APIRoute):
            roles = [one.call.role for one in route.dependant.dependencies if isinstance(one.call, Needs)]
            assert len(roles) <= 1
            role = roles[0] if roles else None
        found += [(method, route.path, role) for method in (route.methods or set()) - {"HEAD"}]
    return found


def test_every_route_needs_a_role_but_those_open_to_all(app: FastAPI) -> None:
    found = routes(app)
    assert len(found) > len(OPEN_TO_ALL)
    assert {(method, path) for method, path, role in found if role is None} == OPEN_TO_ALL


def test_every_route_turns_away_nobody_and_the_role_below(
    app: FastAPI, client: TestClient, world: World
) -> None:
    for method, path, role in routes(app):
        if role is None:
            continue
        address = path.replace("{", "").replace("}", "")
        assert client.request(method, address).status_code == 401, (method, path)
        below = people.ROLES.index(role) - 1
        if below >= 0:
            answer = client.request(method, address, headers=world.bearer(people.ROLES[below]))
            assert answer.status_code == 403, (method, path)
            assert answer.json()["code"] == "not_allowed"


def test_a_program_with_a_key(probe: FastAPI, client: TestClient, world: World) -> None:
    assert client.post("/probe", headers=world.bearer("review")).json() == {
        "name": "review key",
        "role": "review",
        "kind": "key",
        "csrf": "",
    }
    assert client.get("/probe", headers=world.bearer("submit")).json()["code"] == "not_allowed"
    wrong = client.get("/probe", headers={"Authorization": "Bearer samnao_nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_key")
    assert wrong.headers["content-type"] == "application/problem+json"
    assert "invalid_token" in wrong.headers["www-authenticate"]
    assert client.get("/probe", headers={"Authorization": "Basic eDp5"}).json()["code"] == "wrong_key"
    with transaction(world.service.engine) as session:
        people.revoke_key(session, "review key", now=1)
    assert client.get("/probe", headers=world.bearer("review")).json()["code"] == "wrong_key"


def test_a_person_signs_in_and_out(probe: FastAPI, client: TestClient) -> None:
    sign_in(client, "review", "/probe?a=1")
    who = client.get("/probe").json()
    assert (who["name"], who["kind"]) == ("review", "user")
    out = client.post("/sign-out", data={"csrf": who["csrf"]})
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in")
    assert client.get("/probe").status_code == 401


def test_the_cookie_is_out_of_reach(client: TestClient) -> None:
    token = token_in(client.get("/sign-in").text)
    answer = client.post("/sign-in", data={"name": "review", "password": PASSWORD, "csrf": token})
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_secure(app: FastAPI) -> None:
    with TestClient(app, base_url="https://testserver", follow_redirects=False) as client:
        token = token_in(client.get("/sign-in").text)
        answer = client.post("/sign-in", data={"name": "review", "password": PASSWORD, "csrf": token})
        assert all("Secure" in one for one in answer.headers.get_list("set-cookie"))
        assert "strict-transport-security" in answer.headers


def test_a_token_put_in_beforehand_is_worth_nothing(probe: FastAPI, client: TestClient) -> None:
    client.cookies.set(COOKIE, "planted")
    sign_in(client, "review")
    assert client.cookies.get(COOKIE, domain="testserver.local") != "planted"
    with TestClient(probe, cookies={COOKIE: "planted"}) as other:
        assert other.get("/probe").status_code == 401


def test_signing_in_again_ends_the_session_before(probe: FastAPI, client: TestClient) -> None:
    sign_in(client, "review")
    old = client.cookies[COOKIE]
    token = client.get("/probe").json()["csrf"]
    client.post("/sign-out", data={"csrf": token})
    sign_in(client, "review")
    with TestClient(probe, cookies={COOKIE: old}) as other:
        assert other.get("/probe").status_code == 401


def test_a_change_needs_the_token_of_the_session(probe: FastAPI, client: TestClient, world: World) -> None:
    sign_in(client, "review")
    token = client.get("/probe").json()["csrf"]
    assert client.post("/probe").json()["code"] == "forged"
    assert client.post("/probe", data={"csrf": token[:-1]}).json()["code"] == "forged"
    assert client.post("/probe", headers={b"X-CSRF-Token": "ก".encode()}).json()["code"] == "forged"
    assert client.post("/probe", data={"csrf": token}).status_code == 200
    assert client.post("/probe", headers={"X-CSRF-Token": token}).status_code == 200
    with TestClient(probe, follow_redirects=False) as other:
        sign_in(other, "admin")
        assert other.post("/probe", headers={"X-CSRF-Token": token}).json()["code"] == "forged"


def test_signing_in_needs_the_token_of_the_form(client: TestClient) -> None:
    data = {"name": "review", "password": PASSWORD}
    assert client.post("/sign-in", data=data).json()["code"] == "forged"
    client.get("/sign-in")
    assert client.post("/sign-in", data=data | {"csrf": "x" * 43}).json()["code"] == "forged"


def test_wrong_passwords_and_too_many_of_them(client: TestClient) -> None:
    token = token_in(client.get("/sign-in").text)
    data = {"name": "review", "password": "wrong", "csrf": token}
    for _ in range(people.TRIES["both"]):
        answer = client.post("/sign-in", data=data)
        assert answer.status_code == 401
        assert PASSWORD not in answer.text
    answer = client.post("/sign-in", data=data | {"password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("where", ["//evil.example", "https://evil.example", "/\\evil.example", "x", "/a\nb"])
def test_after_signing_in_one_stays_on_this_site(client: TestClient, where: str) -> None:
    token = token_in(client.get("/sign-in", params={"next": where}).text)
    data = {"name": "review", "password": PASSWORD, "csrf": token, "next": where}
    assert client.post("/sign-in", data=data).headers["location"] == "/"


def test_names_typed_are_escaped(client: TestClient) -> None:
    token = token_in(client.get("/sign-in").text)
    evil = '"><script>alert(1)</script>'
    answer = client.post("/sign-in", data={"name": evil, "password": "x", "csrf": token, "next": evil})
    assert "<script>" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_person_not_signed_in_is_led_to_the_form(probe: FastAPI, client: TestClient) -> None:
    answer = client.get("/probe?q=1", headers={"Accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/sign-in?next=%2Fprobe%3Fq%3D1")
    answer = client.get("/probe", headers={"HX-Request": "true"})
    assert answer.headers["hx-redirect"].endswith("/sign-in?next=%2Fprobe")


def test_a_role_taken_away_counts_at_once(probe: FastAPI, client: TestClient, world: World) -> None:
    sign_in(client, "review")
    with transaction(world.service.engine) as session:
        people.set_role(session, "review", "submit", now=1)
    assert client.get("/probe").json()["code"] == "not_allowed"
    page = client.get("/probe", headers={"Accept": "text/html"})
    assert page.status_code == 403
    assert page.headers["content-type"].startswith("text/html")
