from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from monitor.storage import DatabaseError, open_database
from monitor.storage.engine import reading, writing
from monitor.storage.migrate import require_current, upgrade
from monitor.storage.tables import Base


def test_migrations_from_empty_give_exactly_the_models(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_twice_changes_nothing(engine):
    upgrade(engine)
    require_current(engine)


def test_a_database_without_tables_names_the_mend(empty_url):
    engine = open_database(empty_url)
    with pytest.raises(DatabaseError, match="monitor db upgrade"):
        require_current(engine)
    with pytest.raises(DatabaseError, match="monitor db upgrade"), reading(engine) as connection:
        connection.execute(text("SELECT * FROM run"))
    engine.dispose()


def test_a_newer_database_is_refused(engine):
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseError, match="9999"):
        upgrade(engine)
    with pytest.raises(DatabaseError, match="9999"):
        require_current(engine)


def test_a_migration_that_fails_leaves_nothing_behind(empty_url, monkeypatch):
    engine = open_database(empty_url)
    real = upgrade.__globals__["command"].upgrade

    def fail_late(config, revision):
        real(config, revision)
        raise OSError("power cut")

    monkeypatch.setattr(upgrade.__globals__["command"], "upgrade", fail_late)
    with pytest.raises(OSError, match="power cut"):
        upgrade(engine)
    with engine.connect() as connection:
        assert MigrationContext.configure(connection).get_current_revision() is None
    engine.dispose()


def test_a_database_that_cannot_be_opened_says_what_to_look_at():
    engine = open_database("sqlite:////proc/monitor.db")
    with pytest.raises(DatabaseError, match="you must be allowed to write to it"), reading(engine):
        pass
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("not a url", "not a database URL"),
        ("mysql://root@localhost/x", "not supported"),
        ("sqlite:////proc/nowhere/monitor.db", "cannot be made"),
    ],
)
def test_a_bad_url_is_explained(url, said):
    with pytest.raises(DatabaseError, match=said):
        open_database(url)
