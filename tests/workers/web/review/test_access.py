"""Nobody violates the rules of access for the web: axe finds nothing on any screen, in either language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.workers.web.review.conftest import Open, Site, at, saved, stocked, until

AXE = (Path(__file__).parent / "axe-4.14.1.min.js").read_text("utf-8")


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)"
    )
    return [
        f"{one['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("language", ["th", "en"])
def test_axe_finds_nothing(site: Site, person: Open, language: str) -> None:
    record = stocked(site, "repair-request.pdf")[0]
    page = person("chief")
    if page.locator("html").get_attribute("lang") != language:
        page.click("form[action='/language'] button")
        expect(page.locator("html")).to_have_attribute("lang", language)
    found: dict[str, list[str]] = {}
    for address in (
        "/review",
        "/search?q=5",
        "/search?q=zzzz",
        "/dashboard",
        "/upload",
        "/submissions/1",
        "/nothing",
    ):
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        found[address] = violations(page)
    at(page, record)
    found["record"] = violations(page)
    page.keyboard.press("Enter")
    saved(page)
    page.locator('.field[data-path="request_date"] > .row').click()
    page.keyboard.type("31/02/2566")
    page.keyboard.press("Enter")
    until(page, "!!document.querySelector('.override:not([hidden]) input')")
    found["refused"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator('.field[data-path="items[1].item"] > .row').click()
    page.keyboard.press("F9")
    found["rows"] = violations(page)
    page.keyboard.press("Escape")
    page.keyboard.press("F1")
    found["keys"] = violations(page)
    page.goto(f"/records/{record}/history")
    found["history"] = violations(page)
    page.click("form[action='/sign-out'] button")
    page.wait_for_url("**/sign-in")
    found["sign-in"] = violations(page)
    assert not {where: what for where, what in found.items() if what}
