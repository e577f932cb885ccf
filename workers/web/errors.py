"""What a request can be refused for, and how that is said.

SamnaoError
└── RequestError                 a request cannot be answered as it was meant
    ├── BadRequest               400: something in it is missing or wrong
    │   └── HalfUpload           400: the upload ended in the middle
    ├── NotSignedIn              401: nobody is signed in, and no key was sent
    │   └── WrongKey             401: the key is nobody's, or was revoked
    ├── WrongSignIn              401: name and password do not belong together
    ├── NotAllowed               403: the role is too low
    ├── Forged                   403: a form without its token: perhaps another site sent it
    ├── NotAcceptable            406: not in a format asked for
    ├── SlowClient               408: the bytes came too slowly
    ├── Conflict                 409: it contradicts what is there
    ├── UploadTooLarge           413: more bytes or files than the limits allow
    ├── WrongContent             415: not the kind of content that is taken here
    ├── BadName                  422: a file has a name that cannot be meant well
    ├── TooManyTries             429: sign-in was tried too often
    ├── TooMuchWaits             429: too much work waits already
    ├── NotReady                 503: the database or the blob store does not answer
    └── DiskFull                 507: there is no room left

Programs get problem details (RFC 9457) with two members more: `code`, which never changes, and `remedy`.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from ocr.errors import SamnaoError, ScanError, TooLarge, UnsupportedFile
from workers.errors import Busy, Refused
from workers.store.errors import IdempotencyConflict, NotFound, StoreError


class RequestError(SamnaoError):
    """A request cannot be answered: what is wrong, what to do, and for programs a list of what is wrong where."""

    status = 400
    code = "request"

    def __init__(
        self,
        detail: str,
        remedy: str,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{detail}: {remedy}")
        self.detail, self.remedy, self.errors, self.headers = (
            detail,
            remedy,
            tuple(errors),
            dict(headers or {}),
        )


class BadRequest(RequestError):
    """Something in the request is missing or wrong."""

    code = "bad_request"


class HalfUpload(BadRequest):
    """The upload ended in the middle."""

    code = "half_upload"


class NotSignedIn(RequestError):
    """Nobody is signed in, and no key was sent."""

    status, code = 401, "not_signed_in"


class WrongKey(NotSignedIn):
    """The key is nobody's, or was revoked."""

    code = "wrong_key"


class WrongSignIn(RequestError):
    """Name and password do not belong together."""

    status, code = 401, "wrong_sign_in"


class NotAllowed(RequestError):
    """The role is too low."""

    status, code = 403, "not_allowed"


class Forged(RequestError):
    """A form without its token: perhaps another site sent it."""

    status, code = 403, "forged"


class NotAcceptable(RequestError):
    """Not in a format asked for."""

    status, code = 406, "not_acceptable"


class SlowClient(RequestError):
    """The bytes came too slowly."""

    status, code = 408, "slow_client"


class Conflict(RequestError):
    """It contradicts what is there."""

    status, code = 409, "conflict"


class UploadTooLarge(RequestError):
    """More bytes or files than the limits allow."""

    status, code = 413, "upload_too_large"


class WrongContent(RequestError):
    """Not the kind of content that is taken here."""

    status, code = 415, "wrong_content"


class BadName(RequestError):
    """A file has a name that cannot be meant well."""

    status, code = 422, "bad_name"


class TooManyTries(RequestError):
    """Sign-in was tried too often."""

    status, code = 429, "too_many_tries"


class TooMuchWaits(RequestError):
    """Too much work waits already."""

    status, code = 429, "too_much_waits"


class NotReady(RequestError):
    """The database or the blob store does not answer."""

    status, code = 503, "not_ready"


class DiskFull(RequestError):
    """There is no room left."""

    status, code = 507, "disk_full"


class Problem(BaseModel):
    """Problem details as RFC 9457 has them, with a `code` that never changes and what to do about it."""

    type: str = Field(description="urn:samnao:problem: and the code")
    title: str = Field(description="the meaning of the status")
    status: int
    code: str = Field(description="stable, for programs")
    detail: str = Field(description="what is wrong, for people")
    remedy: str = Field(description="what to do about it, for people")
    errors: list[dict[str, Any]] = Field(default=[], description="what is wrong where")
    request: str | None = Field(default=None, description="the id under which the log tells of this request")


MEDIA = "application/problem+json"


def unforeseen() -> RequestError:
    """For what was not foreseen."""
    return _other(
        500,
        "unforeseen",
        "this should not have happened",
        "try again; if it happens again, report the request's id",
    )


def not_found(what: str = "page", remedy: str = "check the address") -> RequestError:
    """There is no such thing."""
    return _other(404, NotFound.code, f"there is no such {what}", remedy)


def _other(status: int, code: str, detail: str, remedy: str) -> RequestError:
    error = RequestError(detail, remedy)
    error.status, error.code = status, code
    return error


def responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What OpenAPI says about errors of a route."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA: {"schema": schema}}}
        for status in statuses
    }


def as_request_error(error: SamnaoError) -> RequestError:
    """Any of samnao's errors as one with a status; the remedy is what its message ends in."""
    if isinstance(error, RequestError):
        return error
    if isinstance(error, Busy):
        return TooMuchWaits(*_parted(error), headers={"Retry-After": str(error.retry_after)})
    if isinstance(error, Refused):
        return _refused(error)
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 400)
    return _other(status, error.code, *_parted(error))


def _parted(error: SamnaoError) -> tuple[str, str]:
    """What is wrong, and what to do."""
    message = str(error)
    for sign in (": ", "; "):
        detail, found, remedy = message.partition(sign)
        if found:
            return detail, remedy
    return message, "see the message"


def _refused(error: Refused) -> RequestError:
    """Files that cannot be taken: where one is too large or of the wrong kind, that is the status."""
    wrong = []
    for name, why in error.files:
        detail, remedy = _parted(why)
        wrong.append({"where": name, "code": why.code, "detail": detail, "remedy": remedy})
    statuses = {as_request_error(why).status for _, why in error.files}
    status = statuses.pop() if len(statuses) == 1 else 422
    detail, remedy = _parted(error.files[0][1])
    if len(wrong) > 1:
        detail, remedy = f"{len(wrong)} of the files cannot be taken", "see errors; nothing was taken"
    found = _other(422 if status == 400 else status, Refused.code, detail, remedy)
    found.errors = tuple(wrong)
    return found


_STATUS: tuple[tuple[type[SamnaoError], int], ...] = (
    (TooLarge, 413),
    (UnsupportedFile, 415),
    (ScanError, 422),
    (NotFound, 404),
    (IdempotencyConflict, 409),
    (StoreError, 503),
)


def disk_is_full(error: BaseException) -> bool:
    """Whether this is the system's way to say that there is no room."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def problem(error: RequestError, request_id: str | None) -> JSONResponse:
    """The error as problem details."""
    body = Problem(
        type=f"urn:samnao:problem:{error.code}",
        title=HTTPStatus(error.status).phrase,
        status=error.status,
        code=error.code,
        detail=error.detail,
        remedy=error.remedy,
        errors=[dict(one) for one in error.errors],
        request=request_id,
    )
    return JSONResponse(
        body.model_dump(mode="json"), status_code=error.status, headers=error.headers, media_type=MEDIA
    )


def request_id(request: Request) -> str | None:
    """The id of a request, as the log has it."""
    found: str | None = request.scope.get("state", {}).get("request_id")
    return found
