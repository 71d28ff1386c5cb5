"""Statements that are compiled once and then run for many rows at a time.

SQLAlchemy compiles a statement once too, but prepares the parameters of each row anew; for the forty rows of
a page that took five times as long as the database. Here each column is prepared at once, and a value that
stands in many rows, as a page's time does, once for all of them.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect

    from monitor.storage.tables import Base

#: What is done with a row that is there already: nothing, or a change of these columns.
OnConflict = tuple[tuple[str, ...], tuple[str, ...]]


class PreparedInsert:
    """An INSERT of some columns of one table, for one dialect."""

    def __init__(
        self, dialect: Dialect, model: type[Base], columns: tuple[str, ...], conflict: OnConflict | None
    ) -> None:
        statement = (postgresql if dialect.name == "postgresql" else sqlite).insert(model)
        if conflict is not None:
            unique, changed = conflict
            statement = (
                statement.on_conflict_do_update(
                    index_elements=list(unique),
                    set_={name: statement.excluded[name] for name in changed},
                )
                if changed
                else statement.on_conflict_do_nothing(index_elements=list(unique))
            )
        compiled = statement.compile(dialect=dialect, column_keys=list(columns))
        self._sql = str(compiled)
        self._names: Sequence[str] = compiled.positiontup or columns
        self._positional = compiled.positiontup is not None
        types = model.__table__.c
        self._prepare = [
            types[name].type.dialect_impl(dialect).bind_processor(dialect) for name in self._names
        ]

    def run(self, connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows, all with the columns that this was prepared for."""
        columns = [
            _prepared([row[name] for row in rows], prepare)
            for name, prepare in zip(self._names, self._prepare, strict=True)
        ]
        tuples = zip(*columns, strict=True)
        if self._positional:
            connection.exec_driver_sql(self._sql, list(tuples))
        else:
            connection.exec_driver_sql(
                self._sql, [dict(zip(self._names, values, strict=True)) for values in tuples]
            )


def _prepared(values: list[Any], prepare: Callable[[Any], Any] | None) -> list[Any]:
    if prepare is None:
        return values
    done: dict[int, Any] = {}
    found = []
    for value in values:
        same = id(value)
        if same not in done:
            done[same] = prepare(value)
        found.append(done[same])
    return found


@functools.lru_cache(maxsize=128)
def prepared_insert(
    dialect: Dialect, model: type[Base], columns: tuple[str, ...], conflict: OnConflict | None
) -> PreparedInsert:
    """Prepare an INSERT, or give back the one that was prepared before.

    Args:
        dialect: of the connection that it will run on.
        model: the table's model.
        columns: of every row.
        conflict: columns of the unique constraint, and those that change in a row that is there already; none
            leaves that row as it is. None makes such a row an error.

    """
    return PreparedInsert(dialect, model, columns, conflict)
