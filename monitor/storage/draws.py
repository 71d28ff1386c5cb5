"""Draws as they are stored: found again by what decides them, never made twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from monitor.mistake import MistakeError
from monitor.storage import tables
from monitor.storage.reviews import campaign_ids, listing_digests
from monitor.storage.tables import Campaign, DrawItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


class UnknownDrawError(MistakeError):
    """There is no such draw; the message says how to see which there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredDraw:
    """One draw, as stored."""

    id: int
    identity: str
    campaign: str | None
    seed: str
    population_sha256: str
    made_at: datetime
    manifest: str
    manifest_sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnListing:
    """One listing that was drawn."""

    #: 抽样编号
    number: str
    position: int
    listing_id: int


def find_draw(connection: Connection, identity: str) -> StoredDraw | None:
    """Return the draw that `identity` names."""
    found = _draws(connection, tables.Draw.identity == identity)
    return found[0] if found else None


def stored_draw(connection: Connection, draw_id: int) -> StoredDraw:
    """Return a draw.

    Raises:
        UnknownDrawError: there is none of that number.

    """
    found = _draws(connection, tables.Draw.id == draw_id)
    if not found:
        raise UnknownDrawError(f"there is no draw {draw_id}: `monitor draw list` shows which there are")
    return found[0]


def draws(connection: Connection, campaign: str | None = None) -> list[StoredDraw]:
    """List draws, oldest first; with `campaign` only its own."""
    return _draws(connection, Campaign.name == campaign if campaign is not None else None)


def draws_from(connection: Connection, population_sha256: str) -> list[StoredDraw]:
    """List the draws from one population, oldest first."""
    return _draws(connection, tables.Draw.population_sha256 == population_sha256)


def add_draw(
    connection: Connection,
    values: dict[str, Any],
    items: Sequence[DrawnListing],
    *,
    campaign: str | None,
) -> StoredDraw:
    """Store a draw with what was drawn.

    Args:
        connection: a writing transaction.
        values: columns of `tables.Draw`, without id and campaign.
        items: what was drawn.
        campaign: None for all.

    Raises:
        UnknownCampaignError: the campaign never ran.

    """
    campaign_id = None if campaign is None else campaign_ids(connection, {campaign})[campaign]
    draw_id = connection.execute(
        insert(tables.Draw).values(**values, campaign_id=campaign_id).returning(tables.Draw.id)
    ).scalar_one()
    digests = listing_digests(connection, [item.listing_id for item in items])
    rows = [
        {
            "draw_id": draw_id,
            "number": item.number,
            "position": item.position,
            "listing_id": item.listing_id,
            "listing_digest": digests[item.listing_id],
        }
        for item in items
    ]
    if rows:
        connection.execute(insert(DrawItem), rows)
    return stored_draw(connection, draw_id)


def replace_manifest(connection: Connection, draw_id: int, manifest: str, sha256: str) -> StoredDraw:
    """Put a manifest that says more (the second draw) in place of the one before."""
    connection.execute(
        update(tables.Draw).where(tables.Draw.id == draw_id).values(manifest=manifest, manifest_sha256=sha256)
    )
    return stored_draw(connection, draw_id)


def drawn_listings(connection: Connection, draw_id: int) -> list[DrawnListing]:
    """List what was drawn, in order."""
    rows = connection.execute(
        select(DrawItem.number, DrawItem.position, DrawItem.listing_id)
        .where(DrawItem.draw_id == draw_id)
        .order_by(DrawItem.position)
    )
    return [DrawnListing(**row._mapping) for row in rows]  # noqa: SLF001 - public API


def _draws(connection: Connection, which: Any) -> list[StoredDraw]:  # noqa: ANN401 - a condition
    table = tables.Draw
    query = (
        select(
            table.id,
            table.identity,
            Campaign.name.label("campaign"),
            table.seed,
            table.population_sha256,
            table.made_at,
            table.manifest,
            table.manifest_sha256,
        )
        .outerjoin(Campaign, table.campaign_id == Campaign.id)
        .order_by(table.id)
    )
    rows = connection.execute(query if which is None else query.where(which))
    return [StoredDraw(**row._mapping) for row in rows]  # noqa: SLF001 - public API
