"""Who sends a request, and whether they may: `needs(role)` on every route but a few that are open to all.

A program sends its key (``Authorization: Bearer …``); a browser has a cookie. What a browser changes must carry the token
of its session besides, in the header ``X-CSRF-Token`` or in the form's field ``csrf``: another site can make a browser
send cookies, but knows no token.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Literal

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from workers.service import Service
from workers.store import people
from workers.store.connect import reading, transaction
from workers.store.people import Role, Signed
from workers.web.errors import Forged, NotAllowed, NotSignedIn, WrongKey

COOKIE = "samnao_login"
BEFORE_COOKIE = "samnao_before"
"""Holds the token of the sign-in form, before anybody is signed in."""
CSRF_HEADER, CSRF_FIELD = "X-CSRF-Token", "csrf"
_SAFE = ("GET", "HEAD", "OPTIONS")
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who sends the request. `csrf` is what forms of a signed-in browser must carry; programs have none."""

    id: int
    name: str
    role: Role
    kind: Literal["user", "key"]
    language: str = "th"
    csrf: str = ""

    @property
    def label(self) -> str:
        """Who it is, for the log: names of people do not belong there."""
        return f"{self.kind}:{self.id}"


class Needs:
    """A dependency that lets through whoever has at least `role`; see `needs`."""

    def __init__(self, role: Role) -> None:
        self.role = role

    async def __call__(self, request: Request) -> Actor:
        """The actor; NotSignedIn, WrongKey, NotAllowed or Forged where the request may not pass."""
        actor = await run_in_threadpool(actor_of, request)
        if actor is None:
            raise NotSignedIn(
                "nobody is signed in and no key was sent",
                "sign in, or send a key in the header Authorization: Bearer KEY",
                headers={"WWW-Authenticate": 'Bearer realm="samnao"'},
            )
        if not people.allows(actor.role, self.role):
            raise NotAllowed(
                f"this needs the role {self.role}, you have {actor.role}",
                "ask an admin of this samnao for it",
            )
        if actor.kind == "user" and request.method not in _SAFE:
            await _check_token(request, actor.csrf)
        request.scope.setdefault("state", {})["actor"] = actor.label
        return actor


def needs(role: Role) -> Needs:
    """The dependency for a route that `role` and those above it may use: ``actor: Annotated[Actor, Depends(needs("review"))]``."""
    return Needs(role)


def service_of(request: Request) -> Service:
    """What `workers.service.open_service` opened for this application."""
    service: Service = request.app.state.service
    return service


def actor_of(request: Request) -> Actor | None:
    """Who sends the request, None for nobody; WrongKey where a key was sent that is not good. Reads the database."""
    given = request.headers.get("authorization")
    if given is not None:
        return _program(service_of(request), given)
    signed = signed_in(request)
    if signed is None:
        return None
    person = signed.person
    return Actor(person.id, person.name, person.role, "user", person.language, signed.csrf)


def signed_in(request: Request) -> Signed | None:
    """Who is signed in with this browser, if anybody. Reads the database."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    with reading(service_of(request).engine) as session:
        return people.find_login(session, token, now=time.time())


def keep_login(request: Request, response: Response, token: str, seconds: float) -> None:
    """Put the token of a new login into the browser's cookie: out of reach of scripts and of other sites' forms."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(seconds),
        path="/",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="lax",
    )


def form_token(request: Request) -> str:
    """The token for the forms of somebody not yet signed in: what this browser has already, or a new one."""
    token = request.cookies.get(BEFORE_COOKIE) or ""
    return token if len(token) == _TOKEN_LETTERS else secrets.token_urlsafe(32)


def keep_form_token(request: Request, response: Response, token: str) -> None:
    """Put that token into a cookie, to be compared with what the form carries."""
    response.set_cookie(
        BEFORE_COOKIE,
        token,
        path="/sign-in",
        httponly=True,
        secure=request.url.scheme == "https",
        samesite="strict",
    )


_TOKEN_LETTERS = len(secrets.token_urlsafe(32))


def check_form_token(request: Request, given: str) -> None:
    """Forged where a form of somebody not yet signed in lacks the token of this browser."""
    _compare(request.cookies.get(BEFORE_COOKIE) or "", given)


def _program(service: Service, given: str) -> Actor:
    scheme, _, key = given.partition(" ")
    holder, now = None, time.time()
    if scheme.lower() == "bearer" and key.strip():
        with reading(service.engine) as session:
            holder = people.find_key(session, key.strip())
        if holder is not None and people.key_is_stale(holder, now):
            with transaction(service.engine) as session:
                people.note_use(session, holder.id, now=now)
    if holder is None:
        raise WrongKey(
            "this key is not known, or was revoked",
            "send a good one as Authorization: Bearer KEY; an admin makes keys with `samnao key add`",
            headers={"WWW-Authenticate": 'Bearer realm="samnao", error="invalid_token"'},
        )
    return Actor(holder.id, holder.name, holder.role, "key")


async def _check_token(request: Request, wanted: str) -> None:
    given = request.headers.get(CSRF_HEADER)
    if given is None and request.headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM:
        field = (await request.form()).get(CSRF_FIELD)
        given = field if isinstance(field, str) else None
    _compare(wanted, given or "")


def _compare(wanted: str, given: str) -> None:
    if not wanted or not secrets.compare_digest(wanted.encode(), given.encode("utf-8", "surrogatepass")):
        raise Forged(
            "the form did not carry the token of your session",
            "load the page again and send the form again; programs use a key instead of a cookie",
        )
