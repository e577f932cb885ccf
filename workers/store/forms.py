"""Which forms the records are of."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workers.store.records import Filter, filtered
from workers.store.schema import Record


def forms_in(session: Session, which: Filter) -> tuple[str, ...]:
    """The names of the forms among the records that `which` means, in order of the alphabet."""
    return tuple(sorted(session.scalars(filtered(select(Record.form).distinct(), which))))
