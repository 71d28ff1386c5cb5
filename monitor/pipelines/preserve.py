"""Preserving: a page that is evidence of a suspect is on disk before the database hears of it."""

from __future__ import annotations

import importlib.metadata
import os
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from monitor.evidence.chain import Chain, Entry
from monitor.evidence.clock import clock_facts
from monitor.evidence.description import collector_facts, robots_facts
from monitor.evidence.members import info_part, picture_part, supplied_part
from monitor.evidence.recovery import cut, recovering_alone, set_tails_aside
from monitor.evidence.verifier import GENESIS
from monitor.extraction import Verdict
from monitor.pipelines.items import PageJudged
from monitor.storage.engine import reading, writing
from monitor.storage.evidence import PreservedRecords, RecordPlace, anchors, open_chain, record_evidence
from monitor.storage.subjects import suspects_at, suspects_of_licence, suspects_with_picture
from monitor.storage.tables import UnitKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.evidence.exchange import Exchange, RobotsDecision
    from monitor.evidence.screenshot import Screenshot
    from monitor.pipelines.items import PageRead, PictureRead
    from monitor.pipelines.session import CrawlSession
    from monitor.storage.crawl import PageOutcome, SeenListing
    from monitor.storage.pictures import FetchedPicture
    from monitor.storage.runs import UnitToDo
    from monitor.storage.subjects import KnownSuspect


class Preserve:
    """Keeps what each PageJudged that is evidence of a suspect came by."""

    def __init__(self, session: CrawlSession, site: str) -> None:
        self._session = session
        self._site = site
        self._keeper: PageKeeper | None = None

    def preserved(self, item: PageJudged) -> PageJudged:
        """Keep a page.

        Raises:
            EvidenceError: it cannot be kept, so it must not be committed either.
            LeaseLostError: another crawler took the site over.

        """
        if not (item.read.exchanges or item.read.supplied):
            return item
        kind, told = self._concerns(item)
        if not told:
            return item
        preserved = self._open().keep_page(item, told, kind)
        return PageJudged(read=item.read, outcome=replace(item.outcome, preserved=preserved))

    def preserved_picture(self, item: PictureRead, outcome: PageOutcome) -> PageOutcome:
        """Keep the main picture of suspects; raises as `preserved` does."""
        if outcome.picture is None or not item.exchanges:
            return outcome
        with reading(self._session.engine) as connection:
            told = _known(suspects_with_picture(connection, self._session.lease.site_id, item.unit.key))
        if not told:
            return outcome
        return replace(outcome, preserved=self._open().keep_picture(item, outcome.picture, told))

    def _open(self) -> PageKeeper:
        if self._keeper is None:
            self._keeper = PageKeeper.begin(self._session, self._site)
        return self._keeper

    def _concerns(self, item: PageJudged) -> tuple[str, list[dict[str, Any]]]:
        """Say of which suspects a page is evidence, and what kind of evidence."""
        read, outcome = item.read, item.outcome
        shown = [_inference(each) for each in outcome.seen if each.classification.suspect]
        if shown or read.supplied is not None:
            return "page", shown
        site = self._session.lease.site_id
        if read.unit.kind is UnitKind.LICENCE:
            if read.reading.verdict is Verdict.BLOCKED or read.page.status >= 400:
                return "licence", []
            with reading(self._session.engine) as connection:
                return "licence", _known(suspects_of_licence(connection, site, read.unit.key))
        if outcome.check is not None and outcome.check.outcome.denies:
            with reading(self._session.engine) as connection:
                return "gone", _known(suspects_at(connection, site, read.unit.key))
        return "page", []

    def close(self) -> None:
        """Let go of the file."""
        if self._keeper is not None:
            self._keeper.close()


