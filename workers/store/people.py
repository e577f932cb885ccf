"""Who may do what: people and their passwords, signed-in browsers, keys of programs.

Of secrets only hashes are kept: of passwords argon2, of tokens and keys SHA-256 (they are random and long, so that
nothing is gained by guessing slowly). Names of roles stand for what they allow: each includes those before it.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, func, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from workers.errors import InputError
from workers.store.connect import transaction
from workers.store.schema import ApiKey, History, Login, SignInTry, User

Role = Literal["submit", "review", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)

PASSWORD_LETTERS = 10
"""A password has at least so many letters (NIST SP 800-63B asks for 8) and at most `PASSWORD_MOST`."""
PASSWORD_MOST = 1024
NAME_MOST = 64

TRIES_SECONDS = 900.0
"""Failed sign-ins are forgotten after so long."""
TRIES = {"both": 5, "address": 40, "name": 60}
"""How many failed sign-ins are borne for one name from one address, from one address, and for one name."""

_KEY_PREFIX = "samnao_"
_USED_SECONDS = 60.0
_HASHER = PasswordHasher()
_AT_ONCE = threading.BoundedSemaphore(2)
"""Each look at a password takes 64 MB and all of a core for a moment: many at once must not bring the machine down."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may sign in."""

    id: int
    name: str
    role: Role
    language: str
    disabled: bool = False


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed-in browser: who it is, the token its forms must carry, and until when (seconds since 1970)."""

    person: Person
    csrf: str
    until: float


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """A program with a key."""

    id: int
    name: str
    role: Role
    at: float
    used: float | None
    revoked: bool


@dataclass(frozen=True, slots=True)
class TooManyTries:
    """Sign-in is refused for so many seconds."""

    seconds: float


def allows(role: str, needed: str) -> bool:
    """Whether `role` may do what `needed` may; unknown roles may nothing."""
    return role in ROLES and needed in ROLES and ROLES.index(role) >= ROLES.index(needed)


def add_user(
    session: Session, name: str, password: str, role: Role, *, now: float, language: str = "th"
) -> Person:
    """A new person; InputError where the name is taken or not usable, or the password too short."""
    name, hashed = _checked_name(name), hash_password(password)
    if session.scalar(select(User.id).where(User.name == name)) is not None:
        raise InputError(
            "there is a user of this name already: choose another name, or set its password anew"
        )
    user = User(
        name=name, password=hashed, role=_checked_role(role), language=language, at=now, disabled=False
    )
    session.add(user)
    session.flush()
    _note(session, now, "user-added", user.name, role)
    return _person(user)


def hash_password(password: str) -> str:
    """The argon2 hash of `password`; InputError where it is too short or too long."""
    password = unicodedata.normalize("NFC", password)
    if not PASSWORD_LETTERS <= len(password) <= PASSWORD_MOST:
        raise InputError(
            f"a password has {PASSWORD_LETTERS} to {PASSWORD_MOST} letters, this one has {len(password)}: "
            "take a longer one; several words are easy to remember"
        )
    return _HASHER.hash(password)


def set_password(session: Session, name: str, password: str, *, now: float) -> None:
    """Give a person a new password; every browser signed in under the old one is signed out."""
    user = _user(session, name)
    user.password = hash_password(password)
    session.execute(delete(Login).where(Login.user_id == user.id))
    _note(session, now, "password-set", user.name, None)


def set_role(session: Session, name: str, role: Role, *, now: float) -> None:
    """Give a person another role; it counts from the next request on."""
    user = _user(session, name)
    _keep_an_admin(session, user, role)
    user.role = _checked_role(role)
    _note(session, now, "role-set", user.name, role)


def set_disabled(session: Session, name: str, disabled: bool, *, now: float) -> None:
    """Shut a person out (every browser is signed out), or let them in again; what they did stays in the history."""
    user = _user(session, name)
    if disabled:
        _keep_an_admin(session, user, None)
        session.execute(delete(Login).where(Login.user_id == user.id))
    user.disabled = disabled
    _note(session, now, "user-disabled" if disabled else "user-enabled", user.name, None)


def set_language(session: Session, user_id: int, language: str) -> None:
    """Remember in which language a person wants samnao to speak."""
    session.execute(update(User).where(User.id == user_id).values(language=language))


def users(session: Session) -> list[Person]:
    """Everyone, by name."""
    return [_person(user) for user in session.scalars(select(User).order_by(User.name))]


def sign_in(
    engine: Engine, name: str, password: str, *, address: str, now: float, seconds: float
) -> tuple[str, Signed] | TooManyTries | None:
    """Check a password and sign a browser in: the new token for its cookie and who it is; None where they do not match.

    A try counts before the password is looked at, so that many at once gain nothing; a good one clears the count of this
    name from this address. The token is always new: one that was put into a browser beforehand is worth nothing. A name
    that does not exist takes as long as a wrong password.
    """
    name = _cleaned(name)[:NAME_MOST]
    subjects = {"both": f"{address}\n{name}", "address": address, "name": f"\n{name}"}
    with transaction(engine) as session:
        wait = _count_try(session, subjects, now)
        if wait is not None:
            return TooManyTries(wait)
        user = session.scalar(select(User).where(User.name == name))
        hashed = user.password if user is not None else None
    if not _matches(hashed, password):
        return None
    with transaction(engine) as session:
        user = session.scalar(select(User).where(User.name == name))
        if user is None or user.disabled or user.password != hashed:
            return None
        session.execute(delete(SignInTry).where(SignInTry.subject == _digest(subjects["both"])))
        session.execute(delete(Login).where(Login.until <= now))
        if _HASHER.check_needs_rehash(user.password):
            user.password = hash_password(password)
        token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        session.add(Login(token=_digest(token), user_id=user.id, csrf=csrf, at=now, until=now + seconds))
        session.add(History(at=now, actor=user.name, action="signed-in", **_NOTHING))
        return token, Signed(_person(user), csrf, now + seconds)


def find_login(session: Session, token: str, *, now: float) -> Signed | None:
    """Whose browser carries this token; None where nobody's does, or no longer."""
    found = session.execute(
        select(Login, User)
        .join(User, User.id == Login.user_id)
        .where(Login.token == _digest(token), Login.until > now)
    ).first()
    if found is None or found[1].disabled:
        return None
    return Signed(_person(found[1]), found[0].csrf, found[0].until)


