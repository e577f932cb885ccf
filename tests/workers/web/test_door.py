"""Bad input at the door of a real running server: each a clear error, and nothing left behind."""

from __future__ import annotations

import io
import json
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
import pytest
from PIL import Image

from tests.workers.web.live import BOUNDARY, FORM, Live, Part, file, form, running, text
from workers.store.people import Role

FILE_BYTES, ALL_BYTES, FILES = 150_000, 400_000, 4


def png(shade: int = 200, size: tuple[int, int] = (60, 80)) -> bytes:
    out = io.BytesIO()
    Image.new("L", size, shade).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with running(
        tmp_path_factory.mktemp("door"),
        max_bytes=FILE_BYTES,
        upload_bytes=ALL_BYTES,
        upload_files=FILES,
        max_pages=50,
        stall_seconds=1.5,
        look_megabytes=400,
    ) as live:
        yield live


def refused(answer: tuple[int, dict[str, Any]], status: int, code: str) -> dict[str, Any]:
    assert (answer[0], answer[1]["code"]) == (status, code), answer
    for member in ("detail", "remedy", "title", "request"):
        assert answer[1][member]
    return answer[1]


@pytest.fixture(autouse=True)
def nothing_left(live: Live) -> Iterator[None]:
    yield
    until = time.monotonic() + 30
    while (left := live.left()) != ([], 0) and time.monotonic() < until:
        time.sleep(0.1)  # of a broken connection the server learns a moment later
    assert left == ([], 0), live.log()[-2000:]
    assert live.process.poll() is None


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ([file("a.pdf", b"MZ this is a program")], 415, "refused"),
        ([file("a.docx", b"PK\x03\x04" + bytes(100))], 415, "refused"),
        ([file("a.png", b"<html>")], 415, "refused"),
        ([file("a.png", b"")], 422, "refused"),
        ([file("a.png", png()[:60])], 422, "refused"),
        ([file("good.png", png()), file("bad.png", b"nothing")], 415, "refused"),
        ([file("a.png", bytes(FILE_BYTES + 1))], 413, "upload_too_large"),
        ([file(f"{n}.png", bytes(FILE_BYTES)) for n in range(FILES)], 413, "upload_too_large"),
        ([file(f"{n}.png", png(n)) for n in range(FILES + 1)], 413, "upload_too_large"),
        ([], 400, "bad_request"),
        ([text("name", "no file")], 400, "bad_request"),
        ([file("", b"")], 400, "bad_request"),
        ([file("a.png", png()), text("colour", "red")], 400, "bad_request"),
        ([file("a.png", png()), text("name", "x"), text("name", "y")], 400, "bad_request"),
        ([file("a.png", png()), text("name", "x" * 5000)], 400, "bad_request"),
        ([file("a.png", png()), text("name", "x" * 201)], 422, "bad_request"),
        ([file("a.png", png()), text("name", "a\u202eb")], 422, "bad_request"),
        ([file("a.png", png()), text("priority", "11")], 422, "bad_request"),
        ([file("a.png", png()), text("together", "perhaps")], 422, "bad_request"),
        ([file("a.png", png()), (b'form-data; name="name"', b"\xff\xfe")], 400, "bad_request"),
        ([(b'form-data; name="colour"; filename="a.png"', png())], 400, "bad_request"),
        ([(b"attachment", png())], 400, "bad_request"),
    ],
)
def test_what_is_not_taken(live: Live, parts: list[Part], status: int, code: str) -> None:
    refused(live.send(parts), status, code)


def test_of_many_files_each_that_is_wrong_is_named(live: Live) -> None:
    found = refused(
        live.send([file("one.png", png()), file("two.png", b"no"), file("สาม.pdf", b"%PDF-1.4 cut")]),
        422,
        "refused",
    )
    assert [(one["where"], one["code"]) for one in found["errors"]] == [
        ("two.png", "unsupported_file"),
        ("สาม.pdf", "damaged_file"),
    ]
    assert all(one["remedy"] for one in found["errors"])


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.png",
        "..\\x.png",
        "a/../b.png",
        b"a\0.png",
        "a\u202egnp.exe.png",
        "a\u2066b.png",
        "ก" * 4000 + ".png",
    ],
)
def test_names_that_are_meant_ill(live: Live, name: str | bytes) -> None:
    refused(live.send([file(name, png())]), 422, "bad_name")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../pyproject.toml",
        "/static/%2e%2e/%2e%2e/%2e%2e/pyproject.toml",
        "/static/..%2f..%2f..%2fpyproject.toml",
        "/static/a%00.css",
        "/static/" + "a" * 4000,
        "/api/v1/documents/%00",
        "/api/v1/documents/..",
        "/api/v1/documents/%E2%80%AE1",
        "/api/v1/documents/" + "9" * 4000,
        "/%FF%FE",
    ],
)
def test_addresses_that_are_meant_ill(live: Live, path: str) -> None:
    status, headers, body = live.ask("GET", path, role="admin")
    assert status in (404, 422)
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["remedy"]