class PageKeeper:
    """The chain of this process, and what was put into it once for all."""

    def __init__(self, session: CrawlSession, chain: Chain, anchor_id: int, site: str) -> None:
        self._session = session
        self._chain = chain
        self._anchor_id = anchor_id
        self._site = site
        #: record numbers of robots.txt snapshots, by the snapshot's identity
        self._snapshots: dict[tuple[Exchange, ...], int] = {}

    @classmethod
    def begin(cls, session: CrawlSession, site: str) -> Self:
        """Open a chain; record and cut off what a crash left behind in others.

        Raises:
            EvidenceError: the evidence folder cannot be written to.
            LeaseLostError: another crawler took the site over.

        """
        now = datetime.now(UTC)
        name = f"run-{session.run_id}/{site}-{now:%Y%m%dT%H%M%S%f}Z-{os.getpid()}.warc.gz"
        folder = session.settings.evidence_dir
        with writing(session.engine) as connection:
            anchor_id = open_chain(
                connection, session.lease, run_id=session.run_id, file=name, genesis=GENESIS
            )
        keeper = cls(session, Chain.create(folder / name), anchor_id, site)
        entries = [keeper._open(now)]
        with recovering_alone(folder):
            with reading(session.engine) as connection:
                known = [(each.file, each.length) for each in anchors(connection) if each.id != anchor_id]
            tails = set_tails_aside(folder, known)
            entries += [
                keeper._chain.append("recovery", now, {**keeper._circumstances(), "torn": tail.facts(folder)})
                for tail in tails
            ]
            keeper._chain.sync()
            with writing(session.engine) as connection:
                record_evidence(connection, session.lease, keeper._preserved(entries))
            for tail in tails:
                cut(tail)
        return keeper

    def keep(self, judged: PageJudged, suspects: list[SeenListing]) -> PreservedRecords:
        """Write what a page that shows suspects came by, and bring it to the disk."""
        return self.keep_page(judged, [_inference(each) for each in suspects], "page")

    def keep_page(self, judged: PageJudged, suspects: list[dict[str, Any]], kind: str) -> PreservedRecords:
        """Write a page's exchanges and their description, and bring them to the disk.

        Args:
            judged: the page.
            suspects: those that it is evidence of, as the description names them.
            kind: ``page`` shows them, ``licence`` says who sells them, ``gone`` that they are not offered.

        """
        read = judged.read
        entries, facts = self._fetched(read)
        facts["page"] = {"number": read.number, "kind": str(read.reading.kind), "url": read.page.url}
        facts["inference"] = _inferences(suspects)
        check = judged.outcome.check
        if kind == "gone" and check is not None:
            facts["inference"]["check"] = {"outcome": str(check.outcome), "rests_on": check.rests_on}
        at, supplied = judged.outcome.received_at, read.supplied
        if supplied is not None:
            facts["supplied"] = dict(supplied.facts)
            part = supplied_part(supplied, read.page.url, at)
            entries.append(self._chain.append(kind, at, facts, parts=[part], url=read.page.url))
        else:
            entries.append(self._chain.append(kind, at, facts, exchanges=read.exchanges))
        self._chain.sync()
        return self._preserved(entries, tuple(each["key"] for each in suspects))

    def keep_picture(
        self, read: PictureRead, picture: FetchedPicture, suspects: list[dict[str, Any]]
    ) -> PreservedRecords:
        """Write what a picture came by and which suspects show it, and bring them to the disk."""
        entries, facts = self._fetched(read)
        facts["page"] = {"number": 1, "kind": "picture", "url": read.page.url}
        facts["inference"] = {**_inferences(suspects), "picture": asdict(picture)}
        at = read.page.seen_at or read.exchanges[-1].received_at
        entries.append(self._chain.append("picture", at, facts, exchanges=read.exchanges))
        self._chain.sync()
        return self._preserved(entries, tuple(each["key"] for each in suspects))

    def keep_rows(
        self, unit: UnitToDo, at: datetime, supplied: Mapping[str, Any], suspects: list[SeenListing]
    ) -> PreservedRecords:
        """Write which rows of a supplied table show suspects, and bring that to the disk.

        Args:
            unit: of the file.
            at: when it was handed in.
            supplied: name and SHA-256 of the file, and ``rows``: listing key → number and fields.
            suspects: what the rows show.

        """
        facts = {
            **self._circumstances(),
            "unit": _unit(unit),
            "supplied": dict(supplied),
            "inference": _inferences([_inference(each) for each in suspects]),
        }
        entry = self._chain.append("rows", at, facts)
        self._chain.sync()
        return self._preserved([entry], tuple(each.listing.key for each in suspects))

    def keep_screenshot(self, picture: Screenshot, known: KnownSuspect) -> PreservedRecords:
        """Write what a browser showed of a listing's page, and bring that to the disk."""
        facts = {
            **self._circumstances(),
            "page": {"url": known.url},
            "screenshot": picture.facts(),
            "inference": _inferences(_known([known])),
        }
        part = picture_part(picture.png, picture.url, picture.taken_at)
        entry = self._chain.append("screenshot", picture.taken_at, facts, parts=[part], url=picture.url)
        self._chain.sync()
        return self._preserved([entry], (known.key,))

    def close(self) -> None:
        """Close the chain's file."""
        self._chain.close()

    def _open(self, now: datetime) -> Entry:
        info = {
            "software": f"{collector_facts()['software']} (scrapy {_scrapy()})",
            "format": "WARC File Format 1.1",
            "hostname": collector_facts()["host"],
            "isPartOf": f"run-{self._session.run_id}",
        }
        return self._chain.append("opening", now, self._circumstances(), parts=[info_part(info, now)])

    def _fetched(self, read: PageRead | PictureRead) -> tuple[list[Entry], dict[str, Any]]:
        """Write the robots.txt that something came by, if it is new here; describe how it came."""
        decisions = [each.robots for each in read.exchanges]
        entries = [entry for each in decisions if (entry := self._keep_robots(each)) is not None]
        facts = {
            **self._circumstances(),
            "unit": _unit(read.unit),
            "robots": [robots_facts(each, self._snapshots.get(each.snapshot)) for each in decisions],
        }
        return entries, facts

    def _keep_robots(self, decision: RobotsDecision) -> Entry | None:
        snapshot = decision.snapshot
        if not snapshot or snapshot in self._snapshots:
            return None
        entry = self._chain.append(
            "robots", snapshot[-1].received_at, self._circumstances(), exchanges=snapshot
        )
        self._snapshots[snapshot] = entry.sequence
        return entry

    def _circumstances(self) -> dict[str, Any]:
        return {
            "collector": {**collector_facts(), "scrapy": _scrapy()},
            "clock": clock_facts(),
            "run": self._session.run_id,
            "site": self._site,
            "file": self._chain.file.name,
        }

    def _preserved(self, entries: list[Entry], keys: tuple[str, ...] = ()) -> PreservedRecords:
        places = tuple(
            RecordPlace(
                sequence=each.sequence,
                kind=each.kind,
                url=each.url,
                collected_at=each.at,
                offset=each.offset,
                length=each.length,
                sha256=each.sha256,
                chain=each.chain,
                response_sha256=each.response_sha256,
            )
            for each in entries
        )
        return PreservedRecords(anchor_id=self._anchor_id, records=places, listing_keys=keys)


@cache
def _scrapy() -> str:
    """Version of what fetched the pages; this process does without it."""
    return importlib.metadata.version("scrapy")


def _unit(unit: UnitToDo) -> dict[str, Any]:
    return {"id": unit.id, "kind": str(unit.kind), "key": unit.key}


def _inferences(suspects: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "note": "what the program concluded from the page; not part of what the site published",
        "suspects": suspects,
    }


def _inference(seen: SeenListing) -> dict[str, Any]:
    said = seen.classification
    return {
        "key": seen.listing.key,
        "url": seen.listing.url,
        "title": seen.listing.title,
        "risk": said.risk,
        "category": said.category,
        "reasons": list(said.reasons),
        "lexicon_version": said.lexicon_version,
    }


def _known(suspects: list[KnownSuspect]) -> list[dict[str, Any]]:
    return [asdict(each) for each in suspects]
