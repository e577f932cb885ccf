"""Alembic's way in: the connection comes from `workers.store.connect.migrate`."""

from __future__ import annotations

from alembic import context

from workers.store.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