def bomb_of_pages() -> bytes:
    with pikepdf.new() as pdf:
        for _ in range(60):
            pdf.add_blank_page()
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def bomb_of_objects() -> bytes:
    """A PDF whose page tree lies in a stream that unpacks to 900 MB, packed twice."""
    objects = [
        b"<< /Type /Catalog /Pages 3 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 600 800] >>",
    ]
    places = [sum(len(one) + 1 for one in objects[:n]) for n in range(3)]
    index = (
        b" ".join(b"%d %d" % (number, place) for number, place in zip((2, 3, 4), places, strict=True)) + b" "
    )
    pack = zlib.compressobj(1)
    packed = pack.compress(index + b" ".join(objects) + b" ")
    packed += b"".join(pack.compress(b" " * 1_000_000) for _ in range(900)) + pack.flush()
    stream = zlib.compress(packed, 9)
    head = b"%PDF-1.5\n"
    held = (
        b"5 0 obj\n<< /Type /ObjStm /N 3 /First %d /Filter [/FlateDecode /FlateDecode] /Length %d >>\nstream\n"
        b"%s\nendstream\nendobj\n" % (len(index), len(stream), stream)
    )
    rows = [(0, 0, 0), (1, len(head) + len(held), 0), (2, 5, 0), (2, 5, 1), (2, 5, 2), (1, len(head), 0)]
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    cross = (
        b"1 0 obj\n<< /Type /XRef /Size 6 /W [1 4 2] /Root 2 0 R /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        % (len(table), table)
    )
    return head + held + cross + b"startxref\n%d\n%%%%EOF\n" % (len(head) + len(held))


def bomb_of_pixels() -> bytes:
    out = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(out, "PNG", optimize=True)
    return out.getvalue()


@pytest.mark.parametrize("bomb", [bomb_of_pages, bomb_of_objects, bomb_of_pixels])
def test_bombs(live: Live, bomb: Callable[[], bytes]) -> None:
    content = bomb()
    assert len(content) < FILE_BYTES
    found = refused(live.send([file("bomb", content)]), 413, "refused")
    assert found["errors"][0]["code"] == "too_large"


def test_what_is_no_form(live: Live) -> None:
    for kind in ("application/json", "multipart/form-data", "application/x-www-form-urlencoded"):
        status, _, body = live.ask("POST", "/api/v1/submissions", b"{}", {"Content-Type": kind})
        refused((status, json.loads(body)), 415, "wrong_content")
    for content in (b"nonsense", b"--" + BOUNDARY.encode() + b"\r\nx\r\n"):
        status, _, body = live.ask("POST", "/api/v1/submissions", content, FORM)
        refused((status, json.loads(body)), 400, json.loads(body)["code"])


@pytest.mark.parametrize(
    ("headers", "role", "status", "code"),
    [
        ({}, None, 401, "not_signed_in"),
        ({"Authorization": "Bearer samnao_wrong"}, None, 401, "wrong_key"),
        ({"Authorization": "Basic YTpi"}, None, 401, "wrong_key"),
        ({"Idempotency-Key": "x" * 201}, "submit", 422, "bad_request"),
    ],
)
def test_who_may_not_send(
    live: Live, headers: dict[str, str], role: Role | None, status: int, code: str
) -> None:
    refused(live.send([file("a.png", png())], headers, role), status, code)


def test_a_key_of_too_low_a_role(live: Live) -> None:
    for method, path in (("GET", "/api/v1/records"), ("POST", "/api/v1/documents/1/retry")):
        status, _, body = live.ask(method, path, role="submit")
        refused((status, json.loads(body)), 403, "not_allowed")


def head(length: int, live: Live) -> bytes:
    return (
        "POST /api/v1/submissions HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {live.keys['submit']}\r\nContent-Type: {FORM['Content-Type']}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def test_a_client_that_stops_in_the_middle_is_told_so(live: Live) -> None:
    body = form([file("a.png", png())])
    with live.connect() as connection:
        connection.sendall(head(len(body), live) + body[:-50])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 408 ")
    refused((408, json.loads(answer.partition(b"\r\n\r\n")[2])), 408, "slow_client")


def test_a_client_that_sends_no_whole_request_is_let_go(live: Live) -> None:
    with live.connect() as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
        assert connection.recv(1000) == b""
    with live.connect() as connection:
        assert connection.recv(1000) == b""


def test_half_an_upload(live: Live) -> None:
    body, before = form([file("a.png", png())]), live.log().count('"status": 499')
    with live.connect() as connection:
        connection.sendall(head(len(body), live) + body[:-50])
    until = time.monotonic() + 30
    while (ended := live.log().count('"status": 499')) == before and time.monotonic() < until:
        time.sleep(0.05)
    assert ended == before + 1


def test_an_upload_that_lacks_its_end(live: Live) -> None:
    body = form([file("a.png", png())])[: -len(BOUNDARY) - 8]
    status, _, answer = live.ask("POST", "/api/v1/submissions", body, FORM)
    refused((status, json.loads(answer)), 400, "half_upload")


def test_a_body_announced_too_large_is_refused_unread(live: Live) -> None:
    with live.connect() as connection:
        connection.sendall(head(10**15, live))
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")


def test_sent_in_pieces_of_unknown_number_the_limit_holds(live: Live) -> None:
    with live.connect() as connection:
        connection.sendall(head(0, live).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"))
        body = form([file("a.png", bytes(FILE_BYTES * 2))])
        for start in range(0, len(body), 50_000):
            piece = body[start : start + 50_000]
            connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
        connection.sendall(b"0\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_the_log_holds_no_names_of_files(live: Live) -> None:
    live.send([file("นายมานะ-ใจดี.png", b"no scan")])
    log = live.log()
    assert "มานะ" not in log
    lines = [json.loads(line) for line in log.splitlines()]
    assert {"event", "level", "timestamp"} <= lines[-1].keys()
