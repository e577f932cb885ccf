"""A form definition as a table."""

from __future__ import annotations

from rich.table import Table

from postprocess.forms import Form


def described(form: Form) -> Table:
    """The values of `form`: path, kind, labels."""
    view = Table(
        title=f"{form.title} ({form.name} {form.version})", box=None, pad_edge=False, title_justify="left"
    )
    for name in ("path", "kind", "labels"):
        view.add_column(name, overflow="fold")
    for path, leaf in form.leaves():
        kind = getattr(leaf, "kind", type(leaf).__name__.lower())
        view.add_row(path, str(kind), " · ".join(getattr(leaf, "labels", ())))
    return view
