"""The record, worked on with keys alone in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.workers.web.review.conftest import Open, Site, at, here, saved, stocked, until
from workers.store import history, records
from workers.store.connect import reading
from workers.store.records import FieldView, RecordView

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def repair(site: Site) -> int:
    return stocked(site, "repair-request.pdf")[0]


@pytest.fixture
def report(site: Site) -> int:
    return stocked(site, "turned-backs-copier.pdf")[0]


def loaded(site: Site, record: int) -> RecordView:
    with reading(site.engine) as session:
        return records.load(session, record)


def field(site: Site, record: int, path: str) -> FieldView:
    return next(one for one in loaded(site, record).fields if one.path == path)


def last_event(site: Site, record: int) -> history.Event:
    with reading(site.engine) as session:
        return next(e for e in history.of_record(session, record) if e.action != "claimed")


def key(page: Page, code: str, letter: str, **more: Any) -> None:
    """A key by its place on the keyboard, as a layout other than the English one sends it."""
    page.evaluate(
        "([code, key, more]) => document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true, ...more}))",
        [code, letter, more],
    )


def test_enter_accepts_and_goes_to_the_next_doubtful_field(site: Site, person: Open, repair: int) -> None:
    page = person("malee")
    at(page, repair)
    assert here(page) == "district"
    page.keyboard.press("Enter")
    assert here(page) == "phone"
    saved(page)
    assert field(site, repair, "district").status == "settled"
    event = last_event(site, repair)
    assert (event.actor, event.path, event.more["how"], event.more["key"]) == (
        "malee",
        "district",
        "accept",
        1,
    )
    assert event.more["confidence"] == field(site, repair, "district").confidence
    assert event.more["keys"] == 1 and event.more["seconds"] >= 0
    assert event.before["status"] == "review" and event.after["status"] == "settled"
    page.keyboard.press("Escape")
    until(page, "document.querySelector('.field.here')?.dataset.path === 'district'")
    saved(page)
    assert field(site, repair, "district").status == "review"


def test_typing_replaces_and_escape_gives_back(site: Site, person: Open, repair: int) -> None:
    page = person("malee")
    at(page, repair)
    page.keyboard.type("ตลิ่งชัน")
    assert page.locator(".field.here .editor").input_value() == "ตลิ่งชัน"
    page.keyboard.press("Escape")
    assert page.locator(".field.here .editor").input_value() == "ดลิงชซัน"
    page.keyboard.type("ตลิ่งชัน")
    page.keyboard.press("Enter")
    saved(page)
    assert field(site, repair, "district").value == "ตลิ่งชัน"
    assert field(site, repair, "district").machine == "ดลิงชซัน"
    assert loaded(site, repair).values["district"] == "ตลิ่งชัน"
    assert loaded(site, repair).office == "ตลิ่งชัน"


def test_tab_moves_and_saves_nothing(site: Site, person: Open, repair: int) -> None:
    page = person("malee")
    at(page, repair)
    first = here(page)
    page.keyboard.press("Tab")
    second = here(page)
    page.keyboard.press("Shift+Tab")
    assert (here(page), first, second) == ("district", "district", "phone")
    page.keyboard.press("ArrowDown")
    assert page.locator(".field.here").get_attribute("data-state") == "accepted"
    assert field(site, repair, first).status == "review"


def test_digits_take_alternatives_and_can_still_be_typed(site: Site, person: Open, repair: int) -> None:
    page = person("malee")
    at(page, repair)
    page.locator('.field[data-path="items[1].unit_price"] > .row').click()
    editor = page.locator(".field.here .editor")
    page.keyboard.press("1")
    assert editor.input_value() == "150,000"
    page.keyboard.type("50")
    assert editor.input_value() == "150"
    page.keyboard.press("Escape")
    key(page, "Digit1", "ๅ")  # the same key on a Thai keyboard
    assert editor.input_value() == "150,000"
    page.keyboard.press("Escape")
    key(page, "Numpad1", "1")  # the number pad types, it never chooses
    assert editor.input_value() == "1,500"
    page.locator('.field[data-path="urgency"] > .row').click()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    saved(page)
    assert field(site, repair, "urgency").value == "ปกติ"
    assert last_event(site, repair).more["how"] == "alternative"


def test_a_refused_value_says_why_and_is_kept_with_a_reason(site: Site, person: Open, repair: int) -> None:
    page = person("malee")
    at(page, repair)
    page.locator('.field[data-path="total"] > .row').click()
    page.keyboard.type("ห้าหมื่น x")
    expect(page.locator(".field.here .doubts")).to_contain_text("อ่านจำนวนเงินไม่ได้")
    page.keyboard.press("Enter")
    expect(page.locator(".field.here .override")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".field.here .editor")).to_have_value("52,944")
    page.keyboard.type("1234.5")
    expect(page.locator(".field.here .gloss")).to_have_text("1,234.50 บาท")
    page.keyboard.press("Enter")  # the parts of the sum are still doubtful, and so is which of them is wrong
    saved(page)
    assert field(site, repair, "total").value == 1234.5
    page.locator('.field[data-path="request_date"] > .row').click()
    page.keyboard.type("31/02/2566")
    page.keyboard.press("Enter")
    expect(page.locator(".field.here .override input")).to_be_focused()
    expect(page.locator(".field.here .doubts")).to_contain_text("ไม่มีวันที่")
    assert field(site, repair, "request_date").value == "2023-11-26"
    page.keyboard.press("Escape")
    page.keyboard.type("27/11/2566")
    expect(page.locator(".field.here .gloss")).to_contain_text("27 พฤศจิกายน พ.ศ. 2566 (ค.ศ. 2023)")
    page.keyboard.press("Enter")
    saved(page)
    assert field(site, repair, "request_date").value == "2023-11-27"


def test_unreadable_help_and_the_scan_by_keys(site: Site, person: Open, report: int) -> None:
    page = person("somchai")
    at(page, report)
    first = here(page)
    key(page, "Slash", "ฦ", shiftKey=True)
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("F6")
    before = page.locator(".view:not([hidden])").get_attribute("viewBox")
    page.keyboard.press("+")
    assert page.locator(".view:not([hidden])").get_attribute("viewBox") != before
    page.keyboard.press("F6")
    assert page.evaluate("document.activeElement.className").startswith("editor")
    page.keyboard.press("F8")
    saved(page)
    assert field(site, report, first).status == "unreadable"
    second = here(page)
    key(page, "Backquote", "_")
    saved(page)
    assert (field(site, report, second).status, field(site, report, second).value) == ("unreadable", None)


def test_rows_gain_lose_split_and_join(site: Site, person: Open, report: int) -> None:
    page = person("somchai")
    at(page, report)

    def objectives() -> Any:
        saved(page)
        return loaded(site, report).values["objectives"]

    def row(path: str, number: str) -> None:
        page.locator(f'.field[data-path="{path}"] > .row').click()
        page.keyboard.press("F9")
        page.keyboard.press(number)
        until(page, "document.querySelectorAll('.rows:not([hidden])').length === 0")

    before = objectives()
    row("objectives[0]", "1")
    until(page, "document.querySelector('.field.here')?.dataset.path === 'objectives[1]'")
    assert objectives() == [before[0], None, *before[1:]]
    page.keyboard.type("เพื่อประโยชน์สุขของประชาชน")
    page.keyboard.press("Enter")
    assert objectives()[1] == "เพื่อประโยชน์สุขของประชาชน"
    row("objectives[1]", "4")
    assert objectives() == [before[0], "เพื่อประโยชน์สุขของประชาชน" + before[1], *before[2:]]
    page.locator('.field[data-path="objectives[1]"] > .row').click()
    page.evaluate("document.activeElement.setSelectionRange(26, 26)")
    page.keyboard.press("F9")
    page.keyboard.press("3")
    until(page, "document.querySelector('.field.here')?.dataset.path === 'objectives[2]'")
    assert objectives() == [before[0], "เพื่อประโยชน์สุขของประชาชน", *before[1:]]
    row("objectives[1]", "2")
    assert objectives() == before
    assert loaded(site, report).rows_by_hand == ("objectives",)
    page.keyboard.press("Escape")
    until(page, "document.querySelectorAll('.field[data-path^=\"objectives\"]').length === 4")
    assert objectives() == [before[0], "เพื่อประโยชน์สุขของประชาชน", *before[1:]]
    reports = loaded(site, report).values["progress_reports"]
    row("progress_reports[0].number", "1")
    saved(page)
    grown = loaded(site, report).values["progress_reports"]
    assert len(grown) == len(reports) + 1 and grown[1]["expenses"] == [] and grown[1]["date"] is None
    assert set(grown[1]) == set(grown[0])


def test_drafts_survive_reload_and_a_killed_server(site: Site, person: Open, repair: int) -> None:
    page = person("malee")
    at(page, repair)
    path = "items[1].item"
    page.locator(f'.field[data-path="{path}"] > .row').click()
    page.keyboard.type("กำลังพิม")
    page.reload()
    until(page, "document.documentElement.dataset.ready === 'yes'")
    assert (here(page), page.locator(".field.here .editor").input_value()) == (path, "กำลังพิม")
    site.kill()
    page.keyboard.press("End")
    page.keyboard.type("พ์อยู่")
    page.keyboard.press("Enter")
    expect(page.locator(".saving")).to_have_class("saving offline")
    after = here(page)
    page.keyboard.type("ช่องที่สอง")
    site.start()
    saved(page)
    assert field(site, repair, path).value == "กำลังพิมพ์อยู่"
    other = person("malee")  # the server has the draft, too
    with page.expect_response("**/draft"):
        page.evaluate(
            "document.querySelector('.field.here .editor').dispatchEvent(new Event('input', {bubbles: true}))"
        )
    at(other, repair)
    assert other.locator(f'.field[data-path="{after}"] .editor').input_value() == "ช่องที่สอง"
    page.keyboard.press("Escape")


def test_two_people_are_never_at_one_record(site: Site, person: Open) -> None:
    stocked(site, "three-records-feeder.pdf")
    malee, somchai = person("malee"), person("somchai")
    for page in (malee, somchai):
        page.goto("/review/next")
        until(page, "document.documentElement.dataset.ready === 'yes'")
    assert malee.url != somchai.url
    somchai.goto(malee.url)
    expect(somchai.locator(".warning")).to_contain_text("malee")
    until(somchai, "document.documentElement.dataset.ready === 'yes'")
    before = loaded(site, int(malee.url.split("/")[-1].split("?")[0]))
    somchai.keyboard.press("Enter")
    assert loaded(site, before.id).version == before.version


def test_a_change_on_an_older_version_asks_and_loses_nothing(site: Site, person: Open) -> None:
    record = stocked(site, "single-flatbed.pdf")[0]
    one, two = person("malee"), person("malee")
    for page in (one, two):
        at(page, record)
        page.keyboard.press("Tab")
    path = here(one)
    one.keyboard.type("100")
    one.keyboard.press("Enter")
    saved(one)
    two.keyboard.type("200")
    two.keyboard.press("Enter")
    expect(two.locator(".conflict:not([hidden])")).to_contain_text("100")
    two.keyboard.press("1")
    saved(two)
    assert field(site, record, path).value == "200"
    one.keyboard.press("Enter")  # another field: nobody else was there, so nobody is asked
    saved(one)
    assert loaded(site, record).doubtful == 3
