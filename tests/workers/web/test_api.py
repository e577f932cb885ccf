"""The API for programs: submissions in, progress, documents and records out."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from botocore.exceptions import EndpointConnectionError
from PIL import Image
from sqlalchemy import select
from starlette.testclient import TestClient

from tests.workers.web.conftest import Bells, World, make_world, sign_in
from tests.workers.web.doing import work
from workers.settings import Settings
from workers.store.connect import reading
from workers.store.people import Role
from workers.store.schema import History
from workers.web.api import records as records_api
from workers.web.app import create_app
from workers.web.errors import NotAcceptable

API = "/api/v1"


def png(shade: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (60, 80), shade).save(out, "PNG")
    return out.getvalue()


def files(*shades: int) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (f"หน้า {shade}.png", png(shade))) for shade in shades]


def send(
    client: TestClient,
    world: World,
    *shades: int,
    role: Role = "submit",
    key: str | None = None,
    **fields: str,
) -> Any:
    headers = world.bearer(role) | ({} if key is None else {"Idempotency-Key": key})
    return client.post(f"{API}/submissions", files=files(*shades), data=fields, headers=headers)


def test_scans_are_taken_and_become_records(client: TestClient, world: World) -> None:
    answer = send(client, world, 10, 20, name="กล่อง 12", office="สำนักงานเขต", priority="9")
    assert answer.status_code == 202
    taken = answer.json()
    assert answer.headers["location"] == taken["url"] == f"{API}/submissions/{taken['id']}"
    assert [one["duplicate"] for one in taken["documents"]] == [False, False]
    assert isinstance(world.bells, Bells)
    assert [bell.kind for bell in world.bells.rung] == ["open", "open"]
    shown = client.get(taken["url"], headers=world.bearer("submit")).json()
    assert (shown["name"], shown["office"], shown["priority"], shown["channel"]) == (
        "กล่อง 12",
        "สำนักงานเขต",
        9,
        "http",
    )
    assert shown["sender"] == "submit key"
    assert [one["name"] for one in shown["documents"]] == ["หน้า 10.png", "หน้า 20.png"]
    assert shown["progress"] == {
        "documents": {"waiting": 2},
        "pages": 0,
        "pages_done": 0,
        "records": 0,
        "done": False,
    }
    work(world.service.engine)
    shown = client.get(taken["url"], headers=world.bearer("submit")).json()
    assert shown["progress"]["done"]
    assert shown["progress"]["records"] == 4
    part = client.get(f"{taken['url']}/records?limit=3", headers=world.bearer("submit")).json()
    rest = client.get(part["next"], headers=world.bearer("submit")).json()
    assert [one["record"] for one in part["records"] + rest["records"]] == [1, 2, 1, 2]
    record = client.get(part["records"][0]["url"], headers=world.bearer("submit")).json()
    assert record["schema"] == "samnao/1"
    assert record["fields"][0]["box"] == [1, 2, 3, 4]
    document = client.get(shown["documents"][0]["url"], headers=world.bearer("submit")).json()
    assert [page["state"] for page in document["page_list"]] == ["read"]


def test_nothing_temporary_stays(client: TestClient, world: World) -> None:
    send(client, world, 10)
    work_folder = world.service.settings.data / "work"
    assert list(work_folder.iterdir()) == []
    assert len([path for path in (world.service.settings.data / "blobs").rglob("*") if path.is_file()]) == 1


def test_pages_sent_together_are_one_document(client: TestClient, world: World) -> None:
    answer = send(client, world, 2, 1, together="true", name="แฟ้ม")
    assert len(answer.json()["documents"]) == 1
    shown = client.get(answer.json()["url"], headers=world.bearer("submit")).json()
    assert shown["documents"][0]["name"] == "แฟ้ม.pdf"


def test_the_same_scan_again_is_linked(client: TestClient, world: World) -> None:
    first, second = send(client, world, 10).json(), send(client, world, 10, 30).json()
    assert second["documents"][0] == first["documents"][0] | {"duplicate": True}
    assert not second["documents"][1]["duplicate"]


def test_a_request_repeated_gets_the_same_answer(client: TestClient, world: World) -> None:
    first = send(client, world, 10, 20, key="k-1", name="a")
    again = send(client, world, 10, 20, key="k-1", name="a")
    assert (again.status_code, again.json(), again.headers["location"]) == (
        202,
        first.json(),
        first.headers["location"],
    )
    for changed in (
        send(client, world, 10, key="k-1", name="a"),
        send(client, world, 10, 20, key="k-1", name="b"),
    ):
        assert (changed.status_code, changed.json()["code"]) == (409, "idempotency_conflict")
    other = send(client, world, 10, 20, role="admin", key="k-1", name="a")
    assert other.json()["id"] != first.json()["id"], "another sender's keys are its own"
    listed = client.get(f"{API}/submissions", headers=world.bearer("review")).json()
    assert len(listed["submissions"]) == 2


def test_a_browser_may_send_with_its_session(client: TestClient, world: World) -> None:
    sign_in(client, "submit")
    assert client.post(f"{API}/submissions", files=files(1)).json()["code"] == "forged"


def test_submissions_in_parts_the_latest_first(client: TestClient, world: World) -> None:
    ids = [send(client, world, n).json()["id"] for n in range(3)]
    first = client.get(f"{API}/submissions?limit=2", headers=world.bearer("review")).json()
    rest = client.get(first["next"], headers=world.bearer("review")).json()
    assert [one["id"] for one in first["submissions"] + rest["submissions"]] == ids[::-1]
    assert rest["next"] is None
    documents_of = client.get(f"{API}/submissions/{ids[0]}?limit=1", headers=world.bearer("review")).json()
    assert documents_of["next"]
    assert client.get(documents_of["next"], headers=world.bearer("review")).json()["documents"] == []


def test_with_the_least_role_one_sees_only_ones_own(client: TestClient, world: World) -> None:
    taken = send(client, world, 10, role="admin").json()
    work(world.service.engine)
    record = client.get(f"{taken['url']}/records", headers=world.bearer("review")).json()["records"][0]
    for address in (
        taken["url"],
        f"{taken['url']}/events",
        f"{taken['url']}/records",
        taken["documents"][0]["url"],
        record["url"],
    ):
        assert client.get(address, headers=world.bearer("submit")).json()["code"] == "not_found", address
        assert client.get(address, headers=world.bearer("review")).status_code == 200, address
    assert client.get(f"{API}/submissions", headers=world.bearer("submit")).json()["submissions"] == []
    assert (
        client.get(f"{API}/submissions?sender=admin key", headers=world.bearer("submit")).json()[
            "submissions"
        ]
        == []
    )
    send(client, world, 10)  # the same scan: now it is this sender's, too
    assert client.get(record["url"], headers=world.bearer("submit")).status_code == 200


def told(answer: Any) -> list[tuple[str, str, dict[str, Any]]]:
    """The events of a stream: kind, id, data."""
    found = []
    for block in answer.text.split("\n\n"):
        parts = dict(row.split(": ", 1) for row in block.splitlines() if not row.startswith(":"))
        if "event" in parts:
            found.append((parts["event"], parts["id"], json.loads(parts["data"])))
    return found


def test_progress_as_events_until_all_is_done(client: TestClient, world: World) -> None:
    taken = send(client, world, 10).json()
    work(world.service.engine)
    answer = client.get(taken["events"], headers=world.bearer("submit"))
    assert answer.headers["content-type"].startswith("text/event-stream")
    ((kind, last, data),) = told(answer)
    assert kind == "done"
    assert data["records"] == 2
    again = client.get(taken["events"], headers=world.bearer("submit") | {"Last-Event-ID": last})
    assert again.status_code == 204
    earlier = client.get(taken["events"], headers=world.bearer("submit") | {"Last-Event-ID": "w1.p0-0.r0"})
    assert told(earlier) == [(kind, last, data)]


def test_a_document_that_failed_says_why_and_can_be_tried_again(client: TestClient, world: World) -> None:
    taken = send(client, world, 10).json()
    work(world.service.engine, fail="open")
    address = taken["documents"][0]["url"]
    shown = client.get(address, headers=world.bearer("submit")).json()
    assert shown["state"] == "failed"
    assert shown["error"] == {"code": "damaged_file", "message": "the file is broken: scan it again"}
    world.bells.rung.clear()
    answer = client.post(f"{address}/retry", headers=world.bearer("review"))
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert len(world.bells.rung) == 1
    work(world.service.engine)
    again = client.post(f"{address}/retry", headers=world.bearer("review"))
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert client.post(f"{API}/documents/999/retry", headers=world.bearer("review")).status_code == 404


def test_records_in_every_format(client: TestClient, world: World) -> None:
    send(client, world, 10)
    work(world.service.engine, records=3)
    headers = world.bearer("review")
    page = client.get(f"{API}/records?limit=2", headers=headers).json()
    assert len(page["records"]) == 2
    assert len(client.get(page["next"], headers=headers).json()["records"]) == 1
    lines = client.get(f"{API}/records", headers=headers | {"Accept": "application/jsonl"})
    assert [json.loads(one)["record"] for one in lines.text.splitlines()] == [1, 2, 3]
    assert lines.headers["content-disposition"] == "attachment; filename*=UTF-8''records.jsonl"
    table = client.get(f"{API}/records?format=csv", headers=headers)
    assert table.content.startswith(b"\xef\xbb\xbf")
    book = client.get(f"{API}/records?format=xlsx", headers=headers)
    assert openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0].max_row == 4
    wrong = client.get(f"{API}/records?format=csv&table=nothing", headers=headers)
    assert (wrong.status_code, wrong.json()["code"]) == (404, "not_found")
    refused = client.get(f"{API}/records", headers=headers | {"Accept": "image/png"})
    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")
    with reading(world.service.engine) as session:
        taken = session.scalars(select(History.more).where(History.action == "exported")).all()
    assert [one["format"] for one in taken] == ["jsonl", "csv", "xlsx"]


def test_records_filtered(client: TestClient, world: World) -> None:
    send(client, world, 10)
    work(world.service.engine)
    headers = world.bearer("review")

    def count(query: str) -> int:
        return len(client.get(f"{API}/records?{query}", headers=headers).json()["records"])

    assert count("status=review&status=settled&form=school-repair&document=1") == 2
    assert count("status=accepted") == 0
    assert count("since=2020-01-01T00:00:00Z") == 2
    assert count("until=2020-01-01T00:00:00Z") == 0
    title = client.get(f"{API}/records", headers=headers).json()["records"][0]["title"]
    assert (count(urlencode({"q": title})), count("")) == (1, 2)
    assert count(urlencode({"q": "ฤๅษี"})) == 0
    for wrong in ("status=odd", "year=x", "colour=red", "form=%00", "document=0"):
        answer = client.get(f"{API}/records?{wrong}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_request"), wrong


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("text/csv, application/json;q=0.5", "csv"),
        ("application/x-ndjson", "jsonl"),
        ("text/html, application/xhtml+xml, */*;q=0.8", "json"),
        ("image/png;q=1, TEXT/CSV;Q=0.1", "csv"),
        ("text/*", "csv"),
    ],
)
def test_the_format_asked_for(accept: str, kind: str) -> None:
    assert records_api.negotiated(accept) == kind


@pytest.mark.parametrize("accept", ["image/png", "application/json;q=0", "application/json;q=x"])
def test_formats_that_are_not_there(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        records_api.negotiated(accept)


@pytest.fixture
def tight(tmp_path: Any, cheap_hashes: None) -> Iterator[World]:
    world = make_world(Settings(data=tmp_path / "tight", max_waiting=1, min_free_bytes=0))
    yield world
    world.service.close()


def test_where_too_much_waits_it_says_when_to_come_back(tight: World) -> None:
    with TestClient(create_app(tight.service.settings, tight.service)) as client:
        assert send(client, tight, 10).status_code == 202
        answer = send(client, tight, 20)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_much_waits")
        assert int(answer.headers["retry-after"]) > 0
        work(tight.service.engine)
        assert send(client, tight, 20).status_code == 202


def test_where_the_disk_is_nearly_full_nothing_is_taken(world: World) -> None:
    settings = world.service.settings.model_copy(update={"min_free_bytes": 10**18})
    service = type(world.service)(settings, world.service.engine, world.service.blobs, world.service.ring)
    with TestClient(create_app(settings, service)) as client:
        answer = send(client, world, 10)
        assert (answer.status_code, answer.json()["code"]) == (507, "disk_full")
        assert answer.json()["remedy"]


def test_where_the_blob_store_is_away_nothing_is_taken(world: World) -> None:
    class Away:
        def put(self, *_: Any, **__: Any) -> str:
            raise EndpointConnectionError(endpoint_url="http://store:7070")

    away: Any = Away()
    service = type(world.service)(world.service.settings, world.service.engine, away, world.service.ring)
    with TestClient(create_app(service.settings, service)) as client:
        answer = send(client, world, 10, key="k")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
        assert client.get(f"{API}/submissions", headers=world.bearer("submit")).json()["submissions"] == []
    assert list((service.settings.data / "work").iterdir()) == []


def test_copies_of_a_project_are_one(tmp_path: Path) -> None:
    forms = Path(__file__).parents[3] / "samples" / "forms"
    world = make_world(Settings(data=tmp_path / "data", min_free_bytes=0, forms=forms))
    with TestClient(create_app(world.service.settings, world.service)) as client:
        send(client, world, 10, 20)
        work(world.service.engine, records=1)
        headers = world.bearer("review")
        project = client.get(f"{API}/records/1/project", headers=headers).json()
        assert [one["url"] for one in project["sources"]] == [f"{API}/records/1", f"{API}/records/2"]
        assert [len(one["votes"]) for one in project["fields"]] == [2]
        send(client, world, 30)
        work(world.service.engine, records=2)
        alone = client.get(f"{API}/records/4/project", headers=headers)
        assert (alone.status_code, alone.json()["code"]) == (404, "not_found")
    world.service.close()
