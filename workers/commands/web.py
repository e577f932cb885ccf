"""The commands of the web and of who may use it: web, user, key."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from workers.store.people import Role

Name = Annotated[str, typer.Argument(help="the name", show_default=False)]
RoleName = Annotated[
    str, typer.Option("--role", help="submit, review or admin; each may do what those before it may")
]

user_app = typer.Typer(help="The people who may sign in.", no_args_is_help=True)
key_app = typer.Typer(help="The keys with which programs use the API.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command()(web)
    app.add_typer(user_app, name="user")
    app.add_typer(key_app, name="key")


def web(
    host: Annotated[
        str | None, typer.Option("--host", help="address to listen on (default: SAMNAO_HOST)")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="port to listen on (default: SAMNAO_PORT)")
    ] = None,
) -> None:
    """Serve the API for programs and the pages for people over HTTP.

    SIGTERM lets the requests under way end. For https put a reverse proxy in front, and name it in SAMNAO_PROXIES.
    """
    from workers.logs import set_up_logs
    from workers.settings import load_settings
    from workers.web.server import serve

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = load_settings().model_copy(update=given)
    set_up_logs(settings.log_level)
    raise typer.Exit(serve(settings))


@user_app.command("add")
def add_user(
    name: Name,
    role: RoleName = "review",
    language: Annotated[str, typer.Option("--language", help="th or en")] = "th",
    password: Annotated[
        bool, typer.Option("--password-stdin", help="take the password from standard input")
    ] = False,
) -> None:
    """Let a person sign in; the first admin is made so. Asks for the password."""
    from workers.errors import InputError
    from workers.store import people
    from workers.store.connect import transaction

    if language not in ("th", "en"):
        raise InputError(f"there is no interface in {language}: choose th or en")
    chosen, secret = _role(role), _password(password)
    with transaction(_engine()) as session:
        person = people.add_user(session, name, secret, chosen, now=time.time(), language=language)
    print(f"{person.name} may sign in, role {person.role}")


@user_app.command("list")
def list_users() -> None:
    """List the people who may sign in."""
    from workers.store import people
    from workers.store.connect import reading

    with reading(_engine()) as session:
        for person in people.users(session):
            print(f"{person.name}  {person.role}{'  shut out' if person.disabled else ''}")


@user_app.command("password")
def set_password(
    name: Name,
    password: Annotated[
        bool, typer.Option("--password-stdin", help="take the password from standard input")
    ] = False,
) -> None:
    """Give a person a new password; browsers signed in under the old one are signed out."""
    from workers.store import people
    from workers.store.connect import transaction

    secret = _password(password)
    with transaction(_engine()) as session:
        people.set_password(session, name, secret, now=time.time())


@user_app.command("role")
def set_role(name: Name, role: Annotated[str, typer.Argument(help="submit, review or admin")]) -> None:
    """Give a person another role."""
    from workers.store import people
    from workers.store.connect import transaction

    with transaction(_engine()) as session:
        people.set_role(session, name, _role(role), now=time.time())


@user_app.command("disable")
def disable_user(name: Name) -> None:
    """Shut a person out at once; what they did stays in the history."""
    _set_disabled(name, True)


@user_app.command("enable")
def enable_user(name: Name) -> None:
    """Let a person in again."""
    _set_disabled(name, False)


@key_app.command("add")
def add_key(name: Name, role: RoleName = "submit") -> None:
    """Make a key for a program. It is printed this once and cannot be shown again."""
    from workers.store import people
    from workers.store.connect import transaction

    with transaction(_engine()) as session:
        key = people.add_key(session, name, _role(role), now=time.time())
    print(key)
    print("Keep it now: it cannot be shown again. Send it as Authorization: Bearer KEY", file=sys.stderr)


@key_app.command("list")
def list_keys() -> None:
    """List the keys: name, role, when last used; never the key itself."""
    from workers.store import people
    from workers.store.connect import reading

    with reading(_engine()) as session:
        for key in people.keys(session):
            used = (
                "never used" if key.used is None else f"used {datetime.fromtimestamp(key.used, UTC):%Y-%m-%d}"
            )
            print(f"{key.name}  {key.role}  {used}{'  revoked' if key.revoked else ''}")


@key_app.command("revoke")
def revoke_key(name: Name) -> None:
    """Make a key worthless at once."""
    from workers.store import people
    from workers.store.connect import transaction

    with transaction(_engine()) as session:
        people.revoke_key(session, name, now=time.time())


def _set_disabled(name: str, disabled: bool) -> None:
    from workers.store import people
    from workers.store.connect import transaction

    with transaction(_engine()) as session:
        people.set_disabled(session, name, disabled, now=time.time())


def _engine() -> Engine:
    from workers.settings import load_settings
    from workers.store.connect import migrate, open_engine

    settings = load_settings()
    engine = open_engine(settings.database, settings.data)
    migrate(engine)
    return engine


def _role(role: str) -> Role:
    from workers.errors import InputError
    from workers.store.people import ROLES

    for known in ROLES:
        if role == known:
            return known
    raise InputError(f"there is no role {role}: choose one of {', '.join(ROLES)}")


def _password(from_input: bool) -> str:
    """Asked for on the terminal, twice and unseen; or the first line of standard input."""
    if from_input or not os.isatty(0):
        return sys.stdin.readline().rstrip("\r\n")
    password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
