"""Alembic's entry: runs on the connection that `storage.migrate` hands over."""

from typing import Literal

from alembic import context

from monitor.storage.tables import Base, UtcDateTime


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our column type as the plain type it is, so that old migrations never depend on new code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter a constraint in place
    render_item=render_item,
    compare_type=True,
)
# the caller's transaction is the migration's: all or nothing
context.run_migrations()
