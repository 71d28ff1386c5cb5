"""The connection between a crawler and the process that stores its pages; what either does when it breaks."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy.exceptions import CloseSpider, DropItem
from sqlalchemy import text

from monitor import config
from monitor.classifiers.lexicon import LexiconError
from monitor.config import Settings
from monitor.extraction import Page, PageKind, Reading, Verdict
from monitor.pipelines import page_worker, pages
from monitor.pipelines.items import PageRead, UnitFailed
from monitor.pipelines.messages import Assignment, PageError, PageProcessError, packed, portable, received
from monitor.pipelines.page_process import PageProcess
from monitor.pipelines.pages import PagePipeline
from monitor.pipelines.session import CrawlSession
from monitor.storage import leases, open_database, runs
from monitor.storage.crawl import UnitEnd
from monitor.storage.engine import DatabaseLockedError, reading, writing
from monitor.storage.leases import LeaseLostError
from monitor.storage.tables import UnitKind, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.storage.runs import UnitToDo


@given(messages=st.lists(st.tuples(st.integers(), st.none() | st.binary(max_size=2000)), max_size=5))
def test_messages_arrive_one_by_one_as_they_were_sent(messages):
    stream = io.BytesIO(b"".join(map(packed, messages)))
    assert [received(stream) for _ in messages] == messages
    with pytest.raises(EOFError):
        received(stream)


@given(cut=st.integers(min_value=0))
def test_a_message_that_is_torn_off_is_the_end_of_the_connection(cut):
    whole = packed(b"x" * 50)
    with pytest.raises(EOFError):
        received(io.BytesIO(whole[: cut % len(whole)]))


class StubbornError(Exception):
    """Cannot be made again from its message."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__(f"{file}:{line}")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (LeaseLostError("gone"), LeaseLostError),
        (DatabaseLockedError("locked"), DatabaseLockedError),
        (StubbornError("a.yaml", 3), PageProcessError),
    ],
)
def test_an_error_arrives_with_its_words(error, kind):
    arrived = received(io.BytesIO(packed(portable(error))))
    assert type(arrived) is kind
    assert str(arrived) == str(error)


@contextmanager
def worker(monkeypatch, desk: object = None) -> Iterator[io.BufferedRWPair]:
    """The worker's loop in this process; what a crawler would see of it."""
    here, there = socket.socketpair()
    monkeypatch.setattr(page_worker, "PageDesk", lambda *_: desk)
    monkeypatch.setattr(page_worker, "relieve_collector", lambda: None)
    with here, there, here.makefile("rwb") as crawler, there.makefile("rwb") as stream:
        yield SimpleNamespace(crawler=crawler, serve=lambda: page_worker._serve(stream), connection=here)


def test_a_page_that_meets_a_mistake_in_the_program_does_not_end_the_others(monkeypatch):
    handled, closed = [], []

    class Desk:
        def handle(self, item: str) -> None:
            if item == "odd":
                raise KeyError("field")
            handled.append(item)

        def close(self) -> None:
            closed.append(True)

    monkeypatch.setattr(page_worker, "default_classifier", lambda _: None)
    with worker(monkeypatch, Desk()) as ends:
        for message in ("assignment", (1, "a"), (2, "odd"), (3, "b")):
            ends.crawler.write(packed(message))
        ends.crawler.flush()
        ends.connection.shutdown(socket.SHUT_WR)
        with pytest.raises(EOFError):
            ends.serve()
        answers = [received(ends.crawler) for _ in range(4)]
    assert handled == ["a", "b"]
    assert closed == [True]
    assert answers[0] is None
    assert [number for number, _ in answers[1:]] == [1, 2, 3]
    assert answers[1][1] is answers[3][1] is None
    assert isinstance(answers[2][1], PageError)
    assert "KeyError: 'field'" in str(answers[2][1])


def test_a_mistake_in_the_lexicon_is_told_before_the_first_page(monkeypatch):
    def broken(_threshold: float) -> None:
        raise LexiconError("hazards.yaml:7: unknown key")

    monkeypatch.setattr(page_worker, "default_classifier", broken)
    with worker(monkeypatch) as ends:
        ends.serve()
        error = received(ends.crawler)
    assert isinstance(error, LexiconError)
    assert str(error) == "hazards.yaml:7: unknown key"


class Process:
    """Stands in for `PageProcess`."""

    def __init__(self, error: Exception | None) -> None:
        self._error = error
        self.begun: list[Assignment] = []

    async def ready(self) -> None:
        if self._error is not None:
            raise self._error

    def begin(self, assignment: Assignment) -> None:
        self.begun.append(assignment)

    async def handled(self, item: object) -> None:
        await self.ready()

    async def close(self) -> None: ...


@pytest.fixture
def pipeline(monkeypatch, tmp_path):
    """A pipeline of a crawler that may be stopped; which error its process has is the argument."""

    def make(error: Exception | None) -> PagePipeline:
        session = CrawlSession(Settings(database_url=f"sqlite:///{tmp_path}/monitor.db"))
        session.begin(1, leases.Lease(site_id=1, owner="o", token=1, seconds=60))
        monkeypatch.setattr(pages, "session_of", lambda _: session)
        monkeypatch.setattr(pages, "PageProcess", lambda _: Process(error))
        monkeypatch.setattr(pages, "stop", lambda _, why: setattr(session, "stopped_by", why))
        profile = SimpleNamespace(name="mall", detail="suspects", licence="suspects", pictures="never")
        crawler = SimpleNamespace(settings={"MONITOR": None}, spider=SimpleNamespace(profile=profile))
        return PagePipeline(crawler)

    return make


