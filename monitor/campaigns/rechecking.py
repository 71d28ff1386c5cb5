"""Runs of rechecks (复查): suspects that are due become units of a run of their own.

A run of its own, so that a campaign's runs stay comparable with each other. Each site is visited as by the
newest run that was told to visit it: same profile, same address, same pace.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from monitor.campaigns.recheck_due import Why, why_due
from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.classifiers.lexicon.source import LexiconError
from monitor.storage import runs, scheduling
from monitor.storage.engine import reading, writing
from monitor.storage.runs import AlreadyFiredError, NewRun, UnitOrder
from monitor.storage.service_runs import entrust
from monitor.storage.tables import UnitKind
from monitor.storage.watching import RECHECK, RECHECK_TITLE, last_orders, watched

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.campaigns.plan import Plan
    from monitor.storage import Connection, Engine
    from monitor.storage.watching import Watched

_log = logging.getLogger(__name__)

#: How long a run of rechecks may take before what is left of it is shown as not looked at.
_A_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """A listing that is to be looked at, and why."""

    listing: Watched
    why: Why


def due(
    connection: Connection,
    plans: Iterable[Plan],
    now: datetime,
    *,
    campaign: str | None = None,
    among: Collection[int] | None = None,
) -> list[Chosen]:
    """Choose the suspects that are due by the cadences of `plans`, each listing once.

    With `among`, only these listings are considered.
    A suspect that no campaign with a plan saw has no cadence; it is due only while it is 未固证.
    """
    cadences = {plan.name: plan.recheck for plan in plans}
    found = []
    for each in watched(connection, campaign=campaign, listing_ids=among):
        cadence = {length for name in each.campaigns for length in cadences.get(name, ())}
        if (why := why_due(each, cadence, now)) is not None:
            found.append(Chosen(listing=each, why=why))
    return found


def reachable(connection: Connection, chosen: Iterable[Chosen]) -> tuple[list[Chosen], list[Chosen]]:
    """Part those on sites that some run was told to visit from those that are known from files alone."""
    orders = last_orders(connection)
    given = list(chosen)
    return (
        [each for each in given if each.listing.site in orders],
        [each for each in given if each.listing.site not in orders],
    )


def add_recheck_run(
    connection: Connection, chosen: Sequence[Chosen], *, now: datetime, lexicon_version: str
) -> int:
    """Make the run that looks at `chosen`, all of them on sites that some run was told to visit.

    Raises:
        AlreadyFiredError: there is a run of rechecks for this very moment.

    """
    by_site = _by_site(chosen)
    orders = last_orders(connection)
    counts = Counter(each.why for each in chosen)
    new = NewRun(
        campaign_id=scheduling.lock_campaign(connection, RECHECK, RECHECK_TITLE).id,
        scheduled_at=now,
        reason="复查：" + "，".join(f"{why.value} {counts[why]} 件" for why in Why if counts[why]),
        orders={"sites": [orders[site] for site in by_site]},
        lexicon_version=lexicon_version,
    )
    run_id = runs.create_run(connection, new)
    for site, urls in by_site.items():
        units = [UnitOrder(kind=UnitKind.RECHECK, key=url) for url in urls]
        runs.add_units(connection, run_id, runs.site_id(connection, site), units)
    return run_id


def fire_due(engine: Engine, plans: Mapping[str, Plan], now: datetime) -> int | None:
    """Leave a run of everything that is due to the services; return its number, None when nothing is.

    Paused campaigns have no due rechecks. Two services that ask at once make one run: the campaign is locked
    while the second one looks, and then finds the units waiting.
    """
    with reading(engine) as connection:
        clocks = scheduling.campaign_clocks(connection)
        active = [plan for name, plan in plans.items() if not _paused(clocks.get(name))]
        found, _ = reachable(connection, due(connection, active, now))
    if not found:
        return None
    try:
        version = load_lexicon().version
    except LexiconError as error:
        _log.error("suspects that are due are not looked at again yet: %s", error)
        return None
    with writing(engine) as connection:
        scheduling.lock_campaign(connection, RECHECK, RECHECK_TITLE)
        # asked again under the lock, but only of these, which can be reached: looking through all takes long
        among = [each.listing.listing_id for each in found]
        chosen = due(connection, active, now, among=among)
        if not chosen:
            return None
        try:
            run_id = add_recheck_run(connection, chosen, now=now, lexicon_version=version)
        except AlreadyFiredError:
            return None
        entrust(connection, run_id, now + _A_DAY)
    return run_id


def _paused(clock: Any) -> bool:  # noqa: ANN401 - a CampaignClock or None
    return clock is not None and clock.paused_at is not None


def _by_site(chosen: Iterable[Chosen]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for each in chosen:
        found.setdefault(each.listing.site, []).append(each.listing.url)
    return found
