"""The web server: uvicorn, with patience limits that it lacks and an end that waits for what is under way."""

from __future__ import annotations

import asyncio
import math
import socket
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from workers.pool import start_server
from workers.settings import Settings
from workers.web import look
from workers.web.app import create_app

log = structlog.get_logger("samnao.web")


def protocol(patience: float) -> type[asyncio.Protocol]:
    """uvicorn's HTTP/1.1, closing connections of clients that send no whole request head, or take no answer, for `patience` s.

    (uvicorn waits for ever for both. Bodies have their own limit: `workers.web.middleware`.)
    """

    class Patient(H11Protocol):
        _timer: asyncio.TimerHandle | None = None
        _writing: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._wait()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self._timer is not None and self.cycle is not None and not self.cycle.response_complete:
                self._timer.cancel()
                self._timer = None

        def on_response_complete(self) -> None:
            self._wait()
            super().on_response_complete()

        def connection_lost(self, exc: Exception | None) -> None:
            for timer in (self._timer, self._writing):
                if timer is not None:
                    timer.cancel()
            super().connection_lost(exc)

        def pause_writing(self) -> None:
            super().pause_writing()
            if self._writing is None:
                self._writing = self.loop.call_later(patience, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._writing is not None:
                self._writing.cancel()
                self._writing = None

        def _wait(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self.loop.call_later(patience, self.transport.close)

    return Patient


class Server(uvicorn.Server):
    """uvicorn's server; when it is told to stop, streams that would run on for long are told so, too."""

    app: FastAPI

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; the process then ends with status 0, not by the signal again as uvicorn would have it."""
        super().handle_exit(sig, frame)
        self._captured_signals.clear()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more connections, let what is under way end, at most for the seconds of the settings."""
        log.info("draining", under_way=len(self.server_state.tasks))
        self.app.state.closing.set()
        await super().shutdown(sockets)


def server(settings: Settings, app: FastAPI | None = None) -> Server:
    """A server for `app`, or for a new application; `run()` serves until SIGTERM or SIGINT."""
    app = app or create_app(settings)
    start_server((look.__name__,))  # else the first upload waits for it
    made = Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            http=protocol(settings.stall_seconds),
            ws="none",
            log_config=None,  # see workers.logs
            access_log=False,  # the application's own line has no names in it
            server_header=False,
            forwarded_allow_ips=settings.proxies,
            limit_concurrency=4 * settings.max_requests,
            timeout_keep_alive=max(1, math.floor(min(settings.stall_seconds, 75))),
            timeout_graceful_shutdown=math.ceil(settings.drain_seconds),
            h11_max_incomplete_event_size=64 * 1024,
        )
    )
    made.app = app
    return made


def serve(settings: Settings) -> int:
    """Serve until told to stop; the exit status: 0, or 1 where it could not begin (the log says why)."""
    made = server(settings)
    try:
        made.run()
    except SystemExit:  # uvicorn's way to say so
        return 1
    return 0 if made.started else 1
