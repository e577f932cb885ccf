"""The simulated archive goes the way of real documents, and nothing of it is left over."""

from __future__ import annotations

from pathlib import Path

from workers import simulate
from workers.store import audit, records
from workers.store.connect import migrate, open_engine, reading, transaction


def test_simulated_documents_are_whole(tmp_path: Path) -> None:
    engine = open_engine(None, tmp_path)
    migrate(engine)
    with transaction(engine) as session:
        simulate.send(session, 0, 7)
    for number in range(7):
        simulate.one_by_one(engine, 2, number)
    with reading(engine) as session:
        assert audit.check(session) == []
        assert [record.status for record in records.listed(session)] == ["review"] + ["accepted"] * 4 + [
            "review",
            "accepted",
        ]
        assert len(records.load(session, 1).fields) == 12
    engine.dispose()


def test_a_small_simulation_says_what_all_costs(tmp_path: Path) -> None:
    engine, empty = open_engine(None, tmp_path / "a"), open_engine(None, tmp_path / "b")
    migrate(engine)
    migrate(empty)
    said: list[str] = []
    simulate.run(simulate.Archive(engine, documents=11, pages=1, sample=1, fill=1, empty=empty), said.append)
    assert sum(one.replace(".", "").replace(" ", "").isdigit() for one in said) == 11
    assert any("by turns" in one for one in said)
    assert any(one.startswith("claim, ") for one in said)
    engine.dispose()
    empty.dispose()
