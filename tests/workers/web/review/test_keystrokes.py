"""How many keys a record takes, against typing it all: counted in a real browser, on what samnao read on samples/."""

from __future__ import annotations

import json
import re

from postprocess.forms import load_forms
from tests.workers.web.review import stock
from tests.workers.web.review.clerk import Clerk, leaf_paths, typing_it_all
from tests.workers.web.review.conftest import Open, Site, at, saved, stocked
from workers.store import records
from workers.store.connect import reading

COUNT_CLICKS = "addEventListener('pointerdown', () => clicked(), true)"


def test_settling_takes_a_fraction_of_the_keys_of_typing(site: Site, person: Open) -> None:
    forms = {form.name: form for form in (*load_forms(), *load_forms(stock.FORMS))}
    truths = [json.loads(line) for line in (stock.SAMPLES / "expected.jsonl").read_text("utf-8").splitlines()]
    page = person("malee")
    clicks: list[str] = []
    page.expose_function("clicked", lambda: clicks.append(page.url))
    page.add_init_script(COUNT_CLICKS)
    table: list[tuple[str, int, int, int, int, int]] = []
    for source in (
        "single-flatbed.pdf",
        "three-records-feeder.pdf",
        "turned-backs-copier.pdf",
        "repair-request.pdf",
    ):
        for number, record in enumerate(stocked(site, source), 1):
            with reading(site.engine) as session:
                before = records.load(session, record)
            truth = next(t for t in truths if t["source"] == source and t["record"] == number)["values"]
            form = forms[before.form]
            at(page, record)
            clerk = Clerk(page, form, truth)
            clerk.settle_all()
            saved(page)
            page.wait_for_url(re.compile(rf"(?<!/records/{record})$"))  # a settled record leaves by itself
            with reading(site.engine) as session:
                after = records.load(session, record)
            assert (after.status, after.doubtful) == ("settled", 0)
            every = leaf_paths(form, truth)
            table.append(
                (
                    f"{source} {number}",
                    len(every),
                    before.doubtful,
                    clerk.keys,
                    len(clicks) - sum(row[4] for row in table),
                    typing_it_all(form, truth, every),
                )
            )
    print("\n| record | fields | doubtful | keys | clicks | typing it all |\n|---|---|---|---|---|---|")
    for row in table:
        print("| " + " | ".join(map(str, row)) + " |")
    keys, typing = sum(row[3] for row in table), sum(row[5] for row in table)
    fields, doubtful = sum(row[1] for row in table), sum(row[2] for row in table)
    print(f"| all | {fields} | {doubtful} | {keys} | {len(clicks)} | {typing} |")
    assert keys < 0.15 * typing
    assert clicks == []
    page.mouse.click(1, 1)
    page.evaluate("0")  # comes after the click
    assert len(clicks) == 1  # one would have been counted
