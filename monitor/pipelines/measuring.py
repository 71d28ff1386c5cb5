"""What a page gave, in numbers, for the health of its unit. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.extraction import PageKind, Verdict
from monitor.storage.health import FIELDS, PageFacts

if TYPE_CHECKING:
    from monitor.listing import Listing
    from monitor.pipelines.items import PageRead, UnitFailed


def facts_of(read: PageRead) -> PageFacts:
    """Count what a page's own listings state; what was known of them before does not count."""
    reading = read.reading
    wanted = FIELDS if reading.kind is PageKind.DETAIL else [name for name in FIELDS if name != "attributes"]
    return PageFacts(
        status=read.page.status,
        verdict=reading.verdict,
        reason=None if reading.verdict is Verdict.OK else reading.reason,
        listings=len(reading.listings),
        filled={name: sum(_states(listing, name) for listing in reading.listings) for name in wanted},
    )


def facts_of_failure(failed: UnitFailed) -> PageFacts:
    """Say that no page came, and why."""
    return PageFacts(status=None, verdict=None, reason=failed.end.reason)


def _states(listing: Listing, name: str) -> bool:
    value = getattr(listing, name)
    if name == "seller":
        return value is not None and value.key is not None
    return value not in (None, "", {})
