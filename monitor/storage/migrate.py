"""Bringing a database to the tables of this version (`monitor db upgrade`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from monitor.storage.engine import DatabaseError, reading, writing

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

_FOLDER = Path(__file__).with_name("migrations")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every migration that `engine` has not seen, all of them or none.

    Raises:
        DatabaseError: the database is locked, or is of a newer version of the product.

    """
    with writing(engine) as connection:
        _refuse_newer(connection)
        command.upgrade(_config(connection), revision)


def require_current(engine: Engine) -> None:
    """Refuse a database that has not been upgraded to this version.

    Raises:
        DatabaseError: it has other tables than this version; the message says which command mends it.

    """
    with reading(engine) as connection:
        _refuse_newer(connection)
        found = MigrationContext.configure(connection).get_current_revision()
    head = ScriptDirectory(str(_FOLDER)).get_current_head()
    if found != head:
        where = engine.url.render_as_string(hide_password=True)
        raise DatabaseError(
            f"{where} is at version {found or 'none'}, this monitor needs {head}: run `monitor db upgrade`"
        )


def _refuse_newer(connection: Connection) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in ScriptDirectory(str(_FOLDER)).walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseError(
            f"the database is at version {found}, which this monitor does not know: upgrade it"
        )


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
