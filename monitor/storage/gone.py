"""When a listing is gone: one rule over what its own page said, look by look. Pure; no SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

#: So far apart must two looks be that find nothing, before a listing counts as gone. Inference: a shop's
#: maintenance or a failing server passes within a night; a seller who was told to take a product off does not
#: bring it back within one.
CONFIRMED_AFTER = timedelta(days=1)


class CheckOutcome(StrEnum):
    """What a look at a listing's own page came to."""

    #: the page offers it
    ON_SALE = "on sale"
    #: the page offers it, and says something else than at the look before
    CHANGED = "changed"
    #: the page says itself that it is no longer offered (下架, 已失效), by a marker of the site's profile
    MARKED_GONE = "marker says gone"
    #: HTTP 404 or 410 without such a marker
    NOT_FOUND = "404/410"
    #: HTTP 200 and the words of a page that is not there
    SOFT_404 = "soft 404"
    #: a captcha, a login, a refusal, robots.txt
    BLOCKED = "blocked"
    #: no answer to the question: a timeout, an error of the server, a page that shows something else
    UNREACHABLE = "unreachable"

    @property
    def offers(self) -> bool:
        """The page still offers the listing."""
        return self in (CheckOutcome.ON_SALE, CheckOutcome.CHANGED)

    @property
    def denies(self) -> bool:
        """The page speaks for it that the listing is gone."""
        return self in (CheckOutcome.MARKED_GONE, CheckOutcome.NOT_FOUND, CheckOutcome.SOFT_404)

    @property
    def answers(self) -> bool:
        """The question was answered, whichever way."""
        return self.offers or self.denies


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """One look at a listing's own page."""

    #: timezone-aware
    at: datetime
    outcome: CheckOutcome


def gone_since(checks: Iterable[Check]) -> datetime | None:
    """Since when a listing counts as gone; None while it does not.

    A marker on the page itself says it at once. 404, 410 and soft 404 say it only when two looks at least
    `CONFIRMED_AFTER` apart agree and none between saw the listing on sale; then it is gone since the look
    that confirmed it. Blocked and unreachable say nothing, however often.

    Args:
        checks: looks at one listing, in any order.

    """
    gone: datetime | None = None
    missing: datetime | None = None
    for check in sorted(checks, key=lambda each: each.at):
        if check.outcome.offers:
            gone = missing = None
        elif gone is not None or not check.outcome.denies:
            continue
        elif check.outcome is CheckOutcome.MARKED_GONE:
            gone = check.at
        elif missing is None:
            missing = check.at
        elif check.at - missing >= CONFIRMED_AFTER:
            gone = check.at
    return gone


def missing_since(checks: Iterable[Check]) -> datetime | None:
    """Since when a listing's page is missing without being gone yet: another look has to confirm it."""
    missing: datetime | None = None
    seen = sorted(checks, key=lambda each: each.at)
    if gone_since(seen) is not None:
        return None
    for check in seen:
        if check.outcome.offers:
            missing = None
        elif check.outcome.denies and missing is None:
            missing = check.at
    return missing
