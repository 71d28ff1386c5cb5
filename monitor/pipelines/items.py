"""What spiders hand to the pipelines beside the listings themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.evidence.exchange import Exchange
    from monitor.evidence.supplied import SuppliedPage
    from monitor.extraction import Page, Reading
    from monitor.storage.crawl import PageOutcome, UnitEnd
    from monitor.storage.runs import UnitOrder, UnitToDo


@dataclass(frozen=True, kw_only=True, slots=True)
class PageRead:
    """One page of one unit, fetched and read; follows its listings."""

    unit: UnitToDo
    #: 1 for the first page of the unit in this attempt
    number: int
    page: Page
    reading: Reading
    #: detail pages that a sitemap names
    found: tuple[UnitOrder, ...] = ()
    #: set with the last page of the unit
    end: UnitEnd | None = None
    #: what the page came by: redirects, then the answer; empty for what came from no network
    exchanges: tuple[Exchange, ...] = ()
    #: set where a person handed the page in
    supplied: SuppliedPage | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureRead:
    """The answer to a request for a listing's main picture; its bytes are not looked at yet."""

    unit: UnitToDo
    page: Page
    end: UnitEnd
    #: what it came by: redirects, then the answer
    exchanges: tuple[Exchange, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitFailed:
    """A unit that ended without a page: no connection, a timeout, a refusal by robots.txt."""

    unit: UnitToDo
    number: int
    end: UnitEnd


@dataclass(frozen=True, kw_only=True, slots=True)
class PageJudged:
    """A page and what is to be written of it."""

    read: PageRead
    outcome: PageOutcome
