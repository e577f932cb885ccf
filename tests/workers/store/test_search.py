"""Find as you type: the same on both databases, for Thai and Latin, from the first letter on."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.engine import make_url

from tests.servers import Server, new_database
from tests.workers.store.steps import FORM, Store, line
from workers.store import keep, records, search
from workers.store.connect import migrate, open_engine, reading, transaction
from workers.store.text import folded

TITLES = (
    ("ปรับปรุงถนนและทางเท้า ซอยสุขใจ", "11110001-2566", "สำนักงานเขตบางรัก", 2566),
    ("ซ่อมแซมอาคารเรียน", "11110002-2567", "สำนักงานเขตจตุจักร", 2567),
    ("Smart City ระยะที่ ๒", "22220001-2566", "สำนักงานเขตบางรัก", 2566),
    ('น้ำดื่มสะอาด 100% _ของเรา_ "ใหม่"', "33330001-2566", "สำนักอนามัย", 2566),
)


@pytest.fixture
def filled(store: Store) -> Store:
    store.send("ก")
    lines = [
        line(n, title=title, code=code, office=office, year=year)
        for n, (title, code, office, year) in enumerate(TITLES, 1)
    ]
    store.work(lines)
    return store


def found(engine: Engine, typed: str, limit: int = 20) -> list[int]:
    with reading(engine) as session:
        return [one.id for one in search.find(session, typed, limit)]


CASES: tuple[tuple[str, list[int]], ...] = (
    ("ถนน", [1]),
    ("ทางเท้า ถนน", [1]),
    ("อาคารเรียน จตุจักร", [2]),
    ("SMART", [3]),
    ("ระยะที่ 2", [3]),
    ("ระยะที่ ๒", [3]),
    ("1111", [1, 2]),
    ("11110002-25", [2]),
    ("1", [1, 2]),
    ("22", [3]),
    ("ป", [1]),
    ("สำ", [2, 1, 3, 4]),
    ("บางรัก 2566", [3, 1]),
    ("2566 บางรัก ซอย", [1]),
    ("บางรัก ร", [3, 1]),
    ("100%", [4]),
    ("_ของ", [4]),
    ('"ใหม่"', [4]),
    ("น้ํา", [4]),
    ("%%%", []),
    ("___", []),
    ("ไม่มีอย่างนี้", []),
    ("ถนน จตุจักร", []),
    ("", []),
    ("  ", []),
    ("\0", []),
    ("AND OR NOT", []),
    ("' OR 1=1 --", []),
)


def test_what_is_typed_finds(filled: Store) -> None:
    assert [(typed, found(filled.engine, typed)) for typed, _ in CASES] == list(CASES)


def test_changed_and_removed_records_are_found_as_they_are_now(filled: Store) -> None:
    with transaction(filled.engine) as session:
        keep.replace(session, 1, [line(1, title="ขุดลอกคลอง")], {"f": FORM}, now=9.0)
    assert found(filled.engine, "ขุดลอก") == [1]
    assert found(filled.engine, "ทางเท้า") == []
    assert found(filled.engine, "อาคารเรียน") == []


def test_as_many_as_asked_for_the_newest_first(filled: Store) -> None:
    assert found(filled.engine, "สำนัก", 2) == [4, 3]


def test_the_words_of_a_very_long_text_do_no_harm(filled: Store) -> None:
    assert found(filled.engine, "ก" * 10_000) == []
    assert found(filled.engine, "ถนน " * 1000) == [1]


_letters = st.text("กขา่ ้ABab12%_\"'*-(", min_size=1, max_size=12)


@given(titles=st.lists(_letters, min_size=1, max_size=6), typed=_letters)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_finds_what_looking_at_every_record_finds(store: Store, titles: list[str], typed: str) -> None:
    document = store.send("".join(titles)).documents[0][0]
    lines = [line(n, title=title, code=None, year=None) for n, title in enumerate(titles)]
    with transaction(store.engine) as session:
        keep.replace(session, document, lines, {"f": FORM}, now=1.0)
    words = folded(typed).split()
    with reading(store.engine) as session:
        everything = [one for one in records.listed(session, limit=10_000) if one.title is not None]
        hits = [one.id for one in search.find(session, typed, 10_000)]
    if any(len(word) >= search.GRAM for word in words):
        held = [one.id for one in everything if all(word in folded(one.title or "") for word in words)]
        assert sorted(hits) == held
    elif words:
        begins = [one.id for one in everything if (one.title or "").startswith(" ".join(words))]
        assert sorted(hits) == begins


def test_a_database_that_knows_no_thai_letters_is_noticed(
    postgres_server: Server, store: Store, tmp_path: Path
) -> None:
    with reading(store.engine) as session:
        assert search.knows_thai(session)
    if store.engine.dialect.name == "sqlite":
        return
    plain = make_url(new_database(postgres_server))
    with psycopg.connect(
        plain.set(drivername="postgresql").render_as_string(), autocommit=True
    ) as connection:
        connection.execute("CREATE DATABASE locale_c TEMPLATE template0 LC_CTYPE 'C' LC_COLLATE 'C'")
    engine = open_engine(plain.set(database="locale_c").render_as_string(), tmp_path)
    migrate(engine)
    with reading(engine) as session:
        assert not search.knows_thai(session)
    engine.dispose()
