"""Signing in and out with a browser."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from workers.store import people
from workers.store.connect import transaction
from workers.web.auth import (
    COOKIE,
    Actor,
    check_form_token,
    form_token,
    keep_form_token,
    keep_login,
    needs,
    service_of,
    signed_in,
)
from workers.web.errors import RequestError, TooManyTries, WrongSignIn
from workers.web.pages import page

router = APIRouter(include_in_schema=False)


@router.get("/sign-in", response_class=HTMLResponse)
def sign_in_form(request: Request, next: str = "/") -> Response:
    """The form; whoever is signed in already goes on."""
    if signed_in(request) is not None:
        return RedirectResponse(within(next), status_code=303)
    return _form(request, within(next), "")


@router.post("/sign-in")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=people.PASSWORD_MOST)] = "",
    csrf: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """Check name and password; the form again, with what is wrong, or on to where the person was going."""
    check_form_token(request, csrf)
    service = service_of(request)
    seconds = service.settings.session_hours * 3600
    address = request.client.host if request.client else ""
    found = people.sign_in(service.engine, name, password, address=address, now=time.time(), seconds=seconds)
    if isinstance(found, people.TooManyTries):
        minutes = max(1, round(found.seconds / 60))
        error: RequestError = TooManyTries(
            "too many sign-ins failed",
            f"wait {minutes} minutes, then try again",
            headers={"Retry-After": str(int(found.seconds) + 1)},
        )
        return _form(request, within(next), name, error)
    if found is None:
        error = WrongSignIn("name and password do not belong together", "check both, then try again")
        return _form(request, within(next), name, error)
    old = request.cookies.get(COOKIE)
    if old:
        with transaction(service.engine) as session:
            people.sign_out(session, old)
    response = RedirectResponse(within(next), status_code=303)
    keep_login(request, response, found[0], seconds)
    return response


@router.post("/sign-out")
def sign_out(request: Request, actor: Annotated[Actor, Depends(needs("submit"))]) -> Response:  # noqa: ARG001
    """End the session of this browser."""
    with transaction(service_of(request).engine) as session:
        people.sign_out(session, request.cookies.get(COOKIE, ""))
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE, path="/")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _form(request: Request, next_: str, name: str, error: RequestError | None = None) -> Response:
    token = form_token(request)
    shown = {"next": next_, "name": name, "error": error, "csrf": token}
    response = page(request, "sign_in.html", shown, error.status if error else 200)
    response.headers.update(error.headers if error else {})
    keep_form_token(request, response, token)
    return response


def within(address: str) -> str:
    """Where to go on: only within this site, whatever the address says."""
    good = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if good and "\\" not in address else "/"
