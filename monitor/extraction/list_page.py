"""A list page: its rows, its next page, the total it states."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from monitor.extraction import layouts
from monitor.extraction.canonical import absolute_url
from monitor.extraction.listings import build
from monitor.extraction.markers import found_marker
from monitor.extraction.page import PageKind, Reading, Verdict
from monitor.extraction.prices import parse_count
from monitor.extraction.repeated_items import RepeatedItems
from monitor.extraction.schema_org import product_statement
from monitor.extraction.selection import first
from monitor.extraction.structured import products

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.extraction.document import Document
    from monitor.extraction.profile import SiteProfile
    from monitor.extraction.rules import Layout, NextPage
    from monitor.extraction.statement import Statement
    from monitor.listing import Listing


def read_list(document: Document, profile: SiteProfile | None) -> Reading:
    """Read the rows of a list by the first layout that finds any, else by structured data."""
    missing = None
    for layout in profile.list_page if profile else ():
        rows = layouts.rows(layout, document)
        listings = _listings(rows, document, profile)
        if listings:
            return _reading(listings, layout, document, profile)
        missing = _missing(rows) or missing
    listings = _listings((product_statement(one) for one in products(document)), document, profile)
    if listings:
        return _reading(listings, None, document, profile)
    if (profile is None or not profile.list_page) and not document.unwieldy:
        repeated = RepeatedItems(document)
        listings = _listings(repeated.statements(), document, profile)
        if listings:
            next_url = _link_rel_next(document) or repeated.next_url()
            return Reading(
                kind=PageKind.LIST,
                verdict=Verdict.OK,
                listings=listings,
                next_url=next_url if next_url != document.page.url else None,
                total=repeated.total(),
            )
    empty = found_marker(profile.empty, document) if profile else None
    if empty is not None:
        return Reading(kind=PageKind.LIST, verdict=Verdict.EMPTY, reason=empty)
    return Reading(kind=PageKind.LIST, verdict=Verdict.UNRECOGNISED, reason=missing or _no_items(profile))


def _listings(
    statements: Iterable[Statement], document: Document, profile: SiteProfile | None
) -> tuple[Listing, ...]:
    built = (build(statement, document, profile, own_page=False) for statement in statements)
    found: dict[str, Listing] = {}
    for listing in built:
        if listing is not None:
            found.setdefault(listing.key, listing)
    return tuple(found.values())


def _reading(
    listings: tuple[Listing, ...], layout: Layout | None, document: Document, profile: SiteProfile | None
) -> Reading:
    total = _total(layout, document) if layout else None
    next_url = (
        _next_url(layout, document, profile, len(listings), total) if layout else _link_rel_next(document)
    )
    return Reading(
        kind=PageKind.LIST,
        verdict=Verdict.OK,
        listings=listings,
        next_url=next_url if next_url != document.page.url else None,
        total=total,
    )


def _total(layout: Layout, document: Document) -> int | None:
    text = first(layout.total, layouts.page_scope(layout, document))
    return parse_count(text) if text else None


def _next_url(
    layout: Layout, document: Document, profile: SiteProfile | None, shown: int, total: int | None
) -> str | None:
    if layout.next is None:
        return _link_rel_next(document)
    if layout.next.link:
        link = first(layout.next.link, layouts.page_scope(layout, document))
        return absolute_url(link, document.base_url)
    if layout.next.cursor:
        return _by_cursor(layout, layout.next, document)
    return _counted(layout.next, document.page.url, profile, shown, total)


def _by_cursor(layout: Layout, rule: NextPage, document: Document) -> str | None:
    assert rule.parameter is not None
    cursor = first(rule.cursor, layouts.page_scope(layout, document))
    if cursor is None:
        return None
    parts = urlsplit(document.page.url)
    query = {**dict(parse_qsl(parts.query, keep_blank_values=True)), rule.parameter: cursor}
    return urlunsplit(parts._replace(query=urlencode(query)))


def _counted(
    rule: NextPage, url: str, profile: SiteProfile | None, shown: int, total: int | None
) -> str | None:
    """Raise the page number in `url`, unless total or page size say that this was the last."""
    assert rule.count is not None
    search = profile.search if profile else None
    first_page, step = (search.first_page, search.page_step) if search else (1, 1)
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    try:
        number = int(query.get(rule.count, first_page))
    except ValueError:
        return None
    # on the last page `shown` is short, which at worst asks for one page more: that one is empty
    seen = ((number - first_page) // step + 1) * (rule.page_size or shown)
    if (total is not None and seen >= total) or (rule.page_size or 0) > shown:
        return None
    query[rule.count] = str(number + step)
    return urlunsplit(parts._replace(query=urlencode(query)))


def _link_rel_next(document: Document) -> str | None:
    link = document.selector.xpath("//link[@rel='next']/@href | //a[@rel='next']/@href").get()
    return absolute_url(link, document.base_url)


def _missing(rows: list[Statement]) -> str | None:
    if not rows:
        return None
    without = "title" if not any(row.title for row in rows) else "url"
    return f"list_page.items finds {len(rows)} items, but fields.{without} finds nothing in them"


def _no_items(profile: SiteProfile | None) -> str:
    if profile is None:
        return "no schema.org products with names and links on the page: it needs a site profile"
    if not profile.list_page:
        return f"no structured data on the page, and profile {profile.name} has no list_page"
    return f"list_page.items of profile {profile.name} finds nothing, and none of its empty markers is there"
