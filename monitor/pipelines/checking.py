"""What a listing's own page says of whether it is still offered: from a page read to a `PageCheck`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.extraction import Verdict
from monitor.extraction.canonical import canonical_url
from monitor.storage.gone import CheckOutcome
from monitor.storage.rechecks import PageCheck
from monitor.storage.tables import OWN_PAGE, UnitStatus

if TYPE_CHECKING:
    from monitor.pipelines.items import PageRead, UnitFailed
    from monitor.storage.crawl import UnitEnd
    from monitor.storage.runs import UnitToDo


def check_of(read: PageRead) -> PageCheck | None:
    """Say what a page means for the listing at its unit's URL; None when the unit is about something else."""
    if read.unit.kind not in OWN_PAGE:
        return None
    if _went_home(read):
        return _check(read.unit, CheckOutcome.UNREACHABLE, f"redirected to the home page {read.page.url}")
    if read.end is not None and read.end.status is UnitStatus.BLOCKED:
        return _check(read.unit, CheckOutcome.BLOCKED, read.end.reason)
    reading = read.reading
    if reading.verdict is Verdict.GONE:
        return _check(read.unit, _missing(read), reading.marker or reading.reason)
    if reading.verdict is Verdict.OK and reading.listings:
        key = reading.listings[0].key
        return PageCheck(url=read.unit.key, outcome=CheckOutcome.ON_SALE, key=key)
    return _check(read.unit, CheckOutcome.UNREACHABLE, read.end.reason if read.end else reading.reason)


def check_of_failure(failed: UnitFailed) -> PageCheck | None:
    """Say the same where no page came at all."""
    if failed.unit.kind not in OWN_PAGE:
        return None
    return _check(failed.unit, _without_page(failed.end), failed.end.reason)


def _missing(read: PageRead) -> CheckOutcome:
    if read.reading.marker is not None:
        return CheckOutcome.MARKED_GONE
    return CheckOutcome.NOT_FOUND if read.page.status >= 400 else CheckOutcome.SOFT_404


def _without_page(end: UnitEnd) -> CheckOutcome:
    return CheckOutcome.BLOCKED if end.status is UnitStatus.BLOCKED else CheckOutcome.UNREACHABLE


def _check(unit: UnitToDo, outcome: CheckOutcome, rests_on: str | None) -> PageCheck:
    return PageCheck(url=unit.key, outcome=outcome, rests_on=rests_on)


def _went_home(read: PageRead) -> bool:
    """The site sent us to its front page, as many do with what they will not show, whatever the cause."""
    if canonical_url(read.page.url) == canonical_url(read.unit.key):
        return False
    here = urlsplit(read.page.url)
    return here.path in ("", "/") and not here.query
