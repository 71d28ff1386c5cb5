"""A detail page: one listing from structured data, the profile's layout and OpenGraph, in this order."""

from __future__ import annotations

import dataclasses
import functools
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.extraction import layouts
from monitor.extraction.canonical import absolute_url, canonical_url
from monitor.extraction.embedded_state import state_product
from monitor.extraction.generic_detail import generic_detail
from monitor.extraction.listings import build
from monitor.extraction.page import PageKind, Reading, Verdict
from monitor.extraction.schema_org import open_graph_statement, product_statement
from monitor.extraction.statement import Statement
from monitor.extraction.structured import breadcrumb, link, open_graph, products

if TYPE_CHECKING:
    from monitor.extraction.document import Document
    from monitor.extraction.profile import SiteProfile
    from monitor.extraction.structured import Json


def read_detail(document: Document, profile: SiteProfile | None) -> Reading:
    """Read the page's listing; UNRECOGNISED where neither structured data nor a layout names one."""
    own = _own_product(document) if profile is None or profile.structured_data else None
    if own is None and (profile is None or not profile.detail_page):
        own = state_product(document)
    structured = [product_statement(own, breadcrumb(document))] if own is not None else []
    by_layout = _by_layout(document, profile)
    sources = [source for source in (*structured, by_layout) if source is not None]
    # OpenGraph stands on every page of many sites; alone it makes a listing only where it says "product"
    graph = open_graph(document) if profile is None or profile.structured_data else {}
    if any(source.title for source in sources) or (by_layout is None and _says_product(graph)):
        sources.append(open_graph_statement(graph))
    if by_layout is None and not document.unwieldy:
        statement = generic_detail(document, own or _own_product(document), sources)
    else:
        statement = functools.reduce(Statement.filled_by, sources, Statement())
    statement = dataclasses.replace(statement, url=_own_url(statement, document, profile))
    listing = build(statement, document, profile, own_page=True)
    if listing is None:
        reason = _what_is_missing(profile)
        return Reading(kind=PageKind.DETAIL, verdict=Verdict.UNRECOGNISED, reason=reason)
    return Reading(kind=PageKind.DETAIL, verdict=Verdict.OK, listings=(listing,))


def _own_product(document: Document) -> Json | None:
    """Of the products that a page states, its own: the one with its URL, else the first with an offer."""
    found = products(document)
    own = canonical_url(document.page.url)
    by_url = (
        product for product in found if absolute_url(link(product.get("url")), document.base_url) == own
    )
    offered = (product for product in found if product.get("offers"))
    return next(by_url, None) or next(offered, None) or next(iter(found), None)


def _by_layout(document: Document, profile: SiteProfile | None) -> Statement | None:
    """What the first layout that finds a title says; empty where none does, None where there is none."""
    if profile is None or not profile.detail_page:
        return None
    statements = (
        layouts.statement(layout, layouts.page_scope(layout, document)) for layout in profile.detail_page
    )
    return next((statement for statement in statements if statement.title), Statement())


def _says_product(graph: dict[str, str]) -> bool:
    return "product" in graph.get("og:type", "") or "product:price:amount" in graph


def _own_url(statement: Statement, document: Document, profile: SiteProfile | None) -> str | None:
    """URL of the listing: as its layout says, else the canonical link, else the page's own."""
    if profile is not None and any(layout.fields.url for layout in profile.detail_page):
        return statement.url
    if profile is not None and not profile.canonical_link:
        return None
    canonical = document.selector.xpath("//link[@rel='canonical']/@href").get()
    url = absolute_url(canonical, document.base_url)
    return url if url and _may_be_canonical(url, document.page.url, profile) else None


def _may_be_canonical(url: str, page_url: str, profile: SiteProfile | None) -> bool:
    """Shops put the same canonical link, usually their home page, on every page: that names no listing."""
    if profile is not None and profile.urls.detail is not None:
        return re.search(profile.urls.detail, url) is not None
    same_site = profile.matches(url) if profile and profile.base_url else _host(url) == _host(page_url)
    return same_site and urlsplit(url).path not in ("", "/")


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.").removeprefix("m.")


def _what_is_missing(profile: SiteProfile | None) -> str:
    if profile is None:
        return "no schema.org or OpenGraph product, nor title and price, on the page: it needs a profile"
    if not profile.detail_page:
        return f"no structured data on the page, and profile {profile.name} has no detail_page"
    return (
        f"detail_page.fields.title of profile {profile.name} finds nothing, nor is there a schema.org Product"
    )
