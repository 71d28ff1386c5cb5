"""From a plan to a run: which sites, which units, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from monitor.campaigns.plan import Via
from monitor.extraction.profile import load_profile
from monitor.storage import runs
from monitor.storage.engine import writing
from monitor.storage.runs import NewRun, UnitOrder
from monitor.storage.tables import UnitKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from monitor.campaigns.plan import Plan, SiteUse
    from monitor.extraction.profile import SiteProfile
    from monitor.storage import Connection, Engine


class OrderError(Exception):
    """A plan cannot be turned into a run; the message names plan, site and the mend."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteOrder:
    """What a run wants of one site."""

    profile: SiteProfile
    #: what the plan says of the site, from which a crawler makes the same profile again
    use: SiteUse
    max_pages: int
    units: tuple[UnitOrder, ...]

    def as_json(self) -> dict[str, Any]:
        """Everything a crawler needs to resume it, see `storage.tables.Run.orders`."""
        return {
            "name": self.profile.name,
            "profile": self.use.site,
            "base_url": self.use.base_url,
            "delay": self.use.delay,
            "concurrency": self.use.concurrency,
            "max_pages": self.max_pages,
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


def make_run(
    engine: Engine,
    plan: Plan,
    orders: Sequence[SiteOrder],
    *,
    scheduled_at: datetime,
    reason: str,
    lexicon_version: str,
    late: bool = False,
) -> int:
    """Make the run of `plan` at one time with all its units, or nothing.

    Raises:
        AlreadyFiredError: it was made before, here or by another scheduler.

    """
    with writing(engine) as connection:
        return add_run(
            connection,
            plan,
            orders,
            scheduled_at=scheduled_at,
            reason=reason,
            lexicon_version=lexicon_version,
            late=late,
        )


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
    new = NewRun(
        campaign_id=runs.ensure_campaign(
            connection, name=plan.name, title=plan.title, plan_digest=plan.digest
        ),
        scheduled_at=scheduled_at,
        reason=reason,
        orders={"sites": [order.as_json() for order in orders]},
        lexicon_version=lexicon_version,
        late=late,
    )
    run_id = runs.create_run(connection, new)
    for order in orders:
        profile = order.profile
        assert profile.base_url is not None, "site_orders refuses it"
        site = runs.ensure_site(connection, name=profile.name, title=profile.title, base_url=profile.base_url)
        runs.add_units(connection, run_id, site, order.units)
    return run_id


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
        units=tuple(units[: plan.budget.units_per_run]),
    )
