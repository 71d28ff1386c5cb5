"""Batch writes through Core, the same for SQLite and PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

from monitor.storage.prepared import prepared_insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from monitor.storage.prepared import OnConflict
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
    changed = tuple(name for name in rows[0] if name not in kept)
    _insert(connection, model, rows, (tuple(unique), changed))


def insert_new(
    connection: Connection, model: type[Base], rows: Sequence[dict[str, Any]], *, unique: Sequence[str]
) -> None:
    """Insert those `rows` whose `unique` columns are not there yet; the others stay untouched."""
    if rows:
        _insert(connection, model, rows, (tuple(unique), ()))


def insert_all(connection: Connection, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert `rows`, all with the same keys, none of which is there yet."""
    if rows:
        _insert(connection, model, rows, None)


def _insert(
    connection: Connection, model: type[Base], rows: Sequence[dict[str, Any]], conflict: OnConflict | None
) -> None:
    prepared_insert(connection.dialect, model, tuple(rows[0]), conflict).run(connection, rows)


def batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Cut `values` into pieces that fit one statement."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