def failed() -> UnitFailed:
    return UnitFailed(unit=UNIT, number=1, end=UnitEnd(status=UnitStatus.FAILED, reason="timeout"))


UNIT = runs.UnitToDo(id=1, kind=UnitKind.SHOP, key="https://shop.example/list", attempts=0)


def test_a_crawl_whose_lexicon_is_broken_does_not_begin(pipeline):
    error = LexiconError("hazards.yaml:7: unknown key")
    begun = pipeline(error)
    with pytest.raises(CloseSpider):
        asyncio.run(begun.open_spider())
    assert begun._session.stopped_by is error


@pytest.mark.parametrize("error", [LeaseLostError("gone"), PageProcessError("killed")])
def test_a_page_that_cannot_be_written_stops_the_crawl(pipeline, error):
    begun = pipeline(error)
    with pytest.raises(DropItem):
        asyncio.run(begun.process_item(failed()))
    assert begun._session.stopped_by is error
    with pytest.raises(DropItem):
        asyncio.run(begun.process_item(failed()))
    assert len(begun.process.begun) == 1


def test_a_page_that_meets_a_mistake_does_not_stop_the_crawl(pipeline):
    begun = pipeline(PageError("Traceback …"))
    with pytest.raises(PageError):
        asyncio.run(begun.process_item(failed()))
    assert begun._session.stopped_by is None


def test_what_is_no_page_passes_untouched(pipeline):
    assert asyncio.run(pipeline(None).process_item({"title": "橡皮"})) == {"title": "橡皮"}


@pytest.fixture
def crawl(sqlite_url, tmp_path) -> SimpleNamespace:
    """A run with one unit, taken over by a crawler."""
    engine = open_database(sqlite_url)
    with writing(engine) as connection:
        site = runs.ensure_site(connection, name="mall", title="商城", base_url="https://shop.example")
        campaign = runs.ensure_campaign(connection, name="c", title="c", plan_digest=None)
        new = runs.NewRun(
            campaign_id=campaign, scheduled_at=datetime.now(UTC), reason="", orders={}, lexicon_version=""
        )
        run = runs.create_run(connection, new)
        runs.add_units(connection, run, site, [UNIT])
        lease = leases.acquire(connection, site, leases.this_process(), 60)
        [unit] = runs.pending_units(connection, run, site, [UnitKind.SHOP], most=1)
    yield SimpleNamespace(
        settings=Settings(database_url=sqlite_url, evidence_dir=tmp_path / "evidence"),
        assignment=Assignment(
            run_id=run, lease=lease, site="mall", detail="suspects", licence="suspects", pictures="never"
        ),
        unit=unit,
        engine=engine,
    )
    engine.dispose()


def page(unit: UnitToDo, number: int) -> PageRead:
    return PageRead(
        unit=unit,
        number=number,
        page=Page(url=unit.key, body=b"<html></html>", seen_at=datetime.now(UTC)),
        reading=Reading(kind=PageKind.LIST, verdict=Verdict.EMPTY),
    )


def pages_of(crawl: SimpleNamespace) -> int:
    with reading(crawl.engine) as connection:
        return connection.execute(text("SELECT pages FROM unit")).scalar_one()


@pytest.mark.slow
def test_pages_are_committed_when_they_are_answered_until_the_process_is_killed(crawl):
    async def run() -> None:
        process = PageProcess(crawl.settings)
        await process.ready()
        process.begin(crawl.assignment)
        await asyncio.gather(*(process.handled(page(crawl.unit, number)) for number in (1, 2, 3)))
        assert pages_of(crawl) == 3
        os.kill(process._process.pid, signal.SIGKILL)
        with pytest.raises(PageProcessError, match="was killed by SIGKILL"):
            await process.handled(page(crawl.unit, 4))
        with pytest.raises(PageProcessError, match="was killed by SIGKILL"):
            await process.handled(page(crawl.unit, 5))
        await process.close()

    asyncio.run(run())
    assert pages_of(crawl) == 3


@pytest.mark.slow
def test_who_lost_the_lease_writes_nothing_more(crawl):
    async def run() -> None:
        process = PageProcess(crawl.settings)
        await process.ready()
        process.begin(crawl.assignment)
        with writing(crawl.engine) as connection:
            leases.acquire(connection, crawl.assignment.lease.site_id, leases.this_process(), 60)
        for number in (1, 2):
            with pytest.raises(LeaseLostError, match="went to another crawler"):
                await process.handled(page(crawl.unit, number))
        await process.close()
        assert process._process.returncode == 0

    asyncio.run(run())
    assert pages_of(crawl) == 0


@pytest.mark.slow
def test_a_process_whose_crawler_is_gone_writes_what_it_has_and_ends_quietly(crawl):
    here, there = socket.socketpair()
    with subprocess.Popen(
        [sys.executable, "-m", "monitor.pipelines.page_worker"],
        stdin=there.fileno(),
        stderr=subprocess.PIPE,
        env=config.environment(crawl.settings),
    ) as process:
        there.close()
        with here.makefile("rwb") as stream:
            assert received(stream) is None
            stream.write(packed(crawl.assignment))
            stream.write(packed((1, page(crawl.unit, 1))))
            stream.write(packed((2, page(crawl.unit, 2))))
        here.close()
        _, said = process.communicate(timeout=120)
    assert (process.returncode, said) == (0, b"")
    assert pages_of(crawl) in (1, 2)  # it ends when it cannot tell anybody of a page


def test_a_process_that_never_began_does_not_outlive_its_crawler(crawl):
    async def run() -> int | None:
        process = PageProcess(crawl.settings)
        await process.close()
        return process._process.returncode

    assert asyncio.run(run()) == -signal.SIGKILL
