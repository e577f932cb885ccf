"""The commands by which records go out and the service is kept: export, backup, restore."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from workers.commands import common


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    for command in (
        export,
        backup,
        restore,
    ):
        app.command()(command)


def export(
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="file to write (default: print; not for xlsx)")
    ] = None,
    format: Annotated[
        Literal["jsonl", "csv", "xlsx"] | None,
        typer.Option("--format", help="by default after the file's name, or jsonl"),
    ] = None,
    form: Annotated[str | None, typer.Option("--form", help="only records of this form")] = None,
    office: Annotated[str | None, typer.Option("--office", help="only of this office")] = None,
    year: Annotated[
        int | None, typer.Option("--year", help="only of this year, as printed (Buddhist era)")
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option("--status", help="only accepted, review, settled or unreadable; may be repeated"),
    ] = None,
    code: Annotated[str | None, typer.Option("--code", help="only with this code")] = None,
    submission: Annotated[int | None, typer.Option("--submission", help="only of this submission")] = None,
    since: Annotated[datetime | None, typer.Option("--since", help="only made at or after this time")] = None,
    until: Annotated[datetime | None, typer.Option("--until", help="only made before this time")] = None,
    table: Annotated[
        str, typer.Option("--table", help="CSV: records, or the path of a group of fields that repeats")
    ] = "records",
) -> None:
    """Write records as JSONL, CSV (for Excel) or XLSX (a sheet for each group of fields that repeats)."""
    from workers import setup
    from workers.errors import InputError
    from workers.export import Format, note, stream
    from workers.export.file import write_out
    from workers.settings import load_settings
    from workers.store.connect import migrate, open_engine, transaction
    from workers.store.records import Filter

    settings = load_settings()
    known = ("accepted", "review", "settled", "unreadable")
    for one in status or ():
        if one not in known:
            raise InputError(f"no record has the status {one}; there are {', '.join(known)}")
    suffix = out.suffix.lower().removeprefix(".") if out else ""
    by_name: dict[str, Format] = {"csv": "csv", "xlsx": "xlsx"}
    chosen = format or by_name.get(suffix, "jsonl")
    if chosen == "xlsx" and out is None:
        raise InputError("a workbook cannot be printed; name a file with --out")
    which = Filter(
        status=tuple(status or ()),
        form=form,
        office=office,
        year=year,
        code=code,
        submission_id=submission,
        since=None if since is None else since.timestamp(),
        until=None if until is None else until.timestamp(),
    )
    engine = open_engine(settings.database, settings.data)
    migrate(engine)
    try:
        write_out(stream(chosen, engine, setup.forms(settings), which, table), out)
        with transaction(engine) as session:
            note(session, common.user(), chosen, which, now=time.time())
    finally:
        engine.dispose()


def backup(
    folder: Annotated[Path, typer.Argument(help="folder of the backup; later backups go into the same one")],
) -> None:
    """Copy database and scans into a folder, while the service runs. What is there already is not copied again."""
    from workers.backup import make_backup
    from workers.settings import load_settings

    print(make_backup(load_settings(), folder).shown())


def restore(
    folder: Annotated[Path, typer.Argument(help="folder of a backup")],
    snapshot: Annotated[
        str | None, typer.Option("--snapshot", help="which of its databases (default: the latest)")
    ] = None,
) -> None:
    """Put a backup into an empty service: its database and its scans. Nothing that is there is overwritten."""
    from workers.backup import restore_backup
    from workers.settings import load_settings

    print(restore_backup(load_settings(), folder, snapshot).shown())
