"""Which suspects are to be looked at again now, and why. Pure; docs/rechecks.md explains the rules."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.storage.gone import CONFIRMED_AFTER, missing_since

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from monitor.storage.gone import Check
    from monitor.storage.watching import Watched

#: A look that brought no answer is repeated after so long, and so many times in all.
RETRY_AFTER = timedelta(days=1)
TRIES = 3


class Why(StrEnum):
    """Why a suspect is looked at again; the values stand in the run's reason."""

    #: no page of it is preserved
    UNPRESERVED = "未固证"
    #: its page was missing a day ago; one look more decides
    CONFIRM = "待确认下架"
    #: a lead on it is in force, and says from when on
    LEAD = "线索复查"
    #: its campaign's cadence says so
    DUE = "按期复查"
    #: a person asked for it
    ASKED = "人工指定"


def why_due(listing: Watched, cadence: Collection[timedelta], now: datetime) -> Why | None:
    """Say why a suspect is to be looked at now; None when it is not.

    Args:
        listing: the suspect, with all looks so far.
        cadence: lengths of time after it was found (`Plan.recheck`) of the campaigns that saw it.
        now: timezone-aware.

    """
    if listing.waiting:
        return None
    if not listing.preserved and _wanted(_since(listing, listing.found_at), now):
        return Why.UNPRESERVED
    missing = missing_since(listing.checks)
    if missing is not None and now - missing >= CONFIRMED_AFTER:
        later = [each for each in _since(listing, missing) if each.at > missing]
        # looks within the day agree, but cannot confirm
        decisive = [each for each in later if each.at - missing >= CONFIRMED_AFTER]
        if _wanted(decisive, now):
            return Why.CONFIRM
    asked = listing.asked_from
    if asked is not None and asked <= now and _wanted(_since(listing, asked), now):
        return Why.LEAD
    milestones = [listing.found_at + each for each in cadence if listing.found_at + each <= now]
    if milestones and _wanted(_since(listing, max(milestones)), now):
        return Why.DUE
    return None


def _since(listing: Watched, moment: datetime) -> list[Check]:
    return [each for each in listing.checks if each.at >= moment]


def _wanted(looks: list[Check], now: datetime) -> bool:
    """No look so far brought an answer, and another one may."""
    if any(each.outcome.answers for each in looks):
        return False
    return not looks or (len(looks) < TRIES and now - looks[-1].at >= RETRY_AFTER)
