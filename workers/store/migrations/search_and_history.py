"""What tables alone do not say: the index of the search, and that history only grows."""

from __future__ import annotations

from alembic import op

SQLITE = (
    # The rows of `record` are the content: the index holds nothing but trigrams, in a third of the room of a full one.
    """CREATE VIRTUAL TABLE record_find USING fts5(
        find, content='record', content_rowid='id', tokenize='trigram', detail=none, columnsize=0)""",
    """CREATE TRIGGER record_find_insert AFTER INSERT ON record BEGIN
        INSERT INTO record_find (rowid, find) VALUES (new.id, new.find); END""",
    """CREATE TRIGGER record_find_delete AFTER DELETE ON record BEGIN
        INSERT INTO record_find (record_find, rowid, find) VALUES ('delete', old.id, old.find); END""",
    """CREATE TRIGGER record_find_update AFTER UPDATE OF id, find ON record WHEN old.find IS NOT new.find BEGIN
        INSERT INTO record_find (record_find, rowid, find) VALUES ('delete', old.id, old.find);
        INSERT INTO record_find (rowid, find) VALUES (new.id, new.find); END""",
    """CREATE TRIGGER history_update BEFORE UPDATE ON history BEGIN
        SELECT RAISE(ABORT, 'history is only ever added to'); END""",
    """CREATE TRIGGER history_delete BEFORE DELETE ON history BEGIN
        SELECT RAISE(ABORT, 'history is only ever added to'); END""",
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_record_find ON record USING gin (find gin_trgm_ops)",
    """CREATE FUNCTION samnao_history_grows() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'history is only ever added to'; END $$""",
    """CREATE TRIGGER history_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON history
        FOR EACH STATEMENT EXECUTE FUNCTION samnao_history_grows()""",
    # These tables are a queue: most of their rows are dead soon, and claims read over them until they are swept.
    """ALTER TABLE job SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
        autovacuum_vacuum_cost_delay = 0, fillfactor = 70)""",
)


def make() -> None:
    """Run the statements of the database at hand."""
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
