"""The tables. SQLite and PostgreSQL alike; `migrations/` makes and changes them.

    Submission ─┬─< Arrival >─── Document ─┬─< Page ─── PageText
                │                          ├─< Job
                │                          └─< Record ─┬─< Field
                │                                      ├─< Reason
                │                                      └─< Draft
                └─ History (append-only, of everything)          User ─< Login      ApiKey

A document is one file by its SHA-256: the same scan sent twice is one `Document` with two `Arrival`s. A `Job` is a piece
of work not yet done; it is deleted in the transaction that stores its result, so what is in the table is what is to do.
Times are UTC, as seconds since 1970: both databases compare them alike.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Id = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=False)
"""As it was written, the order of keys too: what PostgreSQL's binary kind would lose."""


Key = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that is found by its beginning: in the order of its letters' numbers on both databases."""

AGAIN_NEVER = {"sqlite_autoincrement": True}
"""SQLite gives the number of a deleted row to the next one unless told not to; PostgreSQL never does."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, Any: Json}  # noqa: RUF012 (SQLAlchemy's way)


class Submission(Base):
    """Files that came together: one request, one batch of a scanner, one claim of a watched folder."""

    __tablename__ = "submission"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[float]
    channel: Mapped[str]
    """http, folder, scanner or command."""
    sender: Mapped[str]
    """Who sent it: the name of an API key or user, the watched folder, the device."""
    name: Mapped[str]
    """What people call the batch."""
    office: Mapped[str | None]
    priority: Mapped[int]
    """Less is sooner: 0 a scanner someone stands at, 5 the normal, 9 an archive in bulk."""
    idempotency_key: Mapped[str | None]
    request_digest: Mapped[str | None]
    """Of what was asked under the key: the same key for something else is refused."""
    __table_args__ = (
        UniqueConstraint("sender", "idempotency_key"),
        Index(None, "at"),
        AGAIN_NEVER,
    )


class Document(Base):
    """One scan file, known by its digest."""

    __tablename__ = "document"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    """Also the name of its bytes in the blob store."""
    size: Mapped[int] = mapped_column(BigInteger)
    suffix: Mapped[str]
    """Of its name as sent, as in ".pdf"; the reader looks at the bytes anyway."""
    state: Mapped[str]
    """waiting, reading, assembling, done or failed."""
    priority: Mapped[int]
    pages: Mapped[int | None]
    pages_done: Mapped[int]
    """How many of them need no more reading: read, blank or failed."""
    records: Mapped[int | None]
    error: Mapped[str | None]
    """The code of the error that ended it, as in ``encrypted_file``."""
    message: Mapped[str | None]
    reader: Mapped[str | None]
    """Digest of what read its pages: Tesseract, models, code."""
    extractor: Mapped[str | None]
    """Digest of what made its records: code and forms."""
    at: Mapped[float]
    finished: Mapped[float | None]
    __table_args__ = (Index(None, "state", "at"), AGAIN_NEVER)


class Arrival(Base):
    """A document as it came in a submission."""

    __tablename__ = "arrival"
    submission_id: Mapped[int] = mapped_column(Id, ForeignKey(Submission.id), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(Id, ForeignKey(Document.id), index=True)
    source: Mapped[str]
    """Its name as sent, cleaned."""
    duplicate: Mapped[bool]
    """The same scan had come before."""


class Page(Base):
    """One page of a document."""

    __tablename__ = "page"
    document_id: Mapped[int] = mapped_column(Id, ForeignKey(Document.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
    """waiting, read, blank or failed."""
    error: Mapped[str | None]
    message: Mapped[str | None]
    image: Mapped[str | None]
    """Digest of the picture of the page in the blob store (JPEG, page frame, perhaps scaled down)."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    """Of the page as scanned, in pixels: the frame of all boxes."""
    seconds: Mapped[float | None]
    at: Mapped[float | None]


class PageText(Base):
    """What was read on a page, kept so that a changed form needs no second reading."""

    __tablename__ = "page_text"
    document_id: Mapped[int] = mapped_column(Id, ForeignKey(Document.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    """As `workers.serialise.dump_text` writes it."""


class SecondLook(Base):
    """What a second look at some zones of a page read, kept for the same reason."""

    __tablename__ = "second_look"
    document_id: Mapped[int] = mapped_column(Id, ForeignKey(Document.id), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    zones: Mapped[str] = mapped_column(primary_key=True)
    """Digest of the zones that were looked at, as `workers.cache` names it."""
    texts: Mapped[Any]


class Job(Base):
    """A piece of work to do: open a document, read a page, assemble a document."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str]
    """open, read or assemble."""
    document_id: Mapped[int] = mapped_column(Id, ForeignKey(Document.id))
    page: Mapped[int]
    """0 where the job is about the whole document."""
    state: Mapped[str]
    """waiting, running or aside (given up after too many tries; a person may retry it)."""
    priority: Mapped[int]
    attempts: Mapped[int]
    not_before: Mapped[float]
    owner: Mapped[str | None]
    lease_until: Mapped[float | None]
    rung: Mapped[float]
    """When the queue was last told of it."""
    error: Mapped[str | None]
    message: Mapped[str | None]
    at: Mapped[float]
    __table_args__ = (
        UniqueConstraint("document_id", "kind", "page"),
        Index(None, "kind", "state", "priority", "id"),
        Index(None, "state", "lease_until"),
        AGAIN_NEVER,
    )


