from __future__ import annotations

import threading
from datetime import datetime

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import StatementError

from monitor.storage import DatabaseLockedError, open_database
from monitor.storage.engine import reading, writing
from monitor.storage.tables import Seller, Site


def test_a_naive_time_is_refused(engine):
    row = {
        "site_id": 1,
        "key": "k",
        "looked_for": [],
        "first_seen_at": datetime(2026, 1, 1),  # noqa: DTZ001 - the point
        "last_seen_at": None,
    }
    with pytest.raises(StatementError, match="naive"), writing(engine) as connection:
        connection.execute(insert(Seller), [row])


def test_a_locked_database_is_named(empty_url):
    holder, waiter = open_database(empty_url), open_database(empty_url, timeout=0.2)
    with writing(holder) as connection:
        connection.execute(text("CREATE TABLE thing (id INTEGER PRIMARY KEY)"))
    lock = "SELECT 1" if empty_url.startswith("sqlite") else "LOCK TABLE thing"
    with writing(holder) as connection:
        connection.execute(text(lock))
        with pytest.raises(DatabaseLockedError, match="locked by another process"), writing(waiter) as other:
            other.execute(text("INSERT INTO thing VALUES (1)"))
    holder.dispose()
    waiter.dispose()


def test_writers_wait_for_each_other(engine):
    def add(number: int) -> None:
        with writing(engine) as connection:
            before = len(connection.execute(select(Site.id)).all())
            assert before >= 0
            connection.execute(
                insert(Site).values(name=f"s{number}", title="商城", base_url="http://x.test/")
            )

    threads = [threading.Thread(target=add, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as connection:
        assert len(connection.execute(select(Site.id)).all()) == 20
