"""From a plan to a run: which sites, which units, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.campaigns.plan import Via
from monitor.campaigns.selection import LEFT_OUT, select_words
from monitor.extraction.profile import load_profile
from monitor.mistake import MistakeError
from monitor.storage import runs
from monitor.storage.budgets import leave_out
from monitor.storage.runs import NewRun, UnitOrder
from monitor.storage.tables import UnitKind
from monitor.storage.yields import site_histories

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.campaigns.plan import Plan, SiteUse
    from monitor.campaigns.selection import Selection
    from monitor.extraction.profile import SiteProfile
    from monitor.storage import Connection
    from monitor.storage.yields import SiteHistory


class OrderError(MistakeError):
    """A plan cannot be turned into a run; the message names plan, site and the mend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteOrder:
    """What a run wants of one site."""

    profile: SiteProfile
    #: what the plan says of the site, from which a crawler makes the same profile again
    use: SiteUse
    max_pages: int
    #: shops first, then searches in the order of knowledge
    units: tuple[UnitOrder, ...]
    #: units of one run; the rest is ended as not looked at
    units_per_run: int | None = None
    #: pages of one day, over all runs of the campaign
    pages_per_day: int | None = None
    #: seconds between two requests that the impact assessment asks for
    least_delay: float = 0.0

    @property
    def delay(self) -> float | None:
        """Seconds between two requests; None leaves it to the profile."""
        asked = self.profile.politeness.delay if self.use.delay is None else self.use.delay
        return self.least_delay if asked < self.least_delay else self.use.delay

    def as_json(self) -> dict[str, Any]:
        """Everything a crawler needs to resume it, see `storage.tables.Run.orders`."""
        return {
            "name": self.profile.name,
            "profile": self.use.site,
            "base_url": self.use.base_url,
            "delay": self.delay,
            "concurrency": self.use.concurrency,
            "max_pages": self.max_pages,
            "pages_per_day": self.pages_per_day,
        }


def site_orders(plan: Plan, words: Sequence[str], folders: Sequence[Path]) -> tuple[SiteOrder, ...]:
    """Say what a run of `plan` wants of each site.

    Args:
        plan: the campaign.
        words: search words, most promising first.
        folders: of site profiles of one's own.

    Raises:
        OrderError: a site has no address, no search though the plan wants one, or nowhere to begin.
        ProfileError: a site has no profile, or a broken one.

    """
    if not plan.sites:
        raise OrderError(f"plan {plan.name}: sites: names no site, so there is nothing to crawl")
    return tuple(_site_order(plan, use, words, folders) for use in plan.sites)


def add_run(
    connection: Connection,
    plan: Plan,
    orders: Sequence[SiteOrder],
    *,
    scheduled_at: datetime,
    reason: str,
    lexicon_version: str,
    late: bool = False,
) -> int:
    """Make the run of `plan` at one time with all its units, in the caller's transaction.

    Raises:
        AlreadyFiredError: it was made before, here or by another scheduler.

    """
    histories = site_histories(connection, plan.name)
    chosen = [_select(order, histories.get(order.profile.name)) for order in orders]
    new = NewRun(
        campaign_id=runs.ensure_campaign(
            connection, name=plan.name, title=plan.title, plan_digest=plan.digest
        ),
        scheduled_at=scheduled_at,
        reason=reason,
        orders={
            "sites": [
                order.as_json() | {"resting": _resting(selection)}
                for order, selection in zip(orders, chosen, strict=True)
            ]
        },
        lexicon_version=lexicon_version,
        late=late,
    )
    run_id = runs.create_run(connection, new)
    for order, selection in zip(orders, chosen, strict=True):
        profile = order.profile
        assert profile.base_url is not None, "site_orders refuses it"
        site = runs.ensure_site(connection, name=profile.name, title=profile.title, base_url=profile.base_url)
        _add_units(connection, run_id, site, order, selection)
    return run_id


def searches(connection: Connection, plan: Plan, orders: Sequence[SiteOrder]) -> dict[str, Selection]:
    """Say by site which words a run of `plan` that were made now would ask; makes nothing."""
    histories = site_histories(connection, plan.name)
    names = [order.profile.name for order in orders]
    return {name: _select(order, histories.get(name)) for name, order in zip(names, orders, strict=True)}


def _select(order: SiteOrder, history: SiteHistory | None) -> Selection:
    words = [unit.key for unit in order.units if unit.kind is UnitKind.SEARCH]
    places = order.units_per_run
    if places is not None:
        places = max(places - (len(order.units) - len(words)), 0)
    return select_words(words, history, places)


def _resting(selection: Selection) -> list[dict[str, Any]]:
    """Words that rest in this run, for the report."""
    return [
        {"word": each.word, "empty": each.empty, "every": each.every, "since": each.since}
        for each in selection.resting
    ]


def _add_units(
    connection: Connection, run_id: int, site: int, order: SiteOrder, selection: Selection
) -> None:
    """Add what is to be looked at, in the order of promise, and what the budget leaves out, as ended."""
    limit = order.units_per_run
    shops = [unit for unit in order.units if unit.kind is not UnitKind.SEARCH]
    asked = [UnitOrder(kind=UnitKind.SEARCH, key=each.word) for each in selection.asked]
    runs.add_units(connection, run_id, site, [*shops[:limit], *asked])
    left_out = [UnitOrder(kind=UnitKind.SEARCH, key=each.word) for each in selection.left_out]
    if limit is not None:
        left_out = [*shops[limit:], *left_out]
    if left_out:
        runs.add_units(connection, run_id, site, left_out)
        leave_out(connection, run_id, site, left_out, LEFT_OUT.format(limit=limit))


def _site_order(plan: Plan, use: SiteUse, words: Sequence[str], folders: Sequence[Path]) -> SiteOrder:
    where = f"plan {plan.name}: site {use.label}"
    profile = load_profile(use.site, folders)
    if use.base_url is not None:
        profile = profile.at(use.base_url, name=use.label)
    if profile.base_url is None:
        raise OrderError(f"{where} is read by a shop engine's profile: say which shop, base_url: https://…")
    units: list[UnitOrder] = []
    if Via.SHOP in use.via:
        starts = profile.shop_start_urls()
        if not starts:
            raise OrderError(f"{where}: via: shop, but profile {use.site} has no shop.lists or shop.sitemaps")
        units += [UnitOrder(kind=UnitKind.SHOP, key=url) for url, _ in starts]
    if Via.SEARCH in use.via:
        if profile.search is None:
            raise OrderError(f"{where}: via: search, but profile {use.site} has no search")
        if not words:
            raise OrderError(f"{where}: via: search, but the plan has no search words: add search:")
        units += [UnitOrder(kind=UnitKind.SEARCH, key=word) for word in words]
    return SiteOrder(
        profile=profile,
        use=use,
        max_pages=plan.budget.pages_per_unit,
        units=tuple(units),
        units_per_run=plan.budget.units_per_run,
        pages_per_day=plan.budget.pages_per_site_per_day,
        least_delay=60 / plan.impact.requests_per_minute if plan.impact is not None else 0.0,
    )
