"""Rows of evidence come and go with their page, and only ever move an anchor forward."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from monitor.listing import Listing
from monitor.storage import leases, runs, tables
from monitor.storage.crawl import PageOutcome, SeenListing, commit_page
from monitor.storage.engine import reading, writing
from monitor.storage.evidence import (
    NoEvidenceError,
    PreservedRecords,
    RecordPlace,
    anchors,
    evidence_of,
    listing_keys,
    listings_with_evidence,
    open_chain,
    record_evidence,
    records,
)
from monitor.storage.tables import UnitKind

AT = datetime(2026, 8, 20, tzinfo=UTC)


def place(sequence: int, kind: str = "page") -> RecordPlace:
    return RecordPlace(
        sequence=sequence,
        kind=kind,
        url="https://shop.example.cn/",
        collected_at=AT,
        offset=sequence * 10_000_000_000,  # beyond 32 bits
        length=10_000_000_000,
        sha256=f"{sequence:064x}",
        chain=f"{sequence + 1:064x}",
    )


class Crawl:
    def __init__(self, engine) -> None:
        self.engine = engine
        with writing(engine) as connection:
            site = runs.ensure_site(connection, name="mall", title="商城", base_url="https://shop.example.cn")
            campaign = runs.ensure_campaign(connection, name="night", title="夜查", plan_digest=None)
            new = runs.NewRun(campaign_id=campaign, scheduled_at=AT, reason="", orders={}, lexicon_version="")
            self.run = runs.create_run(connection, new)
            runs.add_units(connection, self.run, site, [runs.UnitOrder(kind=UnitKind.SEARCH, key="磁力球")])
            (self.unit,) = runs.pending_units(connection, self.run, site, [UnitKind.SEARCH])
            self.lease = leases.acquire(connection, site, "a:1:1", 60)
            self.chain = open_chain(
                connection, self.lease, run_id=self.run, file="run-1/a.warc.gz", genesis="0" * 64
            )

    def commit(
        self, *places: RecordPlace, keys: tuple[str, ...] = (), lease: leases.Lease | None = None
    ) -> None:
        from monitor.classifiers.classify import default_classifier

        found = [
            Listing(site="mall", url=f"https://shop.example.cn/{key}", item_id=key, title="磁力球")
            for key in "12"
        ]
        classifier = default_classifier(0.5)
        outcome = PageOutcome(
            run_id=self.run,
            unit_id=self.unit.id,
            received_at=AT,
            page=1,
            seen=tuple(SeenListing(listing=each, classification=classifier.classify(each)) for each in found),
            preserved=PreservedRecords(anchor_id=self.chain, records=places, listing_keys=keys),
        )
        with writing(self.engine) as connection:
            commit_page(connection, lease or self.lease, outcome)


@pytest.fixture
def crawl(engine) -> Crawl:
    return Crawl(engine)


def test_a_page_and_its_evidence_are_one(crawl):
    crawl.commit(place(0, "opening"), place(1), keys=("1",))
    with reading(crawl.engine) as connection:
        (anchor,) = anchors(connection, crawl.run)
        assert (anchor.site, anchor.records, anchor.length) == ("mall", 2, 20_000_000_000)
        assert anchor.head == place(1).chain
        assert records(connection, anchor.id) == [place(0, "opening"), place(1)]
        assert listing_keys(connection, anchor.id) == {1: frozenset({"1"})}
        ids = dict(connection.execute(select(tables.Listing.key, tables.Listing.id)).all())
        assert listings_with_evidence(connection, ids.values()) == {ids["1"]}
        (found,) = evidence_of(connection, [ids["1"]])
        assert (found.listing_id, found.key, found.record, found.campaign_title) == (
            ids["1"],
            "1",
            place(1),
            "夜查",
        )
        with pytest.raises(NoEvidenceError, match="未固证"):
            evidence_of(connection, [ids["1"], ids["2"]])
        with pytest.raises(NoEvidenceError, match="there is no listing 999"):
            evidence_of(connection, [999])
        units = connection.execute(
            select(tables.Evidence.unit_id).order_by(tables.Evidence.sequence)
        ).scalars()
        assert list(units) == [None, crawl.unit.id]


def test_who_lost_the_lease_anchors_nothing(crawl):
    with writing(crawl.engine) as connection:
        taken = leases.acquire(connection, crawl.lease.site_id, "a:1:1", 60)
    assert taken.token > crawl.lease.token
    with pytest.raises(leases.LeaseLostError):
        crawl.commit(place(0), keys=("1",))
    with reading(crawl.engine) as connection:
        assert connection.execute(select(func.count(tables.Evidence.id))).scalar_one() == 0
        assert anchors(connection)[0].records == 0


def test_an_anchor_never_goes_back(crawl):
    crawl.commit(place(3))
    with writing(crawl.engine) as connection:
        record_evidence(connection, crawl.lease, PreservedRecords(anchor_id=crawl.chain, records=(place(2),)))
    with reading(crawl.engine) as connection:
        assert anchors(connection)[0].records == 4
