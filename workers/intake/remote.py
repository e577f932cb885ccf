"""Scans to another machine's samnao, by HTTP: the files are sent as they lie on the disk, never whole in memory."""

from __future__ import annotations

import http.client
import json
import ssl
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from workers.errors import Busy, InputError
from workers.intake.door import Sent, clean_name

_CHUNK = 1 << 16
_SECONDS = 120
PATH = "/api/v1/submissions"


@dataclass(frozen=True, slots=True)
class Server:
    """Another machine: its address (``https://host:port/below``) and an API key with the role submit."""

    address: str
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other machine says of a submission."""

    submission_id: int
    documents: int


def send(
    server: Server, files: Sequence[Sent], fields: Mapping[str, str], idempotency_key: str | None = None
) -> Answer:
    """Send the files as one submission. Busy where the other machine is, InputError where it says no or is not there."""
    boundary = uuid.uuid4().hex
    parts: list[bytes | Path] = []
    for name, value in fields.items():
        parts.append(_head(boundary, f'name="{name}"') + value.encode() + b"\r\n")
    for file in files:
        name = clean_name(file.name).replace('"', "'")
        head = _head(boundary, f'name="files"; filename="{name}"', "application/octet-stream")
        parts += [head, file.path, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    length = sum(part.stat().st_size if isinstance(part, Path) else len(part) for part in parts)
    headers = {
        "Authorization": f"Bearer {server.key}",
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(length),
        "Accept": "application/json",
    }
    if idempotency_key is not None:
        headers["Idempotency-Key"] = idempotency_key
    try:
        status, wait, body = _exchange(server, headers, _stream(parts))
    except (OSError, http.client.HTTPException) as error:
        raise InputError(
            f"{server.address} cannot be reached ({error}): check the address, the network, and that samnao web runs there"
        ) from None
    return _answer(server, status, wait, body)


def _exchange(server: Server, headers: Mapping[str, str], body: Iterator[bytes]) -> tuple[int, str, bytes]:
    parts = urlsplit(server.address)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            host, parts.port, timeout=_SECONDS, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=_SECONDS)
    try:
        with suppress(
            BrokenPipeError, ConnectionResetError
        ):  # it may answer before it has read all, and say why
            connection.request("POST", parts.path.rstrip("/") + PATH, body, dict(headers))
        response = connection.getresponse()
        return response.status, response.headers.get("Retry-After", ""), response.read(1 << 20)
    finally:
        connection.close()


def _answer(server: Server, status: int, wait: str, body: bytes) -> Answer:
    try:
        said = json.loads(body)
    except ValueError:
        said = {}
    if status == 202 and isinstance(said, dict):
        return Answer(int(said["id"]), len(said.get("documents", ())))
    detail = " ".join(str(said.get(name, "")) for name in ("detail", "remedy")).strip() if said else ""
    lines = [detail or f"it answered {status}"]
    lines += [
        f"  {one.get('where', '')}: {one.get('detail', '')}"
        for one in (said.get("errors") or [] if isinstance(said, dict) else [])
        if isinstance(one, dict)
    ]
    if status in (429, 503, 507):
        raise Busy(
            f"{server.address} takes nothing just now: {lines[0]}", int(wait) if wait.isdigit() else 30
        )
    if status in (401, 403):
        raise InputError(
            f"{server.address} refuses the key: {lines[0]}; set SAMNAO_KEY to one with the role submit"
        )
    raise InputError(f"{server.address} did not take the scans: " + "\n".join(lines))


def _head(boundary: str, disposition: str, kind: str | None = None) -> bytes:
    lines = [f"--{boundary}", f"Content-Disposition: form-data; {disposition}"]
    if kind:
        lines.append(f"Content-Type: {kind}")
    return "\r\n".join([*lines, "", ""]).encode()


def _stream(parts: Sequence[bytes | Path]) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
            continue
        with part.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
