"""Around every request: its id, the log line, headers of safety, limits on bodies, and an answer for what was not foreseen."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workers.logs import place
from workers.web.errors import (
    DiskFull,
    NotReady,
    RequestError,
    SlowClient,
    UploadTooLarge,
    disk_is_full,
    problem,
    unforeseen,
)

BODY_MOST = 1_000_000
"""Bytes that a request may carry where it is no upload: a form is far smaller."""
_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_GONE = 499

SAFETY = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""No script or style inline, nothing from another host, no frames."""

log = structlog.get_logger("samnao.web")


@dataclass(slots=True)
class Around:
    """The outermost part of the application. `uploads` says of a path whether its body may be large."""

    app: ASGIApp
    most: int
    """Requests answered at one time."""
    stall_seconds: float
    uploads: Callable[[str], bool]
    passes: Callable[[BaseException], bool]
    """Whether an error is one of the database that will pass."""
    under_way: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        given = Request(scope).headers.get("x-request-id", "")
        request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        state["request_id"] = request_id
        status, start = 0, time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in SAFETY.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if scope["scheme"] == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        async def refuse(error: RequestError) -> None:
            if not status:
                await problem(error, request_id)(scope, receive, answer)

        self.under_way += 1
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=request_id)
        failed: str | None = None
        try:
            if self.under_way > self.most and not scope["path"].endswith(("/healthz", "/readyz")):
                await refuse(_busy())
            else:
                await self.app(scope, self._limited(scope, receive), answer)
        except ClientDisconnect:
            status = status or _GONE
        except RequestError as error:
            await refuse(error)
        except Exception as error:
            failed = place(error)
            await refuse(_answer_for(error, self.passes))
        finally:
            self.under_way -= 1
            _note(scope, status, time.perf_counter() - start, failed)

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        """`receive`, but a body that comes too slowly or is too large ends in an error."""
        most = None if self.uploads(scope["path"]) else BODY_MOST
        seen, more = 0, True

        async def limited() -> Message:
            nonlocal seen, more
            if not more:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), self.stall_seconds)
            except TimeoutError:
                raise SlowClient(
                    f"nothing came for {self.stall_seconds:g} s in the middle of the request",
                    "send it again over a better line",
                    headers={"Connection": "close"},
                ) from None
            more = message.get("more_body", False)
            seen += len(message.get("body", b""))
            if most is not None and seen > most:
                raise UploadTooLarge(
                    f"the request has more than {most} bytes",
                    "send scans to POST /api/v1/submissions",
                )
            return message

        return limited


def _busy() -> NotReady:
    return NotReady(
        "too many requests are under way", "try again in a few seconds", headers={"Retry-After": "5"}
    )


def _answer_for(error: Exception, passes: Callable[[BaseException], bool]) -> RequestError:
    if disk_is_full(error):
        return DiskFull(
            "there is no room left on the disk", "free some space; nothing of this request was kept"
        )
    if passes(error):
        return NotReady(
            "the database does not answer", "try again in a few seconds", headers={"Retry-After": "5"}
        )
    if type(error).__module__.startswith(("botocore", "boto3", "s3transfer")):
        return NotReady(
            "the blob store does not answer",
            "try again in a few seconds; nothing of this request was kept",
            headers={"Retry-After": "5"},
        )
    return unforeseen()


def _note(scope: Scope, status: int, seconds: float, failed: str | None) -> None:
    """The line of the log: the route and the numbers in its path; no query (people search for names) and no names."""
    route = scope.get("route")
    more = {} if failed is None else {"error": failed}
    numbers = {
        name: str(value)[:20] for name, value in scope.get("path_params", {}).items() if str(value).isdigit()
    }
    write = log.error if failed is not None or status == 500 else log.info
    write(
        "request",
        method=scope["method"],
        route=getattr(route, "path", None),
        **numbers,
        status=status,
        ms=round(seconds * 1000, 1),
        actor=scope["state"].get("actor"),
        **more,
    )
