"""How often and how long, added up over all workers; and how many records there are of each status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workers.store.schema import Record, Tally

Sums = Mapping[tuple[str, str], tuple[int, float]]
"""(kind, label) → (times, seconds)."""


def add(session: Session, sums: Sums) -> None:
    """Add `sums` to what stands there. In one order, so that no two wait for each other."""
    insert: Any = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    for (kind, label), (times, seconds) in sorted(sums.items()):
        statement = insert(Tally).values(kind=kind, label=label, times=times, seconds=seconds)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["kind", "label"],
                set_={
                    "times": Tally.times + statement.excluded.times,
                    "seconds": Tally.seconds + statement.excluded.seconds,
                },
            )
        )


def sums(session: Session) -> Sums:
    """All that was added up."""
    return {(row.kind, row.label): (row.times, row.seconds) for row in session.scalars(select(Tally))}


def records_by_status(session: Session) -> dict[str, int]:
    """How many records have each status: a look through an index, a tenth of a second at a million."""
    rows = session.execute(select(Record.status, func.count()).group_by(Record.status))
    return {status: count for status, count in rows}  # noqa: C416 (rows are no pairs for dict())
