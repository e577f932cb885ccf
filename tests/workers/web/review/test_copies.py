"""What other copies of a project have in a field's place is shown there, and one key away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.workers.store.steps import Store, field, line
from tests.workers.store.test_copies import FORM, TITLE
from workers.blobs import open_blobs
from workers.store import records
from workers.store.connect import migrate, open_engine, reading
from workers.web.review.layout import CopyValue, parts_of
from workers.web.review.views import copies_of


def test_the_values_of_copies_are_alternatives(tmp_path: Path) -> None:
    engine = open_engine(None, tmp_path)
    migrate(engine)
    store = Store(engine, open_blobs(None, tmp_path))
    common: dict[str, Any] = {"title": TITLE, "code": "12345678-2566", "year": 2566}
    for content, budget in (("ก", 5000), ("ข", 6000)):
        store.send(content)
        store.work([line(1, field("budget", budget, "review"), **common)], pages=1)
    with reading(engine) as session:
        record = records.load(session, 2)
        there = copies_of(session, record, FORM)
        alone = copies_of(session, record, None)
    engine.dispose()
    assert there["budget"] == [CopyValue(1, "ก.pdf", 5000)]
    assert alone == {}
    items = {
        item.path: item
        for part in parts_of(FORM, record.fields, record.values, {}, there, "en")
        for item in part.items
    }
    assert items["budget"].copies == ((1, "ก.pdf", "5,000"),)
    assert items["budget"].alternatives == ("5,000",)
    assert items["code"].alternatives == ()
