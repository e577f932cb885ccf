"""The commands by which scans come in: submit, watch, scan."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workers.commands import common

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workers.errors import Busy
    from workers.intake.door import Channel, Sent
    from workers.settings import Settings

Office = Annotated[str | None, typer.Option("--office", help="the office the scans come from")]
Name = Annotated[str, typer.Option("--name", help="what to call the batch")]
To = Annotated[
    str | None,
    typer.Option("--server", help="send to samnao at this address (default: SAMNAO_SERVER, or here)"),
]


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    for command in (
        submit,
        watch,
        scan,
    ):
        app.command()(command)


def submit(
    scans: Annotated[
        list[Path], typer.Argument(help="scans: files and folders, in any mix", show_default=False)
    ],
    together: Annotated[
        bool, typer.Option("--together", help="all loose page images are the pages of one document")
    ] = False,
    name: Name = "",
    office: Office = None,
    priority: Annotated[
        int, typer.Option("--priority", min=0, max=9, help="0 someone waits, 5 the usual, 9 an archive")
    ] = 5,
    server: To = None,
) -> None:
    """Hand in scans to the service, here or on another machine. They stay where they are.

    Exit status 1: some could not be taken; each is named with the reason.
    """
    from workers import setup
    from workers.intake.command import submit_all
    from workers.settings import load_settings

    settings = load_settings()
    deliver = _deliverer(settings, server, "command", common.user(), name, office, priority)
    status = 0
    for report in submit_all(
        scans,
        lambda files: deliver(files, None),
        setup.limits(settings),
        settings.upload_files,
        together=together,
        waiting=_say_busy,
    ):
        if report.said:
            print(report.said)
        for source, error in report.bad:
            status = 1
            print(f"samnao: {source}: {error}", file=sys.stderr)
    raise typer.Exit(status)


def watch(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR", help="folders to watch", show_default=False)
    ],
    office: Office = None,
    settle: Annotated[
        float,
        typer.Option("--settle", min=0.1, help="seconds for which a file must not change before it is taken"),
    ] = 3.0,
    poll: Annotated[
        float | None,
        typer.Option(
            "--poll",
            min=0.1,
            help="look every so many seconds instead of being told by the system (default: on network shares, 5)",
        ),
    ] = None,
    priority: Annotated[
        int, typer.Option("--priority", min=0, max=9, help="0 someone waits, 5 the usual, 9 an archive")
    ] = 5,
) -> None:
    """Take in what is put into the folders: whole files, and sub-folders of page images as one document each.

    What was taken goes to DIR/done, what cannot be taken to DIR/failed with the reason beside it.
    """
    from workers.intake import folder
    from workers.logs import set_up_logs
    from workers.service import open_service
    from workers.settings import load_settings

    settings = load_settings()
    set_up_logs(settings.log_level, plain=sys.stderr.isatty())
    stop = common.stop_on_signals()
    service = open_service(settings)
    try:
        folder.watch(
            service, [folder.Watched(path, office, priority, settle, poll) for path in folders], stop
        )
    finally:
        service.close()


def scan(
    device: Annotated[
        str | None, typer.Option("--device", "-d", help="scanner, as --list names it (default: the only one)")
    ] = None,
    duplex: Annotated[bool, typer.Option("--duplex", help="both sides of each sheet")] = False,
    resolution: Annotated[int, typer.Option("--resolution", min=75, max=1200, help="dots per inch")] = 300,
    mode: Annotated[
        str, typer.Option("--mode", help="gray, color or lineart, or as the scanner calls it")
    ] = "gray",
    source: Annotated[
        str | None,
        typer.Option("--source", help="as the scanner calls it (default: the feeder, where there is one)"),
    ] = None,
    pages: Annotated[
        int | None,
        typer.Option("--pages", min=1, help="at most so many (default: all in the feeder, 1 on the glass)"),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option("--resume", help="add pages to a batch that stopped, then hand it in")
    ] = None,
    name: Name = "",
    office: Office = None,
    server: To = None,
    show: Annotated[bool, typer.Option("--list", help="list the scanners, scan nothing")] = False,
) -> None:
    """Scan a batch of sheets and hand it in as one document, before everything else that waits.

    Paper jams, an empty feeder, Ctrl-C: pages that are scanned already are kept, and it is said how to go on.
    """
    from workers.intake import sane, scanner
    from workers.intake.door import URGENT, Sent
    from workers.settings import load_settings

    settings = load_settings()
    if show:
        for one in sane.devices():
            print(f"{one.name}  {one.title}")
        return
    title = name or f"สแกน {datetime.now().astimezone():%Y-%m-%d %H:%M}"

    def deliver(whole: Path, by: str, key: str) -> None:
        send = _deliverer(settings, server, "scanner", by, title, office, URGENT)
        print(send([Sent(whole, f"{title}.pdf".replace("/", "-"))], key))

    def turn(page: int) -> bool:
        if not sys.stdin.isatty():
            return False
        return not input(f"หน้า {page}: วางแผ่นต่อไปแล้วกด Enter, q = พอแล้ว (next page: Enter, q: done) ").strip()

    wish = scanner.Wish(device, source, duplex, resolution, mode, pages)
    count = scanner.scan(
        wish, settings.data / "scans", deliver, lambda page: print(f"หน้า {page} (page {page})"), turn, resume
    )
    print(f"{count} หน้า ({count} pages)")


def _deliverer(
    settings: Settings,
    server: str | None,
    channel: Channel,
    sender: str,
    name: str,
    office: str | None,
    priority: int,
) -> Callable[[Sequence[Sent], str | None], str]:
    """What hands in files under a key, here or to another machine, and says what became of them."""
    address = server or settings.server
    if address is not None:
        return _to_another(settings, address, name, office, priority)

    def here(files: Sequence[Sent], key: str | None) -> str:
        from workers.intake import door
        from workers.service import open_service

        service = open_service(settings)
        try:
            accepted = door.submit(
                service,
                files,
                channel=channel,
                sender=sender,
                name=name,
                office=office,
                priority=priority,
                idempotency_key=key,
            )
        finally:
            service.close()
        known = sum(duplicate for _, _, duplicate in accepted.documents)
        more = f", {known} of them known already" if known else ""
        return f"submission {accepted.submission_id}: {_documents(len(accepted.documents))}{more}"

    return here


def _to_another(
    settings: Settings, address: str, name: str, office: str | None, priority: int
) -> Callable[[Sequence[Sent], str | None], str]:
    from workers.errors import InputError
    from workers.intake.remote import Server, send

    if settings.key is None:
        raise InputError(
            "for another machine an API key is needed: make one there with samnao key, set SAMNAO_KEY to it"
        )
    other = Server(address, settings.key.get_secret_value())
    fields = {"name": name, "office": office or "", "priority": str(priority)}

    def there(files: Sequence[Sent], key: str | None) -> str:
        answer = send(other, files, {one: text for one, text in fields.items() if text}, key)
        return f"submission {answer.submission_id} at {address}: {_documents(answer.documents)}"

    return there


def _documents(number: int) -> str:
    return "1 document" if number == 1 else f"{number} documents"


def _say_busy(busy: Busy) -> None:
    print(f"samnao: {busy}; waiting {busy.retry_after} s", file=sys.stderr)
