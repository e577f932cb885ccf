"""From a scan to an exported record: the whole service, a real browser, and a clerk who touches no mouse."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from postprocess.forms import load_forms
from tests.workers.web.live import free_port
from tests.workers.web.review.clerk import Clerk
from tests.workers.web.review.conftest import until

ROOT = Path(__file__).parents[2]
SCAN = ROOT / "samples" / "repair-request.pdf"
PASSWORD = "สี่คำ ยาวพอ จำง่าย"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`samnao up` on SQLite with the embedded broker, and one person added on the command line."""
    data, port = tmp_path_factory.mktemp("service"), free_port()
    wanted = {"data": data, "port": port, "min_free_bytes": 0, "forms": ROOT / "samples" / "forms", "jobs": 1}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SAMNAO_")}
    environment |= {f"SAMNAO_{name.upper()}": str(value) for name, value in wanted.items()}
    samnao = [sys.executable, "-m", "workers.cli"]
    add = [*samnao, "user", "add", "มาลี", "--role", "review", "--password-stdin"]
    subprocess.run(add, cwd=ROOT, env=environment, input=PASSWORD.encode(), check=True, capture_output=True)
    with (data / "log").open("wb") as log:
        up = subprocess.Popen(
            [*samnao, "up"], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    yield f"http://127.0.0.1:{port}"
    up.send_signal(signal.SIGTERM)
    try:
        up.wait(60)
    finally:
        if up.poll() is None:
            os.killpg(up.pid, signal.SIGKILL)
            up.wait()


def test_a_scan_becomes_a_record_is_settled_by_keys_and_leaves(address: str, browser: Browser) -> None:
    lines = (ROOT / "samples" / "expected.jsonl").read_text("utf-8").splitlines()
    truth = next(t for t in map(json.loads, lines) if t["source"] == SCAN.name)["values"]
    (form,) = load_forms(ROOT / "samples" / "forms")
    page = browser.new_page(base_url=address, viewport={"width": 1366, "height": 768})
    end = time.monotonic() + 180
    while True:
        try:
            page.goto("/sign-in")
            break
        except Exception:
            assert time.monotonic() < end
            page.wait_for_timeout(200)
    page.keyboard.type("มาลี")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/review")
    expect(page.locator(".empty strong")).to_be_visible()
    page.goto("/upload")
    page.set_input_files("input[type=file]", SCAN)
    page.fill("[name=name]", "ใบแจ้งซ่อม")
    page.press("[name=name]", "Enter")
    page.wait_for_url("**/submissions/*")
    expect(page.locator(".chip.is-done")).to_be_visible(timeout=120_000)
    page.goto("/review")
    page.keyboard.press("Enter")
    page.wait_for_url("**/records/*")
    until(page, "document.documentElement.dataset.ready === 'yes'")
    clerk = Clerk(page, form, truth)
    clerk.settle_all()
    page.wait_for_url("**/review?done=1")
    page.goto("/search?status=settled")
    with page.expect_download() as download:
        page.click("text=CSV")
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    exported = page.request.get("/api/v1/records?format=jsonl").text().splitlines()
    page.close()
    (record,) = map(json.loads, exported)
    assert len(rows) == 1 and truth["school"] in rows[0].values()
    assert record["status"] == "settled"
    settled = {f["path"]: f["value"] for f in record["fields"] if f["status"] == "settled"}
    assert settled and clerk.keys < 400
    for name in ("school", "district", "urgency", "total", "phone"):
        assert record["values"][name] == truth[name], name
