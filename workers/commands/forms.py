"""The commands about forms: list, show, check."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workers.commands import common

forms_app = typer.Typer(help="The forms that samnao knows, and checking new ones.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.add_typer(forms_app, name="forms")


@forms_app.command("list")
def list_forms() -> None:
    """List the forms that samnao knows."""
    from workers import setup
    from workers.settings import load_settings

    for form in setup.forms(load_settings()):
        print(f"{form.name}  {form.version}  {form.title}")


@forms_app.command("show")
def show_form(
    name: Annotated[str, typer.Argument(help="a form's name, as `samnao forms list` gives it")],
) -> None:
    """Show the fields of a form: the path of each value, its kind and the labels it is found by."""
    from workers import setup
    from workers.errors import InputError
    from workers.forms import described
    from workers.settings import load_settings

    known = {form.name: form for form in setup.forms(load_settings())}
    if name not in known:
        raise InputError(f"no form is called {name}; known are {', '.join(known)}")
    common.screen().print(described(known[name]))


@forms_app.command("check")
def check_form(file: Annotated[Path, typer.Argument(help="a form definition (TOML)")]) -> None:
    """Check a form definition: a mistake is named with its key."""
    from postprocess.forms import load_form

    form = load_form(file)
    leaves = sum(1 for _ in form.leaves())
    print(
        f"{file}: good. {form.name}, version {form.version}, {len(form.sections)} sections, {leaves} kinds of values"
    )
