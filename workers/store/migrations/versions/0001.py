"""The first tables."""

from __future__ import annotations

from alembic import op

from workers.store.migrations import search_and_history
from workers.store.schema import Base

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind())
    search_and_history.make()
