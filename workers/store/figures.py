"""Figures of the work: pages a day, the share of fields accepted, what people correct, what waits longest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Integer, cast, func, select
from sqlalchemy.orm import Session

from postprocess.paths import general
from workers.store.schema import Field, History, Page, Record

DAY = 86_400
_RECORDS, _CHANGES = 5_000, 20_000
"""The share of fields and the corrections are those of so many of the latest records and changes."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """How often persons looked at a field of a form, and how often they changed it; `path` with [*] for every index."""

    form: str
    path: str
    looked: int
    changed: int


@dataclass(frozen=True, slots=True)
class Figures:
    """`pages` and `settled` by day (days since 1970 in the time zone given), `accepted` as (accepted, all) by day."""

    first: int
    last: int
    pages: dict[int, int]
    settled: dict[int, int]
    accepted: dict[int, tuple[int, int]]
    corrected: tuple[Corrected, ...]
    waiting: int
    waiting_fields: int
    oldest: float | None
    oldest_id: int | None


def figures(session: Session, *, now: float, days: int = 14, zone: float = 7 * 3600) -> Figures:
    """The figures of the last `days`; `zone` is the time zone's distance from UTC in seconds."""
    last = int((now + zone) // DAY)
    first = last - days + 1
    since = first * DAY - zone
    waiting: Any = session.execute(
        select(func.count(), func.coalesce(func.sum(Record.doubtful), 0)).where(Record.status == "review")
    ).one()
    oldest = session.execute(
        select(Record.at, Record.id).where(Record.status == "review").order_by(Record.at, Record.id).limit(1)
    ).first()
    return Figures(
        first=first,
        last=last,
        pages=_by_day(session, Page.at, zone, Page.at >= since, Page.state.in_(("read", "blank"))),
        settled=_by_day(
            session, History.at, zone, History.at >= since, History.action.in_(("settled", "unreadable"))
        ),
        accepted=_accepted(session, since, zone),
        corrected=_corrected(session),
        waiting=waiting[0],
        waiting_fields=int(waiting[1]),
        oldest=oldest[0] if oldest else None,
        oldest_id=oldest[1] if oldest else None,
    )


def _by_day(session: Session, column: Any, zone: float, *where: Any) -> dict[int, int]:
    seconds = cast(column + zone, BigInteger().with_variant(Integer, "sqlite"))
    day = (seconds - seconds % DAY).label("day")
    rows = session.execute(select(day, func.count()).where(*where).group_by(day))
    return {int(row[0]) // DAY: row[1] for row in rows}


def _accepted(session: Session, since: float, zone: float) -> dict[int, tuple[int, int]]:
    """By day, how many fields the machine was sure of, and how many there were, among the latest records."""
    latest = (
        select(Record.id, Record.at)
        .where(Record.at >= since)
        .order_by(Record.id.desc())
        .limit(_RECORDS)
        .subquery()
    )
    rows = session.execute(
        select(latest.c.at, Field.status, func.count())
        .join(Field, Field.record_id == latest.c.id)
        .group_by(latest.c.id, latest.c.at, Field.status)
    )
    found: dict[int, tuple[int, int]] = {}
    for at, status, count in rows:
        day = int((at + zone) // DAY)
        sure, every = found.get(day, (0, 0))
        found[day] = (sure + (count if status == "accepted" else 0), every + count)
    return found


def _corrected(session: Session) -> tuple[Corrected, ...]:
    rows = session.execute(
        select(Record.form, History.path, History.before, History.after)
        .join(Record, Record.id == History.record_id)
        .where(History.action == "settled")
        .order_by(History.id.desc())
        .limit(_CHANGES)
    )
    looked: Counter[tuple[str, str]] = Counter()
    changed: Counter[tuple[str, str]] = Counter()
    for form, path, before, after in rows:
        key = form, general(path or "")
        looked[key] += 1
        changed[key] += (before or {}).get("value") != (after or {}).get("value")
    worst = sorted(looked, key=lambda key: (-changed[key], -looked[key], key))
    return tuple(Corrected(form, path, looked[form, path], changed[form, path]) for form, path in worst)
