"""Pictures of every screen in Thai and English for docs/, with what samnao read on samples/: ``make screenshots``."""

from __future__ import annotations

import io
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from argon2 import PasswordHasher
from PIL import Image
from playwright.sync_api import Page as Screen
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import select
from sqlalchemy.engine import Engine

from tests.browser import CHROMIUM
from tests.workers.web.live import free_port
from tests.workers.web.review import stock
from tests.workers.web.review.conftest import Site, at, saved, until
from workers.blobs import Blobs, open_blobs
from workers.store import keep, people, records
from workers.store.connect import migrate, open_engine, reading, transaction
from workers.store.doubt import DOUBTFUL
from workers.store.schema import Page, Record
from workers.store.settle import Change, settle
from workers.store.submissions import Incoming, accept

DAY = 86_400


def main(folder: Path) -> None:
    """Write the pictures to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="samnao-") as temporary, sync_playwright() as playwright:
        data = Path(temporary)
        engine, blobs = open_engine(None, data), open_blobs(None, data)
        migrate(engine)
        people._HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        stock.add_people(engine)
        port = free_port()
        site = Site(f"http://127.0.0.1:{port}", data, port, engine)
        site.start()
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        try:
            context = browser.new_context(viewport={"width": 1366, "height": 768}, base_url=site.address)
            page = context.new_page()
            sign_in(page)
            for language in ("th", "en"):
                speak(page, language)
                page.goto("/review")
                shoot(page, folder, "queue-empty", language)
            fill(engine, blobs)
            for language in ("th", "en"):
                speak(page, language)
                screens(page, engine, folder, language)
                page.context.clear_cookies()
                context.add_cookies([{"name": "samnao_language", "value": language, "url": site.address}])
                page.goto("/sign-in")
                shoot(page, folder, "sign-in", language)
                page.fill("[name=name]", "malee")
                page.fill("[name=password]", "ผิด ผิด ผิด ผิด")
                with page.expect_response("**/sign-in"):
                    page.press("[name=password]", "Enter")
                page.wait_for_load_state()
                shoot(page, folder, "sign-in-wrong", language)
                sign_in(page)
        finally:
            browser.close()
            site.kill()
            engine.dispose()


def fill(engine: Engine, blobs: Blobs) -> None:
    """Documents that came over two weeks, some fields settled, one submission still being read."""
    now, chance = time.time(), random.Random(7)
    stock.stock(engine, blobs, ["three-records-feeder.pdf"], name="กล่อง 11", now=now - 6 * DAY)
    stock.stock(engine, blobs, ["single-flatbed.pdf"], name="กล่อง 12", now=now - 3 * DAY)
    stock.stock(engine, blobs, ["turned-backs-copier.pdf"], name="สแกนเนอร์ชั้น 2", now=now - 5 * 3600)
    stock.stock(engine, blobs, ["repair-request.pdf"], name="ใบแจ้งซ่อม", now=now - 2400)
    search = keep.search_of(stock.forms())
    with transaction(engine) as session:
        ids = list(session.scalars(select(Record.id).order_by(Record.id)))
        for place in range(1, 220):  # pages of documents read before
            at_ = now - chance.random() * 13 * DAY
            session.add(Page(document_id=1, number=100 + place, state="read", seconds=3.0, at=at_))
    with reading(engine) as session:
        known = {number: records.load(session, number) for number in ids}
    for number in ids[:2]:
        waiting = [field for field in known[number].fields if field.status in DOUBTFUL]
        for n, field in enumerate(waiting if number == ids[0] else waiting[:6]):
            value = (
                f"{field.value} " if chance.random() < 0.4 and isinstance(field.value, str) else field.value
            )
            with transaction(engine) as session:
                version = session.get_one(Record, number).version
                moment = now - chance.random() * 2 * 3600
                more = {"how": "accept", "seconds": 2.4, "keys": 1}
                change = Change("somchai", moment, version, f"token-{number}-{n}", None, more)
                settle(session, number, field.path, value, "settled", change, search[known[number].form])
    with transaction(engine) as session:
        files = [Incoming(f"ใบรับ-{n}.pdf", blobs.put_bytes(f"{n}".encode()), 1, ".pdf") for n in range(3)]
        accept(session, files, channel="scanner", sender="สแกนเนอร์ชั้น 2", name="ชุดเช้าวันนี้", now=now - 60)


def screens(page: Screen, engine: Engine, folder: Path, language: str) -> None:
    """Every screen of a signed-in person."""
    with reading(engine) as session:
        by_source = {one.source: one.id for one in reversed(records.listed(session))}
    for name, address in (
        ("queue", "/review"),
        ("search", "/search?q=5"),
        ("search-empty", "/search?q=zzz"),
        ("overview", "/dashboard"),
        ("upload", "/upload"),
        ("submission", "/submissions/1"),
        ("not-found", "/nothing"),
    ):
        page.goto(address)
        page.wait_for_load_state("load")
        shoot(page, folder, name, language)
    at(page, by_source["turned-backs-copier.pdf"])
    settle_images(page)
    shoot(page, folder, "record", language)
    page.locator('.field[data-path="rationale[1]"] > .row').click()
    settle_images(page)
    shoot(page, folder, "record-long", language)
    page.keyboard.press("F9")
    shoot(page, folder, "record-rows", language)
    page.keyboard.press("Escape")
    page.keyboard.press("F1")
    shoot(page, folder, "keys", language)
    page.keyboard.press("Escape")
    at(page, by_source["repair-request.pdf"])
    page.locator('.field[data-path="items[2].amount"] > .row').click()
    settle_images(page)
    shoot(page, folder, "record-check", language)
    page.locator('.field[data-path="request_date"] > .row').click()
    page.keyboard.type("31/02/2566")
    page.keyboard.press("Enter")
    until(page, "!!document.querySelector('.override:not([hidden]) input')")
    page.wait_for_timeout(800)
    shoot(page, folder, "record-refused", language)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.type("27/11/2566")
    until(page, "document.querySelector('.field.here .gloss').textContent.includes('27')")
    shoot(page, folder, "record-date", language)
    page.keyboard.press("Escape")
    saved(page)
    page.goto(f"/records/{by_source['three-records-feeder.pdf']}/history")
    shoot(page, folder, "history", language)


def settle_images(page: Screen) -> None:
    """Give the browser a moment to draw the scan."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(250)


def speak(page: Screen, language: str) -> None:
    page.goto("/search")
    if page.locator("html").get_attribute("lang") != language:
        page.click("form[action='/language'] button")
        expect(page.locator("html")).to_have_attribute("lang", language)


def sign_in(page: Screen) -> None:
    page.goto("/sign-in")
    page.fill("[name=name]", "malee")
    page.fill("[name=password]", stock.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/review")


def shoot(page: Screen, folder: Path, name: str, language: str) -> None:
    """A picture of the window, with few colours: it is to be small."""
    with Image.open(io.BytesIO(page.screenshot())) as image:
        small = image.convert("RGB").quantize(96, dither=Image.Dither.NONE)
        small.save(folder / f"{name}-{language}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots"))
