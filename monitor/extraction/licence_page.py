"""A licence page (亮照): who the seller is by law. 电子商务法 §15 wants it published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.extraction import layouts
from monitor.extraction.attributes import unify
from monitor.extraction.listings import seller
from monitor.extraction.markers import found_marker
from monitor.extraction.page import PageKind, Reading, Verdict
from monitor.extraction.visible import VisiblePage
from monitor.extraction.visible_seller import LICENCE_FIELDS, visible_licence
from monitor.extraction.visible_table import visible_pairs
from monitor.listing import Seller

if TYPE_CHECKING:
    from monitor.extraction.document import Document
    from monitor.extraction.profile import SiteProfile
    from monitor.extraction.statement import Statement


def read_licence(document: Document, profile: SiteProfile | None) -> Reading:
    """Read name, credit code and address: by their own rules, else out of the page's attribute table."""
    for layout in profile.licence_page if profile else ():
        statement = layouts.statement(layout, layouts.page_scope(layout, document))
        found = seller(_stated(statement), _looked_for(statement), document)
        if found is not None and any(getattr(found, name) for name in LICENCE_FIELDS):
            return Reading(kind=PageKind.LICENCE, verdict=Verdict.OK, seller=found)
    none = found_marker(profile.empty, document) if profile else None
    if none is not None:
        # the page says itself that it shows no licence: every field is absent, not merely unseen
        return Reading(
            kind=PageKind.LICENCE,
            verdict=Verdict.EMPTY,
            seller=Seller(looked_for=frozenset(LICENCE_FIELDS)),
            reason=none,
        )
    if (profile is None or not profile.licence_page) and not document.unwieldy:
        published = visible_licence(visible_pairs(document, VisiblePage(document)))
        if published:
            found = Seller(**published, looked_for=frozenset(LICENCE_FIELDS))
            return Reading(kind=PageKind.LICENCE, verdict=Verdict.OK, seller=found)
    where = (
        f"licence_page of profile {profile.name}" if profile and profile.licence_page else "no licence_page"
    )
    reason = f"{where}: neither {', '.join(LICENCE_FIELDS)} found"
    return Reading(kind=PageKind.LICENCE, verdict=Verdict.UNRECOGNISED, reason=reason)


def _stated(statement: Statement) -> dict[str, str]:
    table = unify(statement.attributes, licence=True)
    by_table = {name: table[name] for name in LICENCE_FIELDS if name in table}
    return {**by_table, **statement.seller}


def _looked_for(statement: Statement) -> frozenset[str]:
    by_rules = {name.removeprefix("seller.") for name in statement.looked_for if name.startswith("seller.")}
    return frozenset(by_rules | (set(LICENCE_FIELDS) if "attributes" in statement.looked_for else set()))
