"""Which county of the city a lead or a seller is counted to (县区), for statistics."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from monitor.leads.jurisdiction.jurisdiction import PENDING
from monitor.leads.jurisdiction.jurisdiction_book import jurisdiction_book

if TYPE_CHECKING:
    from monitor.leads.jurisdiction.jurisdiction_book import County, Zone

#: Somewhere else in the country.
OUTSIDE = "市外"
#: In the city, and the county is not known.
COUNTY_PENDING = "本市（县区待核）"


@cache
def districts() -> tuple[str, ...]:
    """Name the rows of a table by county: counties, zones that report by themselves, what is neither."""
    return (*(place.name for place in _rows()), COUNTY_PENDING, OUTSIDE, PENDING)


def district_of(area_code: str | None) -> str:
    """Say which row counts an area; a zone whose bureau does not report by itself counts to its county.

    Args:
        area_code: six digits (GB/T 2260), a zone's local code, or None when it is 待核.

    """
    if area_code is None:
        return PENDING
    book = jurisdiction_book()
    hosts = {zone.code: zone.host for zone in book.zones if zone.reports is None}
    code = hosts.get(area_code, area_code)
    for place in _rows():
        if place.code == code:
            return place.name
    city = book.city.code
    if code == f"{city[:2]}0000":
        return PENDING  # our own province, and no more
    return COUNTY_PENDING if code.startswith(city[:4]) else OUTSIDE


def _rows() -> tuple[County | Zone, ...]:
    book = jurisdiction_book()
    return (*book.counties, *(zone for zone in book.zones if zone.reports is not None))
