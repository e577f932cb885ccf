"""The kinds of database and broker that the service runs on, each with real servers of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers import (
    Server,
    new_database,
    new_folder,
    postgres,
    rabbitmq,
    rabbitmq_host,
    redis_server,
)

SETUPS = ("sqlite + embedded", "postgres + rabbitmq", "postgres + redis")


@contextmanager
def servers(setup: str) -> Iterator[tuple[str | None, str | None, list[Server]]]:
    """URLs of database and broker, and the servers behind them."""
    started: list[Server] = []

    def start(server: Server) -> Server:
        server.start()
        started.append(server)
        return server

    try:
        database = broker = None
        if "postgres" in setup:
            database = new_database(start(postgres(new_folder("postgres"))))
        if "rabbitmq" in setup:
            broker = rabbitmq_host(start(rabbitmq(new_folder("rabbitmq"))), 0)
        if "redis" in setup:
            one = start(redis_server(new_folder("redis")))
            broker = f"redis://{one.host}:{one.port}/1"
        yield database, broker, started
    finally:
        for server in started:
            server.kill()
