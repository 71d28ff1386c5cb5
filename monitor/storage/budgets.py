"""Pages of a site on a day, and units that a budget leaves unlooked at."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from monitor.config import SHANGHAI
from monitor.storage.runs import load_run
from monitor.storage.tables import Campaign, Run, Site, Unit, UnitStatus
from monitor.storage.upsert import batches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from monitor.storage.runs import UnitOrder

PAGES_SPENT = "未采集：本日页数已达上限（budget.pages_per_site_per_day: {limit}），次日可用 --retry 补采"


def leave_out(
    connection: Connection, run_id: int, site: int, units: Sequence[UnitOrder], reason: str
) -> None:
    """End units of a run that were never begun, as not looked at."""
    for kind in {unit.kind for unit in units}:
        for keys in batches([unit.key for unit in units if unit.kind is kind]):
            connection.execute(
                update(Unit)
                .where(
                    Unit.run_id == run_id,
                    Unit.site_id == site,
                    Unit.kind == kind,
                    Unit.key.in_(keys),
                    Unit.status == UnitStatus.PENDING,
                    Unit.attempts == 0,
                )
                .values(status=UnitStatus.FAILED, reason=reason)
            )


def pages_of_day(connection: Connection, campaign: str, site: str, now: datetime) -> int:
    """Count the pages of `site` that all runs of `campaign` have read on the day of `now` in Asia/Shanghai.

    A unit counts on the day on which it was last begun, with the pages of that attempt.
    """
    day = datetime.combine(now.astimezone(SHANGHAI).date(), time(0), SHANGHAI)
    return int(
        connection.execute(
            select(func.coalesce(func.sum(Unit.pages), 0))
            .join(Run, Unit.run_id == Run.id)
            .join(Campaign)
            .join(Site, Unit.site_id == Site.id)
            .where(Campaign.name == campaign, Site.name == site, Unit.started_at >= day)
        ).scalar_one()
    )


def spent_sites(connection: Connection, run_id: int, now: datetime) -> dict[str, int]:
    """Name the sites of a run whose pages of the day are used up, with their limit."""
    run = load_run(connection, run_id)
    limits = {each["name"]: each.get("pages_per_day") for each in run.orders.get("sites", ())}
    return {
        site: limit
        for site, limit in limits.items()
        if limit is not None and pages_of_day(connection, run.campaign, site, now) >= limit
    }


def end_spent(connection: Connection, run_id: int, spent: dict[str, int]) -> int:
    """End what is still to be begun on `spent_sites` as not looked at; return how many units."""
    count = 0
    for site, limit in spent.items():
        site_id = select(Site.id).where(Site.name == site).scalar_subquery()
        count += connection.execute(
            update(Unit)
            .where(Unit.run_id == run_id, Unit.site_id == site_id, Unit.status == UnitStatus.PENDING)
            .values(status=UnitStatus.FAILED, reason=PAGES_SPENT.format(limit=limit))
        ).rowcount
    return count