def sign_out(session: Session, token: str) -> None:
    """The token is worth nothing from now on."""
    session.execute(delete(Login).where(Login.token == _digest(token)))


def add_key(session: Session, name: str, role: Role, *, now: float) -> str:
    """A new key of a program: shown this once, kept only as a hash. InputError where the name is taken."""
    name = _checked_name(name)
    if session.scalar(select(ApiKey.id).where(ApiKey.name == name)) is not None:
        raise InputError(
            "there is a key of this name already: choose another name; names are never used twice"
        )
    key = _KEY_PREFIX + secrets.token_urlsafe(32)
    session.add(
        ApiKey(name=name, hash=_digest(key), role=_checked_role(role), at=now, used=None, revoked=False)
    )
    _note(session, now, "key-added", name, role)
    return key


def find_key(session: Session, key: str) -> KeyHolder | None:
    """Whose key this is; None where it is nobody's or was revoked."""
    found = session.scalar(select(ApiKey).where(ApiKey.hash == _digest(key), ApiKey.revoked.is_(False)))
    return None if found is None else _holder(found)


def key_is_stale(holder: KeyHolder, now: float) -> bool:
    """Whether the time of last use should be noted again (at most once a minute: a write for each request is dear)."""
    return holder.used is None or now - holder.used >= _USED_SECONDS


