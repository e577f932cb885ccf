"""What Prometheus is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.workers.web.conftest import World
from tests.workers.web.doing import work
from tests.workers.web.test_api import send
from workers import metrics
from workers.store import tally
from workers.store.connect import migrate, open_engine, reading


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    metrics._sums.clear()
    yield
    metrics._sums.clear()


def told(client: TestClient, world: World) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics", headers=world.bearer("submit"))
    assert answer.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_numbers(client: TestClient, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "QUEUE_SECONDS", 0.0)
    send(client, world, 1, 2)
    metrics.done("read", 1.5)
    metrics.done("read", 0.5)
    metrics.failed("page_timeout")
    metrics.flush(world.service.engine)
    found = told(client, world)
    assert found["samnao_jobs", "open", "waiting"] == 2
    assert 0 <= found["samnao_oldest_job_seconds", "open", "waiting"] < 60
    assert found["samnao_documents_unfinished",] == 2
    assert found["samnao_stage_seconds_count", "read"] == 2
    assert found["samnao_stage_seconds_sum", "read"] == 2
    assert found["samnao_failures_total", "page_timeout"] == 1
    assert found["samnao_accepted_share",] == 0
    assert found["samnao_pages_per_second",] == 0
    assert found["samnao_disk_free_bytes",] > 0


def test_a_look_is_kept_for_some_seconds(client: TestClient, world: World) -> None:
    send(client, world, 1)
    assert told(client, world)["samnao_documents_unfinished",] == 1
    work(world.service.engine)
    assert told(client, world)["samnao_documents_unfinished",] == 1


def test_nobody_reads_it_without_a_key(client: TestClient) -> None:
    assert client.get("/metrics").status_code == 401


def test_pages_per_second(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = [1000.0]
    monkeypatch.setattr("workers.metrics.time.monotonic", lambda: moment[0])
    numbers = metrics.Numbers(world.service)
    list(numbers.collect())
    for _ in range(30):
        metrics.done("read", 1)
    metrics.flush(world.service.engine)
    moment[0] += 10
    assert {family.name: family.samples for family in numbers.collect()}["samnao_pages_per_second"][
        0
    ].value == 3


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    engine = open_engine(url, tmp_path_factory.mktemp("tally"))
    migrate(engine)
    yield engine
    engine.dispose()


def test_sums_of_many_workers_add_up(engine: Engine) -> None:
    for _ in range(3):
        metrics.done("open", 0.25)
        metrics.flush(engine)
    metrics.flush(engine)
    with reading(engine) as session:
        assert tally.sums(session) == {("done", "open"): (3, 0.75)}
        assert tally.records_by_status(session) == {}


def test_what_could_not_be_written_is_kept(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    metrics.done("read", 1)
    with monkeypatch.context() as patched:
        patched.setattr(tally, "add", lambda *_: int("no"))
        with pytest.raises(ValueError):
            metrics.flush(engine)
    metrics.done("read", 2)
    metrics.flush(engine)
    with reading(engine) as session:
        assert tally.sums(session) == {("done", "read"): (2, 3.0)}
