"""Statements that are compiled once and then run for many rows at a time.

SQLAlchemy compiles a statement once too, but prepares the parameters of each row anew; for the forty rows of
a page that took five times as long as the database. Here each column is prepared at once, and a value that
stands in many rows, as a page's time does, once for all of them.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

    from monitor.storage.tables import Base

#: What is done with a row that is there already: nothing, or a change of these columns.
OnConflict = tuple[tuple[str, ...], tuple[str, ...]]


class Shared:
    """A value for a JSON column that goes into rows of several tables: it is prepared for the first."""

    __slots__ = ("_prepared", "value")

    def __init__(self, value: Any) -> None:  # noqa: ANN401 - whatever JSON takes
        self.value = value
        self._prepared: Any = None

    def prepared(self, prepare: Callable[[Any], Any]) -> Any:  # noqa: ANN401 - the driver's
        """As the driver takes it; all JSON columns of a database take it alike."""
        if self._prepared is None:
            self._prepared = prepare(self.value)
        return self._prepared


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
        self._prepare = [_preparing(types[name].type, dialect) for name in self._names]

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


def _preparing(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    prepare = kind.dialect_impl(dialect).bind_processor(dialect)
    if prepare is None or not isinstance(kind, JSON):
        return prepare
    return lambda value: value.prepared(prepare) if isinstance(value, Shared) else prepare(value)


def _prepared(values: list[Any], prepare: Callable[[Any], Any] | None) -> list[Any]:
    if prepare is None:
        return values
    places = list(map(id, values))
    done = {same: prepare(value) for same, value in dict(zip(places, values, strict=True)).items()}
    return [done[same] for same in places]


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
