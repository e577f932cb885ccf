"""People, their sign-ins, and the keys of programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select

from workers.errors import InputError
from workers.store import people
from workers.store.connect import migrate, open_engine, transaction
from workers.store.people import Signed, TooManyTries
from workers.store.schema import ApiKey, Base, History, Login, User

PASSWORD = "สี่คำ ยาวพอ จำง่าย"
NOW = 1_800_000_000.0


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    monkeypatch.setattr(people, "_HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    engine = open_engine(url, tmp_path)
    migrate(engine)
    with transaction(engine) as session:
        people.add_user(session, "มานี ใจดี", PASSWORD, "review", now=NOW)
    request.addfinalizer(engine.dispose)
    return engine


def sign_in(
    engine: Engine,
    password: str = PASSWORD,
    *,
    name: str = "มานี ใจดี",
    address: str = "10.0.0.1",
    now: float = NOW,
) -> tuple[str, Signed] | TooManyTries | None:
    return people.sign_in(engine, name, password, address=address, now=now, seconds=3600)


def token_of(engine: Engine, password: str = PASSWORD) -> str:
    """The token of a sign-in that is let in."""
    found = sign_in(engine, password)
    assert isinstance(found, tuple)
    return found[0]


def test_a_login_lasts_as_long_as_it_says_and_its_token_is_not_kept(engine: Engine) -> None:
    found = sign_in(engine)
    assert isinstance(found, tuple)
    token, signed = found
    with transaction(engine) as session:
        assert people.find_login(session, token, now=NOW + 3599) == signed
        assert people.find_login(session, token, now=NOW + 3600) is None
        assert people.find_login(session, signed.csrf, now=NOW) is None
        stored = session.scalars(select(Login)).one()
        assert token not in (stored.token, stored.csrf)
        people.sign_out(session, token)
        assert people.find_login(session, token, now=NOW) is None


def test_every_sign_in_makes_a_new_token(engine: Engine) -> None:
    tokens = {token_of(engine) for _ in range(3)}
    assert len(tokens) == 3


def test_passwords_are_argon2_hashes_and_normalised(engine: Engine) -> None:
    with transaction(engine) as session:
        assert session.scalars(select(User.password)).one().startswith("$argon2id$")
        people.add_user(session, "b", "n\u0303" * 10, "submit", now=NOW)
    assert isinstance(sign_in(engine, "\u00f1" * 10, name="b"), tuple)


@pytest.mark.parametrize(("name", "password"), [("มานี ใจดี", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_what_does_not_match_is_refused(engine: Engine, name: str, password: str) -> None:
    assert sign_in(engine, password, name=name) is None


def test_guessing_is_slowed_down_and_forgotten_after_a_while(engine: Engine) -> None:
    for _ in range(people.TRIES["both"]):
        assert sign_in(engine, "guess") is None
    refused = sign_in(engine)
    assert isinstance(refused, TooManyTries)
    assert 0 < refused.seconds <= people.TRIES_SECONDS
    assert isinstance(sign_in(engine, address="10.0.0.2"), tuple), "from elsewhere the right one may come in"
    assert isinstance(sign_in(engine, now=NOW + people.TRIES_SECONDS), tuple)


def test_one_address_cannot_try_many_names(engine: Engine) -> None:
    with transaction(engine) as session:
        row = people._count_try(session, {"address": "10.0.0.9"}, NOW)
        assert row is None
        for _ in range(people.TRIES["address"] - 1):
            people._count_try(session, {"address": "10.0.0.9"}, NOW)
    assert isinstance(sign_in(engine, "x", name="other", address="10.0.0.9"), TooManyTries)


def test_a_good_sign_in_clears_the_count(engine: Engine) -> None:
    for _ in range(people.TRIES["both"] * 2):
        sign_in(engine, "guess")
        assert isinstance(sign_in(engine), tuple)


def test_a_new_password_or_being_shut_out_ends_every_session(engine: Engine) -> None:
    token = token_of(engine)
    with transaction(engine) as session:
        people.set_password(session, "มานี ใจดี", "another long one", now=NOW)
        assert people.find_login(session, token, now=NOW) is None
    token = token_of(engine, "another long one")
    with transaction(engine) as session:
        people.set_disabled(session, "มานี ใจดี", True, now=NOW)
        assert people.find_login(session, token, now=NOW) is None
    assert sign_in(engine, "another long one") is None


def test_the_last_admin_stays(engine: Engine) -> None:
    with transaction(engine) as session:
        people.add_user(session, "admin", PASSWORD, "admin", now=NOW)
        with pytest.raises(InputError, match="only admin"):
            people.set_disabled(session, "admin", True, now=NOW)
        with pytest.raises(InputError, match="only admin"):
            people.set_role(session, "admin", "review", now=NOW)
        people.set_role(session, "มานี ใจดี", "admin", now=NOW)
        people.set_role(session, "admin", "review", now=NOW)
        assert {person.name: person.role for person in people.users(session)} == {
            "admin": "review",
            "มานี ใจดี": "admin",
        }


@pytest.mark.parametrize(
    ("name", "password", "message"),
    [
        ("มานี ใจดี", PASSWORD, "already"),
        ("", PASSWORD, "visible"),
        ("a\u202eb", PASSWORD, "visible"),
        ("a\x00b", PASSWORD, "visible"),
        ("a" * 65, PASSWORD, "visible"),
        ("new", "short", "10 to"),
        ("new", "a" * 1025, "10 to"),
    ],
)
def test_names_and_passwords_that_are_not_taken(
    engine: Engine, name: str, password: str, message: str
) -> None:
    with transaction(engine) as session, pytest.raises(InputError, match=message):
        people.add_user(session, name, password, "submit", now=NOW)


def test_a_key_is_shown_once_and_kept_as_a_hash(engine: Engine) -> None:
    with transaction(engine) as session:
        key = people.add_key(session, "scanner 2", "submit", now=NOW)
    with transaction(engine) as session:
        assert key not in str([(row.name, row.hash) for row in session.scalars(select(ApiKey))])
        holder = people.find_key(session, key)
        assert holder is not None
        assert (holder.name, holder.role) == ("scanner 2", "submit")
        assert people.key_is_stale(holder, NOW)
        people.note_use(session, holder.id, now=NOW)
    with transaction(engine) as session:
        holder = people.find_key(session, key)
        assert holder is not None
        assert not people.key_is_stale(holder, NOW + 1)
        assert people.find_key(session, key + "x") is None
        with pytest.raises(InputError, match="already"):
            people.add_key(session, "scanner 2", "admin", now=NOW)
        people.revoke_key(session, "scanner 2", now=NOW)
        assert people.find_key(session, key) is None
        assert [holder.revoked for holder in people.keys(session)] == [True]
        with pytest.raises(InputError, match="key list"):
            people.revoke_key(session, "scanner 3", now=NOW)


def test_roles_include_those_before_them() -> None:
    assert people.allows("admin", "submit")
    assert people.allows("review", "review")
    assert not people.allows("submit", "review")
    assert not people.allows("", "submit")


def test_the_history_tells_who_was_let_in_but_no_secret(engine: Engine) -> None:
    sign_in(engine)
    with transaction(engine) as session:
        rows = session.scalars(select(History).order_by(History.id)).all()
    assert [row.action for row in rows] == ["user-added", "signed-in"]
    assert PASSWORD not in str([vars(row) for row in rows])
    assert Base.metadata.tables["login"].columns.keys() == ["token", "user_id", "csrf", "at", "until"]
