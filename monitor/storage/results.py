"""What laboratories said of drawn samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select

from monitor.storage import tables
from monitor.storage.tables import Campaign, DrawItem, DrawResult, Listing
from monitor.storage.upsert import batches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnSample:
    """One sample that was drawn, and the draw it belongs to."""

    item_id: int
    #: 抽样编号
    number: str
    listing_id: int
    draw_id: int
    #: when it was drawn
    drawn_at: datetime
    campaign: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredResult:
    """One result, as stored."""

    sample: DrawnSample
    #: test, reinspection, retest
    stage: str
    #: passed, failed, not bought
    outcome: str
    report_number: str | None
    laboratory: str | None
    reported_on: date | None
    failed_items: str | None
    producer: str | None
    retest_on: date | None
    retest_provisional: bool


def samples_by_number(connection: Connection, numbers: Iterable[str]) -> dict[str, DrawnSample]:
    """Find samples by 抽样编号; unknown ones are left out."""
    found: dict[str, DrawnSample] = {}
    for piece in batches(sorted(set(numbers))):
        for row in connection.execute(_samples().where(DrawItem.number.in_(piece))):
            found[row.number] = _sample(row)
    return found


def results(connection: Connection, *, draw_id: int | None = None) -> list[StoredResult]:
    """List results in the order of samples; with `draw_id` only those of one draw."""
    columns = [getattr(DrawResult, name) for name in _RESULT]
    query = (
        _samples()
        .add_columns(*columns)
        .join(DrawResult, DrawResult.item_id == DrawItem.id)
        .order_by(DrawItem.draw_id, DrawItem.position, DrawResult.id)
    )
    if draw_id is not None:
        query = query.where(DrawItem.draw_id == draw_id)
    return [
        StoredResult(sample=_sample(row), **{name: getattr(row, name) for name in _RESULT})
        for row in connection.execute(query)
    ]


def tested_subcategories(connection: Connection, since: date) -> set[str] | None:
    """Sub-categories of which a sample was tested since then; None when nothing was ever tested."""
    query = (
        select(Listing.subcategory, func.max(DrawResult.reported_on).label("last"))
        .select_from(DrawResult)
        .join(DrawItem, DrawResult.item_id == DrawItem.id)
        .join(Listing, DrawItem.listing_id == Listing.id)
        .where(DrawResult.outcome.in_(["passed", "failed"]))
        .group_by(Listing.subcategory)
    )
    rows = connection.execute(query).all()
    if not rows:
        return None
    return {row.subcategory for row in rows if row.subcategory and row.last is not None and row.last >= since}


def add_result(connection: Connection, item_id: int, values: Mapping[str, Any]) -> None:
    """Store one result; there must be none of its stage yet."""
    connection.execute(insert(DrawResult).values(item_id=item_id, **values))


_RESULT = (
    "stage",
    "outcome",
    "report_number",
    "laboratory",
    "reported_on",
    "failed_items",
    "producer",
    "retest_on",
    "retest_provisional",
)


def _samples() -> Any:  # noqa: ANN401 - a SELECT
    return (
        select(
            DrawItem.id.label("item_id"),
            DrawItem.number,
            DrawItem.listing_id,
            DrawItem.draw_id,
            tables.Draw.made_at.label("drawn_at"),
            Campaign.name.label("campaign"),
        )
        .select_from(DrawItem)
        .join(tables.Draw, DrawItem.draw_id == tables.Draw.id)
        .outerjoin(Campaign, tables.Draw.campaign_id == Campaign.id)
    )


def _sample(row: Any) -> DrawnSample:  # noqa: ANN401 - a row of `_samples`
    return DrawnSample(
        item_id=row.item_id,
        number=row.number,
        listing_id=row.listing_id,
        draw_id=row.draw_id,
        drawn_at=row.drawn_at,
        campaign=row.campaign,
    )
