"""Opening a database: SQLite in WAL mode, or PostgreSQL, by URL."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from monitor.mistake import MistakeError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlalchemy.pool import ConnectionPoolEntry


class DatabaseError(MistakeError):
    """The database cannot be used as asked; the message says what to do."""


class DatabaseLockedError(DatabaseError):
    """Another process held the database for longer than we were told to wait."""


def open_database(url: str, *, timeout: float = 30.0) -> Engine:
    """Open the database at `url` without touching its tables.

    Args:
        url: SQLAlchemy URL, ``sqlite:///file.db`` or ``postgresql+psycopg://…``; SQLite's folder is made.
        timeout: seconds a statement waits for another writer.

    Raises:
        DatabaseError: the URL cannot be read, or its driver is not installed.

    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseError(f"database_url {url!r} is not a database URL: {error}") from None
    backend = parsed.get_backend_name()
    try:
        if backend == "sqlite":
            return _open_sqlite(url, parsed.database, timeout)
        if backend == "postgresql":
            options = f"-c lock_timeout={round(timeout * 1000)}"
            return create_engine(url, pool_pre_ping=True, connect_args={"options": options})
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise DatabaseError(
            f"the driver for {parsed.drivername} is not installed ({error}): pip install 'monitor[postgres]'"
        ) from None
    raise DatabaseError(f"database_url: {backend} is not supported; use sqlite or postgresql+psycopg")


def _open_sqlite(url: str, file: str | None, timeout: float) -> Engine:
    if file and file != ":memory:":
        folder = Path(file).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(f"database folder {folder} cannot be made: {error.strerror}") from None
    engine = create_engine(url, connect_args={"timeout": timeout})

    @event.listens_for(engine, "connect")
    def _configure(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
        # the driver's own transaction handling would begin late and deferred; we say BEGIN ourselves
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")  # safe in WAL: a crash loses no committed page
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # a transaction that reads first and writes later cannot wait for its lock in WAL; it fails at once
        writes = connection.get_execution_options().get("monitor_writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that may write; commits at the end, rolls back on any error.

    Raises:
        DatabaseLockedError: another process kept the database for longer than the timeout.

    """
    try:
        with engine.connect().execution_options(monitor_writes=True) as connection, connection.begin():
            yield connection
    except OperationalError as error:
        raise _explained(engine, error) from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that only reads, on one consistent snapshot.

    Raises:
        DatabaseError: the database is not there, is locked, or has no tables yet.

    """
    try:
        with engine.connect() as connection, connection.begin():
            yield connection
    except DBAPIError as error:
        raise _explained(engine, error) from error


def _explained(engine: Engine, error: DBAPIError) -> DatabaseError:
    text = str(error.orig)
    where = engine.url.render_as_string(hide_password=True)
    if "database is locked" in text or "lock timeout" in text:
        return DatabaseLockedError(
            f"{where} is locked by another process; nothing was written. Wait for it to end, or stop it"
        )
    if "no such table" in text or "does not exist" in text:
        return DatabaseError(f"{where} has no tables of this version: run `monitor db upgrade`")
    if "unable to open database file" in text:
        return DatabaseError(
            f"{where} cannot be opened: its folder must be there, and you must be allowed to write to it"
        )
    if "disk is full" in text or "disk I/O" in text:
        return DatabaseError(f"{where}: {text}; this step wrote nothing. Free some space, run again")
    return DatabaseError(f"{where}: {text}")
