"""A real server in a process of its own, filled with records, and real browsers that look at it."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, Error, Page
from sqlalchemy.engine import Engine

from tests.workers.web.live import free_port
from tests.workers.web.review import stock
from workers.blobs import open_blobs
from workers.store import people
from workers.store.connect import migrate, open_engine


@dataclass(slots=True)
class Site:
    """The server: where it is, its database, and how to kill and start it again on the same data."""

    address: str
    data: Path
    port: int
    engine: Engine
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        wanted = {"data": self.data, "port": self.port, "min_free_bytes": 0, "forms": stock.FORMS}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SAMNAO_")}
        environment |= {f"SAMNAO_{name.upper()}": str(value) for name, value in wanted.items()}
        with (self.data / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.workers.web.serve"],
                cwd=stock.ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        self.wait()

    def wait(self) -> None:
        until = time.monotonic() + 180
        while True:
            try:
                with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
                    connection.request("GET", "/healthz")
                    if connection.getresponse().status == 200:
                        return
            except OSError:
                assert self.process is not None and self.process.poll() is None, (
                    self.data / "log"
                ).read_text()
                assert time.monotonic() < until
                time.sleep(0.05)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    data = tmp_path_factory.mktemp("site")
    engine = open_engine(None, data)
    migrate(engine)
    people._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    stock.add_people(engine)
    port = free_port()
    site = Site(f"http://127.0.0.1:{port}", data, port, engine)
    site.start()
    yield site
    site.kill()
    engine.dispose()


Open = Callable[[str], Page]


@pytest.fixture
def person(site: Site, browser: Browser) -> Iterator[Open]:
    """Sign somebody in, each in a browser of their own; every error of a script fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def open_browser(name: str) -> Page:
        context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=site.address)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(45_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security" in said.text else None)
        page.goto("/sign-in")
        page.fill("[name=name]", name)
        page.fill("[name=password]", stock.PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/review" if name != "sender" else "**/upload")
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert not errors


def stocked(site: Site, *sources: str) -> tuple[int, ...]:
    """Put fresh copies of what was read of `sources` in, in place of what is there."""
    return stock.stock(site.engine, open_blobs(None, site.data), sources).records


def at(page: Page, record: int, query: str = "") -> None:
    """Open a record, ready for keys."""
    page.goto(f"/records/{record}{query}")
    until(page, "document.documentElement.dataset.ready === 'yes'")


def here(page: Page) -> str:
    """The path of the field at hand."""
    found = page.evaluate("document.querySelector('.field.here')?.dataset.path ?? ''")
    assert isinstance(found, str)
    return found


def saved(page: Page) -> None:
    """Wait until everything has been said yes to."""
    until(
        page,
        "Object.keys(localStorage).every((name) => !name.endsWith(':outbox'))"
        " && !document.querySelector('.saving')?.classList.contains('offline')",
    )


def until(page: Page, expression: str) -> None:
    """Wait until `expression` is true in the page. (Playwright's own way evaluates strings, which the pages forbid.)"""
    end = time.monotonic() + 60
    while True:
        try:
            if page.evaluate(expression):
                return
        except Error:  # the page is just changing
            pass
        assert time.monotonic() < end, expression
        page.wait_for_timeout(15)
