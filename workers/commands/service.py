"""The commands of the service: up, worker, sweep, reextract, retry."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.commands.common import Jobs, stop_on_signals


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    for command in (up, worker, sweep, reextract, retry):
        app.command()(command)


def up(
    jobs: Jobs = None,
    watch: Annotated[
        list[Path] | None, typer.Option("--watch", help="folder whose scans are taken in; may be repeated")
    ] = None,
    web: Annotated[bool, typer.Option(help="answer over HTTP")] = True,
) -> None:
    """Run the whole service on this machine: web, worker, sweep and folder watch in one set of processes.

    A process that dies is started again. Ctrl-C or SIGTERM ends them all, after the pages under way.
    """
    from workers.settings import load_settings
    from workers.up import Supervisor, commands

    chosen = load_settings()  # a wrong setting is told once, here
    parts = {"worker": ["worker", *(["--jobs", str(jobs)] if jobs else [])], "sweep": ["sweep"]}
    if web:
        parts["web"] = ["web"]
    if watch:
        parts["watch"] = ["watch", *map(str, watch)]
    supervisor = Supervisor(commands(parts), patience=chosen.drain_seconds + 15, stop=stop_on_signals())
    raise typer.Exit(supervisor.run())


def worker(
    jobs: Jobs = None,
    queues: Annotated[
        str, typer.Option("--queues", help="what to do: pages, documents or both")
    ] = "pages,documents",
) -> None:
    """Read pages and assemble documents, as the queue tells: the Celery app `workers.tasks`.

    SIGTERM lets what is under way end. `celery -A workers.tasks worker` does the same.
    """
    import os

    from workers.settings import load_settings
    from workers.tasks import app

    concurrency = jobs or load_settings().jobs
    name = f"samnao-{os.getpid()}@%h"
    options = ["--concurrency", str(concurrency), "--queues", queues, "--hostname", name]
    app.worker_main(["--quiet", "worker", *options, "--without-gossip", "--without-mingle"])


def sweep(
    once: Annotated[bool, typer.Option("--once", help="one look, then end")] = False,
) -> None:
    """Find work that a broker or a worker lost, and kept files that nothing refers to; again and again."""
    import time

    from workers import sweep as sweeping
    from workers.logs import set_up_logs
    from workers.service import open_service
    from workers.settings import load_settings

    chosen = load_settings()
    set_up_logs(chosen.log_level)
    service = open_service(chosen, wait=not once)
    if once:
        now = time.time()
        rung, removed = sweeping.sweep(service, now), sweeping.remove_orphans(service, now)
        print(f"rung again: {rung}; orphans removed: {removed}")
    else:
        sweeping.run(service, stop_on_signals())
    service.close()


def reextract(
    submission: Annotated[int | None, typer.Option(help="only documents of this submission")] = None,
    document: Annotated[list[int] | None, typer.Option(help="only this document; may be repeated")] = None,
    form: Annotated[str | None, typer.Option(help="only documents with a record of this form")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="also documents whose records the present forms and code made")
    ] = False,
) -> None:
    """Make the records anew from the texts that are kept, after a form has changed; no page is read again.

    What persons settled stays.
    """
    import time

    from workers import setup
    from workers.service import open_service
    from workers.settings import load_settings
    from workers.store import documents
    from workers.store.connect import transaction

    chosen = load_settings()
    service = open_service(chosen)
    present = None if every else setup.store(chosen, chosen.data).extractor
    which = documents.Which(
        documents=tuple(document) if document else None,
        submission_id=submission,
        form=form,
        outdated=present,
        before=time.time(),  # what is done meanwhile is not done again
    )
    count = 0
    while True:
        with transaction(service.engine) as session:
            bells = documents.reextract(session, which, now=time.time())
        if not bells:
            break
        service.ring(bells)
        count += len(bells)
    service.close()
    print(f"{count} documents are assembled anew")


def retry(
    documents: Annotated[
        list[int] | None, typer.Argument(help="numbers of documents", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="all that failed")] = False,
) -> None:
    """Try documents again that failed, or whose pages did. Without a number: list what failed, and why."""
    import time

    from workers.service import open_service
    from workers.settings import load_settings
    from workers.store import queue, views
    from workers.store.connect import reading, transaction

    service = open_service(load_settings())
    wanted = list(documents or ())
    if every or not wanted:
        last: int | None = None
        while True:
            with reading(service.engine) as session:
                failed = views.set_aside(session, before=last, limit=500)
            if not failed:
                break
            last = failed[-1].id
            if every:
                wanted += [view.id for view in failed]
            else:
                for view in failed:
                    print(f"{view.id}  {view.source}  {view.error}: {view.message}")
    for number in wanted:
        with transaction(service.engine) as session:
            bells = queue.retry(session, number, "command", time.time())
        service.ring(bells)
        print(f"{number}: {'tried again' if bells else 'nothing of it failed'}")
    service.close()
