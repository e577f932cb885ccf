"""What waits for a person, who is at it, and what they have typed and not yet settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workers.store import history, records
from workers.store.errors import NotFound, StoreError
from workers.store.records import Filter, RecordView
from workers.store.schema import Arrival, Draft, Reason, Record, Submission

CLAIM_SECONDS = 600.0
"""A record is its reviewer's for so long after the last sign of life."""
Order = Literal["worth", "oldest"]


class Taken(StoreError):
    """Another person is at this record."""

    code = "taken"

    def __init__(self, by: str, until: float) -> None:
        super().__init__("another person is at this record: take the next one, or wait until they are done")
        self.by, self.until = by, until


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that waits: `reasons` with the number of fields each, `batch` as it was sent first."""

    id: int
    source: str
    form: str
    title: str | None
    code: str | None
    office: str | None
    doubtful: int
    worth: float
    at: float
    claimed_by: str | None
    batch: str | None
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Facets:
    """What the queue can be narrowed to, each with the number of records: (value, what it is called, number)."""

    forms: tuple[tuple[str, str, int], ...]
    offices: tuple[tuple[str, str, int], ...]
    batches: tuple[tuple[int, str, int], ...]
    reasons: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the waiting records: those of `which`, for `reason`, in an `order`."""

    which: Filter = field(default_factory=Filter)
    reason: str | None = None
    order: Order = "worth"


_FACETS = 200


def waiting(
    session: Session,
    wanted: Wanted,
    *,
    now: float,
    after: tuple[float, int] | None = None,
    limit: int = 50,
) -> tuple[Waiting, ...]:
    """The queue, the most worth (or the oldest) first; `after` is the (worth or time, id) where the last page ended."""
    key = Record.worth if wanted.order == "worth" else Record.at
    query = _waiting(records.select_records(), wanted)
    if after is not None:
        value, record_id = after
        beyond = key < value if wanted.order == "worth" else key > value
        query = query.where(or_(beyond, and_(key == value, Record.id > record_id)))
    query = query.order_by(key.desc() if wanted.order == "worth" else key, Record.id).limit(limit)
    found = records.views(session, query, False)
    ids = [record.id for record in found]
    reasons: dict[int, list[tuple[str, int]]] = {record_id: [] for record_id in ids}
    for row in session.scalars(
        select(Reason).where(Reason.record_id.in_(ids)).order_by(Reason.fields.desc())
    ):
        reasons[row.record_id].append((row.reason, row.fields))
    batches = _batches(session, [record.document_id for record in found])
    return tuple(
        Waiting(
            id=record.id,
            source=record.source,
            form=record.form,
            title=record.title,
            code=record.code,
            office=record.office,
            doubtful=record.doubtful,
            worth=record.worth,
            at=record.at,
            claimed_by=record.claimed_by if (record.claimed_until or 0) > now else None,
            batch=batches.get(record.document_id),
            reasons=tuple(reasons[record.id]),
        )
        for record in found
    )


def _waiting(query: Any, wanted: Wanted) -> Any:
    query = records.filtered(query, wanted.which).where(Record.status == "review")
    if wanted.reason is not None:
        of = select(Reason.record_id).where(Reason.reason == wanted.reason)
        query = query.where(Record.id.in_(of))
    return query


def _batches(session: Session, documents: Sequence[int]) -> dict[int, str]:
    rows = session.execute(
        select(Arrival.document_id, Submission.name)
        .join(Submission, Submission.id == Arrival.submission_id)
        .where(Arrival.document_id.in_(documents))
        .order_by(Arrival.submission_id.desc())
    )
    return {row[0]: row[1] for row in rows}  # the first submission comes last and stays


def totals(session: Session, wanted: Wanted) -> tuple[int, int]:
    """How many records wait, and how many fields in them."""
    row = session.execute(
        _waiting(
            select(func.count(), func.coalesce(func.sum(Record.doubtful), 0)).select_from(Record), wanted
        )
    ).one()
    return row[0], row[1]


