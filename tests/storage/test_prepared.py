from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from monitor.storage.engine import reading, writing
from monitor.storage.prepared import Shared
from monitor.storage.tables import Campaign, Run, Service, Site
from monitor.storage.upsert import insert_all, insert_new, upsert

AT = datetime(2026, 9, 25, 1, 2, 3, 456, tzinfo=UTC)


def sites(engine):
    with reading(engine) as connection:
        return [(row.name, row.title) for row in connection.execute(select(Site).order_by(Site.id))]


def site(name: str, title: str) -> dict[str, str]:
    return {"name": name, "title": title, "base_url": "http://shop.test"}


def test_what_is_there_changes_or_stays_as_asked(engine):
    with writing(engine) as connection:
        insert_all(connection, Site, [site("a", "甲"), site("b", "乙")])
        insert_new(connection, Site, [site("b", "丙"), site("c", "丁")], unique=["name"])
    assert sites(engine) == [("a", "甲"), ("b", "乙"), ("c", "丁")]
    with writing(engine) as connection:
        upsert(connection, Site, [site("a", "新"), site("d", "戊")], unique=["name"], keep=["base_url"])
    assert sites(engine) == [("a", "新"), ("b", "乙"), ("c", "丁"), ("d", "戊")]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        insert_all(connection, Site, [site("a", "again")])


def test_every_type_comes_back_as_it_went_in(engine):
    """Columns are prepared by the rules of SQLAlchemy's own inserts, values that stand twice included."""
    east = datetime(2026, 9, 25, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    with writing(engine) as connection:
        insert_all(connection, Site, [site("a", "甲")])
        campaign = {"name": "c", "title": "c", "plan_digest": None}
        insert_all(connection, Campaign, [campaign])
        run = {"reason": "", "orders": {"词": ["弩"]}, "lexicon_version": "", "late": False}
        run |= {"campaign_id": 1, "status": "pending", "started_at": None, "finished_at": None}
        insert_all(connection, Run, [{**run, "scheduled_at": AT}, {**run, "scheduled_at": east}])
    with reading(engine) as connection:
        rows = connection.execute(select(Run).order_by(Run.id)).all()
    assert [row.scheduled_at for row in rows] == [AT, east]
    assert [row.orders for row in rows] == [{"词": ["弩"]}] * 2
    assert [row.late for row in rows] == [False, False]
    assert rows[0].started_at is None


def test_a_naive_time_is_refused(engine):
    naive = AT.replace(tzinfo=None)
    row = {"owner": "a", "started_at": AT, "beat_at": naive, "version": "", "state": "", "problems": []}
    with pytest.raises(ValueError, match="naive"), engine.begin() as connection:
        upsert(connection, Service, [row], unique=["owner"])


def test_what_stands_in_two_tables_comes_back_from_both(engine):
    said = Shared({"词": ["弩"]})
    run = {"reason": "", "lexicon_version": "", "late": False, "campaign_id": 1, "status": "pending"}
    run |= {"started_at": None, "finished_at": None, "scheduled_at": AT, "orders": said}
    service = {"owner": "a", "started_at": AT, "beat_at": AT, "version": "", "state": "", "problems": said}
    with writing(engine) as connection:
        insert_all(connection, Campaign, [{"name": "c", "title": "c", "plan_digest": None}])
        insert_all(connection, Run, [run])
        insert_all(connection, Service, [service])
    with reading(engine) as connection:
        assert connection.execute(select(Run.orders)).scalar_one() == said.value
        assert connection.execute(select(Service.problems)).scalar_one() == said.value
