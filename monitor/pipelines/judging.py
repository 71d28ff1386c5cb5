"""What listings are, joined with what is known of them and of lists: the same for crawls and imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.matching.listed_goods import lists_of
from monitor.storage.crawl import SeenListing, known_listings, sellers_with_licence
from monitor.storage.engine import reading

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.classifiers.classify import Classifier
    from monitor.listing import Listing, Seller
    from monitor.storage import Engine


def judged(
    engine: Engine, site_id: int, found: Iterable[Listing], classifier: Classifier, *, from_detail: bool
) -> tuple[SeenListing, ...]:
    """Join listings of one site with what is known of them, classify the whole, and match it with the lists.

    Args:
        engine: the database.
        site_id: of the site.
        found: of one key the last one counts.
        classifier: with the threshold of suspects.
        from_detail: they stand on their own pages.

    """
    listings = {listing.key: listing for listing in found}
    if not listings:
        return ()
    site = (site_id, next(iter(listings.values())).site)
    lists = lists_of(engine)
    with reading(engine) as connection:
        known = known_listings(connection, site, list(listings))
        lists.refresh(connection)
    joined = [known[key].merged(new) if key in known else new for key, new in listings.items()]
    return tuple(
        SeenListing(
            listing=each,
            classification=lists.judged(each, said),
            from_detail=from_detail,
        )
        for each, said in zip(joined, classifier.classify_all(joined), strict=True)
    )


def licensed(engine: Engine, site_id: int, licence_url: str, said: Seller | None) -> tuple[Seller, ...]:
    """Say whom a licence page is about: it seldom repeats the shop's identifier, so those that link to it."""
    if said is None:
        return ()
    with reading(engine) as connection:
        linked = sellers_with_licence(connection, site_id, licence_url)
    return tuple(seller.merged(said) for seller in linked)