def facets(session: Session) -> Facets:
    """What the queue can be narrowed to."""
    review = Record.status == "review"

    def counted(column: Any) -> tuple[tuple[str, str, int], ...]:
        rows = session.execute(
            select(column, func.count())
            .where(review, column.is_not(None))
            .group_by(column)
            .order_by(func.count().desc())
            .limit(_FACETS)
        )
        return tuple((value, value, count) for value, count in rows)

    batches = session.execute(
        select(Submission.id, Submission.name, func.count(func.distinct(Record.id)))
        .join(Arrival, Arrival.submission_id == Submission.id)
        .join(Record, Record.document_id == Arrival.document_id)
        .where(review)
        .group_by(Submission.id, Submission.name)
        .order_by(Submission.id.desc())
        .limit(_FACETS)
    )
    reasons = session.execute(
        select(Reason.reason, func.count()).group_by(Reason.reason).order_by(func.count().desc())
    )
    return Facets(
        counted(Record.form),
        counted(Record.office),
        tuple((row[0], row[1], row[2]) for row in batches),
        tuple((reason, reason, count) for reason, count in reasons),
    )


# ---------------------------------------------------------------- who is at it


def locked(session: Session, record_id: int) -> Record:
    """The row of a record, nobody else's to change until the transaction ends; NotFound where there is none."""
    row = session.get(Record, record_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no record {record_id}")
    return row


def claim(session: Session, record_id: int, user: str, *, now: float) -> None:
    """The record is `user`'s for `CLAIM_SECONDS`; Taken where it is somebody else's."""
    hold(session, locked(session, record_id), user, now=now)


def hold(session: Session, row: Record, user: str, *, now: float) -> None:
    """The same for a row that is locked already."""
    other = row.claimed_by if (row.claimed_until or 0) > now else None
    if other is not None and other != user:
        raise Taken(other, row.claimed_until or now)
    if other is None:
        history.add(
            session, user, "claimed", now=now, document_id=row.document_id, record_id=row.id, more=None
        )
    row.claimed_by, row.claimed_until = user, now + CLAIM_SECONDS
    session.flush()


def claim_next(
    session: Session, user: str, wanted: Wanted, *, now: float, skip: Sequence[int] = ()
) -> int | None:
    """Claim the next waiting record that nobody is at, but none of `skip`; its id, None where there is none."""
    free = or_(Record.claimed_until.is_(None), Record.claimed_until <= now, Record.claimed_by == user)
    key = Record.worth.desc() if wanted.order == "worth" else Record.at
    query = _waiting(select(Record.id), wanted).where(free)
    if skip:
        query = query.where(Record.id.not_in(skip))
    query = query.order_by(key, Record.id).limit(1).with_for_update(skip_locked=True, of=Record)
    found: int | None = session.scalar(query)
    if found is not None:
        claim(session, found, user, now=now)
    return found


def release(session: Session, record_id: int, user: str) -> None:
    """The record is nobody's, where it was `user`'s."""
    session.execute(
        update(Record)
        .where(Record.id == record_id, Record.claimed_by == user)
        .values(claimed_by=None, claimed_until=None)
    )


def standing_claim(record: RecordView, now: float) -> str | None:
    """Who is at the record."""
    return record.claimed_by if (record.claimed_until or 0) > now else None


# ---------------------------------------------------------------- drafts


def keep_draft(session: Session, record_id: int, user: str, path: str, text: str, *, now: float) -> None:
    """Remember what `user` has typed into the field at `path` so far."""
    insert_new: Any = (sqlite if session.get_bind().dialect.name == "sqlite" else postgresql).insert
    values = {"record_id": record_id, "user": user, "path": path, "text": text.replace("\0", ""), "at": now}
    session.execute(
        insert_new(Draft)
        .values(values)
        .on_conflict_do_update(
            index_elements=["record_id", "user", "path"], set_={"text": values["text"], "at": now}
        )
    )


def drop_draft(session: Session, record_id: int, user: str, path: str) -> None:
    """Forget it."""
    session.execute(delete(Draft).where(Draft.record_id == record_id, Draft.user == user, Draft.path == path))


def drafts(session: Session, record_id: int, user: str) -> dict[str, tuple[str, float]]:
    """What `user` has typed into the record and not settled: by path, with the time."""
    rows = session.scalars(select(Draft).where(Draft.record_id == record_id, Draft.user == user))
    return {row.path: (row.text, row.at) for row in rows}
