"""CCC certificate numbers that stand at several sellers: which, and on which listings of whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from monitor.storage.tables import Listing, Seller, Site

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection


@dataclass(frozen=True, kw_only=True, slots=True)
class Bearer:
    """A listing that states the number, and who offers it."""

    listing_id: int
    site: str
    title: str
    url: str
    #: name of the shop, else what its site knows it by
    seller: str
    #: the same for one subject with shops on several sites: credit code, else site and shop
    subject: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedNumber:
    """One number at several sellers."""

    number: str
    sellers: int
    #: in the order in which they were first seen
    bearers: tuple[Bearer, ...]


def shared_numbers(
    connection: Connection, number_of: Callable[[str], str | None], least: int
) -> list[SharedNumber]:
    """List the numbers that stand at `least` sellers or more, the most widely shared first.

    Args:
        connection: a reading transaction.
        number_of: what a page states → the number alone, None where it is none (`MarkRules.ccc_number`).
        least: sellers; listings that name none of their own are left out.

    """
    stated = Listing.details["attributes"]["ccc_number"].as_string()
    query = (
        select(
            Listing.id, Listing.title, Listing.url, Site.name.label("site"), stated.label("stated"),
            Seller.key, Seller.name, Seller.credit_code,
        )
        .select_from(Listing)
        .join(Site, Listing.site_id == Site.id)
        .join(Seller, Listing.seller_id == Seller.id)
        .where(stated.is_not(None))
        .order_by(Listing.id)
    )  # fmt: skip
    by_number: dict[str, list[Bearer]] = defaultdict(list)
    for row in connection.execute(query):
        number = number_of(row.stated)
        if number is not None:
            bearer = Bearer(
                listing_id=row.id,
                site=row.site,
                title=row.title,
                url=row.url,
                seller=row.name or row.key,
                subject=row.credit_code or f"{row.site} {row.key}",
            )
            by_number[number].append(bearer)
    found = (
        SharedNumber(number=number, sellers=len({b.subject for b in bearers}), bearers=tuple(bearers))
        for number, bearers in by_number.items()
    )
    return sorted(
        (each for each in found if each.sellers >= least), key=lambda each: (-each.sellers, each.number)
    )
