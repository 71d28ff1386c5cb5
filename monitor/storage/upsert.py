"""Batch writes through Core, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from monitor.storage.tables import Base

#: Rows of one statement or values of one IN list; SQLite allows 32,766 variables.
BATCH = 500


def insert_for(connection: Connection, model: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """Return the INSERT of the connection's dialect, which knows ON CONFLICT."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(model)
    return sqlite.insert(model)


def upsert(
    connection: Connection,
    model: type[Base],
    rows: Sequence[dict[str, Any]],
    *,
    unique: Sequence[str],
    keep: Iterable[str] = (),
) -> None:
    """Insert `rows`, updating those whose `unique` columns are there already.

    Args:
        connection: a writing transaction.
        model: the table's model.
        rows: all with the same keys.
        unique: columns of the unique constraint.
        keep: columns that an existing row keeps, such as ``first_seen_at``.

    """
    if not rows:
        return
    kept = {*unique, *keep}
    statement = insert_for(connection, model)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in kept}
    connection.execute(statement.on_conflict_do_update(index_elements=list(unique), set_=changes), list(rows))


def insert_new(
    connection: Connection, model: type[Base], rows: Sequence[dict[str, Any]], *, unique: Sequence[str]
) -> None:
    """Insert those `rows` whose `unique` columns are not there yet; the others stay untouched."""
    if rows:
        statement = insert_for(connection, model).on_conflict_do_nothing(index_elements=list(unique))
        connection.execute(statement, list(rows))


def batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut `values` into pieces that fit one statement."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
