"""Find as you type over records: every word typed must stand in the title, code, office or year, anywhere in it.

SQLite keeps an FTS5 index of trigrams, PostgreSQL one of pg_trgm (the migration makes them): neither needs to know where Thai
words end. Words of one or two letters are too short for both: alone, they are taken as beginnings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, column, literal, or_, select, table, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from workers.store.schema import Record
from workers.store.text import folded

GRAM = 3
_MOST_LETTERS, _MOST_WORDS, _MOST_GRAMS = 200, 8, 24
_NEWEST = 10_000
"""Rows that PostgreSQL looks through, the newest first, before it asks the index: what is common is found there."""
_LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Found:
    """A record that was looked for."""

    id: int
    title: str | None
    code: str | None
    office: str | None
    year: int | None
    status: str


def knows_thai(session: Session) -> bool:
    """Whether the index holds Thai letters: in a PostgreSQL database with the locale C it does not, and finding is slow."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(session.scalar(text("SELECT cardinality(show_trgm('สำนัก')) > 0")))


_FTS = table("record_find", column("rowid"), column("record_find"))
_COLUMNS = (Record.id, Record.title, Record.code, Record.office, Record.year, Record.status)


def find(session: Session, typed: str, limit: int = 20) -> tuple[Found, ...]:
    """Records for what was typed so far: codes that begin so, then the newest that hold every word."""
    words = folded(typed[:_MOST_LETTERS]).split()[:_MOST_WORDS]
    if not words:
        return ()
    found: dict[int, Found] = {}
    for rows in _ways(session, words, limit):
        for row in rows:
            found.setdefault(row[0], Found(*row))
        if len(found) >= limit:
            break
    return tuple(found.values())[:limit]


def _ways(session: Session, words: Sequence[str], limit: int) -> Iterable[Iterable[Any]]:
    if len(words) == 1:
        yield _beginning(session, Record.code, words[0], limit)
    if all(len(word) < GRAM for word in words):
        yield _beginning(session, Record.title, " ".join(words), limit)
        yield _beginning(session, Record.office, " ".join(words), limit)
    elif session.get_bind().dialect.name == "sqlite":
        yield _by_fts(session, words, limit)
    else:
        yield _among_newest(session, words, limit)
        yield _by_trgm(session, words, limit)


def _beginning(
    session: Session, key: InstrumentedAttribute[str | None], start: str, limit: int
) -> Iterable[Any]:
    # In the order of the index, so that however many there are, only `limit` are read.
    query = select(*_COLUMNS).where(key >= start, key < start + _LAST).order_by(key).limit(limit)
    return session.execute(query).all()


def _by_fts(session: Session, words: Sequence[str], limit: int) -> Iterable[Any]:
    match = " AND ".join('"' + gram.replace('"', '""') + '"' for gram in _grams(words))
    query = (
        select(*_COLUMNS)
        .join(_FTS, _FTS.c.rowid == Record.id)
        .where(_FTS.c.record_find.op("MATCH")(match), _holds(words))
        .order_by(_FTS.c.rowid.desc())
        .limit(limit)
    )
    return session.execute(query).all()


def _grams(words: Sequence[str]) -> list[str]:
    """Enough trigrams of the words to find few records beside those that hold them."""
    longest = [word for word in words if len(word) >= GRAM]
    most = max(1, _MOST_GRAMS // len(longest))
    grams: dict[str, None] = {}
    for word in longest:
        places = len(word) - GRAM + 1
        step = max(1, -(-places // most))
        for place in (*range(0, places, step), places - 1):
            grams[word[place : place + GRAM]] = None
    return list(grams)


def _holds(words: Sequence[str]) -> ColumnElement[bool]:
    return and_(*(Record.find.contains(word, autoescape=True) for word in words))


def _among_newest(session: Session, words: Sequence[str], limit: int) -> Iterable[Any]:
    newest = select(Record.id).order_by(Record.id.desc()).limit(1).offset(_NEWEST).scalar_subquery()
    query = (
        select(*_COLUMNS)
        .where(or_(Record.id > newest, newest.is_(None)), _holds(words))
        .order_by(Record.id.desc())
        .limit(limit)
    )
    return session.execute(query).all()


def _by_trgm(session: Session, words: Sequence[str], limit: int) -> Iterable[Any]:
    # A plan made for any words would look through the whole table; adding 0 keeps it from the index of ids.
    session.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    query = select(*_COLUMNS).where(_holds(words)).order_by((Record.id + literal(0)).desc()).limit(limit)
    return session.execute(query).all()