def note_use(session: Session, key_id: int, *, now: float) -> None:
    """Remember when the key was last used."""
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(used=now))


def revoke_key(session: Session, name: str, *, now: float) -> None:
    """The key is worth nothing from now on; InputError where there is none of this name."""
    key = session.scalar(select(ApiKey).where(ApiKey.name == _cleaned(name)))
    if key is None:
        raise InputError("no key is called so: see `samnao key list`")
    key.revoked = True
    _note(session, now, "key-revoked", key.name, None)


def keys(session: Session) -> list[KeyHolder]:
    """Every key, by name; never the key itself."""
    return [_holder(key) for key in session.scalars(select(ApiKey).order_by(ApiKey.name))]


def _count_try(session: Session, subjects: dict[str, str], now: float) -> float | None:
    """Count one more try for each subject; seconds to wait where one of them has had too many."""
    session.execute(delete(SignInTry).where(SignInTry.since <= now - TRIES_SECONDS))
    rows = {}
    for which, subject in subjects.items():
        row = session.get(SignInTry, _digest(subject))
        if row is not None and row.tries >= TRIES[which]:
            return max(1.0, row.since + TRIES_SECONDS - now)
        rows[which] = row
    for which, subject in subjects.items():
        row = rows[which]
        if row is None:
            session.add(SignInTry(subject=_digest(subject), tries=1, since=now))
        else:
            row.tries += 1
    return None


def _matches(hashed: str | None, password: str) -> bool:
    try:
        with _AT_ONCE:
            _HASHER.verify(hashed or _nobody(), unicodedata.normalize("NFC", password)[: PASSWORD_MOST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return hashed is not None


@cache
def _nobody() -> str:
    """A hash that no password has, to spend the same time on names that do not exist."""
    return _HASHER.hash(secrets.token_urlsafe(32))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _cleaned(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def _checked_name(name: str) -> str:
    name = _cleaned(name)
    if not 1 <= len(name) <= NAME_MOST or not name.isprintable():
        raise InputError(f"a name has 1 to {NAME_MOST} visible letters: choose such a name")
    return name


def _taken(session: Session, name: str) -> bool:
    """Whether a user or a key is called so: what was sent under a name is of one sender only."""
    return any(
        session.scalar(select(table.id).where(table.name == name)) is not None for table in (User, ApiKey)
    )


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise InputError(f"there is no such role: choose one of {', '.join(ROLES)}")
    return role


def _user(session: Session, name: str) -> User:
    user = session.scalar(select(User).where(User.name == _cleaned(name)))
    if user is None:
        raise InputError("no user is called so: see `samnao user list`")
    return user


def _keep_an_admin(session: Session, user: User, role: str | None) -> None:
    """InputError where nobody would be left who may let others in."""
    if user.role != "admin" or role == "admin" or user.disabled:
        return
    admins = session.scalar(
        select(func.count()).select_from(User).where(User.role == "admin", User.disabled.is_(False))
    )
    if admins == 1:
        raise InputError(
            "this is the only admin: make another one first (`samnao user add NAME --role admin`)"
        )


_NOTHING = {
    "submission_id": None,
    "document_id": None,
    "record_id": None,
    "path": None,
    "before": None,
    "after": None,
    "reason": None,
    "more": None,
}


def _note(session: Session, now: float, action: str, whose: str, role: str | None) -> None:
    more = {"name": whose} if role is None else {"name": whose, "role": role}
    session.add(History(at=now, actor="command", action=action, **(_NOTHING | {"more": more})))


def _person(user: User) -> Person:
    return Person(user.id, user.name, _role(user.role), user.language, user.disabled)


def _holder(key: ApiKey) -> KeyHolder:
    return KeyHolder(key.id, key.name, _role(key.role), key.at, key.used, key.revoked)


def _role(role: str) -> Role:
    """As stored; a role that is not known any more counts as the least."""
    return next((known for known in ROLES if known == role), "submit")
