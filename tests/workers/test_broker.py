"""The bell, on the embedded broker, RabbitMQ and Redis."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from workers.broker import DOCUMENTS, PAGES, TASKS, celery_app, configuration, ringer, waiting
from workers.settings import Settings
from workers.store.queue import ASSEMBLE, OPEN, READ, Bell


@pytest.fixture(params=["embedded", "rabbitmq", "redis"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    broker = None if request.param == "embedded" else request.getfixturevalue(f"{request.param}_url")
    return Settings(data=tmp_path, broker=broker, bells=5)


def taken(settings: Settings, queue: str) -> list[tuple[str, list[int]]]:
    """The messages of a queue: task and arguments."""
    found = []
    with celery_app(settings).connection_for_read() as connection, connection.channel() as channel:
        app_queue = next(one for one in configuration(settings)["task_queues"] if one.name == queue)
        while (message := app_queue.bind(channel).get(no_ack=True)) is not None:
            assert message.content_type == "application/json"
            found.append((message.headers["task"], message.payload[0]))
    return found


def depth(settings: Settings, queue: str) -> int:
    with celery_app(settings).connection_for_write() as connection, connection.channel() as channel:
        return waiting(channel, queue)


def test_each_job_is_told_by_its_ids_in_its_queue(settings: Settings) -> None:
    ringer(settings)([Bell(OPEN, 1, 0), Bell(READ, 2, 3), Bell(ASSEMBLE, 4, 0)])
    assert taken(settings, DOCUMENTS) == [(TASKS[OPEN], [1]), (TASKS[ASSEMBLE], [4])]
    assert taken(settings, PAGES) == [(TASKS[READ], [2, 3])]


def test_no_more_messages_wait_than_there_is_room_for(settings: Settings) -> None:
    ring = ringer(settings)
    ring([Bell(READ, 1, page) for page in range(1, 100)])
    while depth(settings, PAGES) < 5:
        time.sleep(0.01)  # RabbitMQ counts a moment later
    ring([Bell(READ, 1, 100), Bell(OPEN, 2, 0)])
    assert [arguments for _, arguments in taken(settings, PAGES)] == [[1, page] for page in range(1, 6)]
    assert len(taken(settings, DOCUMENTS)) == 1
    ring([Bell(READ, 1, 100)])
    assert len(taken(settings, PAGES)) == 1


@pytest.mark.parametrize("broker", ["amqp://127.0.0.1:1//", "redis://127.0.0.1:1/0"])
def test_a_broker_that_is_away_fails_nobody(tmp_path: Path, broker: str) -> None:
    ring = ringer(Settings(data=tmp_path, broker=broker))
    ring([Bell(OPEN, 1, 0)])
    ring([Bell(OPEN, 1, 0)])


@pytest.fixture
def embedded(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, bells=1000)


def test_half_a_message_is_passed_over(embedded: Settings) -> None:
    ringer(embedded)([Bell(OPEN, 1, 0)])
    (whole,) = (embedded.data / "broker").glob("*.msg")
    (embedded.data / "broker" / f"0_0.{DOCUMENTS}.msg").write_bytes(whole.read_bytes()[:100])
    (embedded.data / "broker" / "0_1.part").write_bytes(b"{")
    assert taken(embedded, DOCUMENTS) == [(TASKS[OPEN], [1])]


def test_a_message_is_for_one_worker_only(embedded: Settings) -> None:
    ringer(embedded)([Bell(OPEN, number, 0) for number in range(200)])
    found: list[tuple[str, list[int]]] = []
    threads = [threading.Thread(target=lambda: found.extend(taken(embedded, DOCUMENTS))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(arguments[0] for _, arguments in found) == list(range(200))