class Record(Base):
    """One filled form. `title`, `code`, `office` and `year` are what people look for, as the form says."""

    __tablename__ = "record"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    document_id: Mapped[int] = mapped_column(Id, ForeignKey(Document.id))
    number: Mapped[int]
    form: Mapped[str]
    form_version: Mapped[str]
    pages: Mapped[Any]
    status: Mapped[str]
    """accepted (nothing to look at), review, settled (a person has), or unreadable."""
    values: Mapped[Any]
    """As the record contract says; what people settled included."""
    title: Mapped[str | None] = mapped_column(Key)
    code: Mapped[str | None] = mapped_column(Key)
    office: Mapped[str | None] = mapped_column(Key)
    year: Mapped[int | None]
    find: Mapped[str]
    """All of these as `workers.store.search` compares them."""
    rows_by_hand: Mapped[Any]
    """Paths of the lists whose rows a person added, removed or divided: a new extraction leaves them as they are."""
    doubtful: Mapped[int]
    """Fields still to be looked at."""
    worth: Mapped[float]
    """How much looking is worth: the expected number of wrong fields."""
    version: Mapped[int]
    """Grows with each change; a save against an older one is refused."""
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[float | None]
    at: Mapped[float]
    settled: Mapped[float | None]
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        Index(None, "status", "worth"),
        Index(None, "title"),
        Index(None, "code"),
        Index(None, "office"),
        Index(None, "year"),
        AGAIN_NEVER,
    )


class Field(Base):
    """One leaf of a record: what the machine made of it, and what a person did."""

    __tablename__ = "field"
    record_id: Mapped[int] = mapped_column(Id, ForeignKey(Record.id), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    """Order on paper, from 0."""
    path: Mapped[str]
    value: Mapped[Any]
    """The value as it stands: the person's where one settled it."""
    machine: Mapped[Any]
    """The value as the machine left it; never changed afterwards."""
    raw: Mapped[str | None]
    text: Mapped[str | None]
    confidence: Mapped[float]
    status: Mapped[str]
    """accepted, review or missing by the machine; settled or unreadable by a person."""
    page: Mapped[int | None]
    box: Mapped[Any]
    changes: Mapped[Any]
    problems: Mapped[Any]
    alternatives: Mapped[Any]
    settled_by: Mapped[str | None]
    settled_at: Mapped[float | None]
    __table_args__ = (Index(None, "path", "status"),)


class Reason(Base):
    """Why a record waits for a person: the kinds of doubt in it, each with the number of its fields."""

    __tablename__ = "reason"
    record_id: Mapped[int] = mapped_column(Id, ForeignKey(Record.id), primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    """missing, blank, check, form or unsure; see `workers.store.doubt`."""
    fields: Mapped[int]
    __table_args__ = (Index(None, "reason"),)


class Draft(Base):
    """What a person has typed into a field and not yet settled."""

    __tablename__ = "draft"
    record_id: Mapped[int] = mapped_column(Id, ForeignKey(Record.id), primary_key=True)
    user: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    at: Mapped[float]


class History(Base):
    """What happened, who did it, from what to what. Rows are only ever added."""

    __tablename__ = "history"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[float]
    actor: Mapped[str]
    """A person's or key's name, or samnao."""
    action: Mapped[str]
    """As in submitted, read, failed, assembled, settled, undone, claimed, exported, signed-in."""
    submission_id: Mapped[int | None] = mapped_column(Id)
    document_id: Mapped[int | None] = mapped_column(Id)
    record_id: Mapped[int | None] = mapped_column(Id)
    path: Mapped[str | None]
    before: Mapped[Any]
    after: Mapped[Any]
    reason: Mapped[str | None]
    more: Mapped[Any]
    """What later ways of checking need: confidence at the time, which key (first, blind second), seconds taken."""
    __table_args__ = (
        Index(None, "record_id", "id"),
        Index(None, "document_id", "id"),
        Index(None, "at"),
        AGAIN_NEVER,
    )


class Tally(Base):
    """What workers have done since the beginning, added up from time to time: for rates, not for the truth."""

    __tablename__ = "tally"
    kind: Mapped[str] = mapped_column(primary_key=True)
    """done or failed."""
    label: Mapped[str] = mapped_column(primary_key=True)
    """Of what is done the stage (open, read, assemble), of what failed the code of the error."""
    times: Mapped[int] = mapped_column(BigInteger)
    seconds: Mapped[float]


class User(Base):
    """A person who signs in."""

    __tablename__ = "user"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    """An argon2 hash."""
    role: Mapped[str]
    """submit, review or admin; each may do what those before it may."""
    language: Mapped[str]
    at: Mapped[float]
    disabled: Mapped[bool]


class Login(Base):
    """A signed-in browser; only the hash of its token is kept."""

    __tablename__ = "login"
    token: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(Id, ForeignKey(User.id), index=True)
    csrf: Mapped[str]
    at: Mapped[float]
    until: Mapped[float]


class SignInTry(Base):
    """Sign-ins tried lately, against guessing; the hash of whom it is about (a name, an address, both)."""

    __tablename__ = "sign_in_try"
    subject: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int]
    since: Mapped[float]


class ApiKey(Base):
    """A key of a program; only its hash is kept."""

    __tablename__ = "api_key"
    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    at: Mapped[float]
    used: Mapped[float | None]
    revoked: Mapped[bool]
