"""Which county of the city a lead or a seller is counted to (县区), for statistics."""

from __future__ import annotations

from functools import cache

from monitor.leads.jurisdiction.jurisdiction import PENDING
from monitor.leads.jurisdiction.jurisdiction_book import jurisdiction_book

#: Somewhere else in the country.
OUTSIDE = "市外"
#: In the city, and the county is not known.
COUNTY_PENDING = "本市（县区待核）"


@cache
def districts() -> tuple[str, ...]:
    """Name the rows of a table by county: the counties in the order of the book, then what is not one."""
    return (*(county.name for county in jurisdiction_book().counties), COUNTY_PENDING, OUTSIDE, PENDING)


def district_of(area_code: str | None) -> str:
    """Say which row counts an area; a functional zone counts to the county it lies in.

    Args:
        area_code: six digits (GB/T 2260), a zone's local code, or None when it is 待核.

    """
    if area_code is None:
        return PENDING
    book = jurisdiction_book()
    hosts = {zone.code: zone.host for zone in book.zones}
    code = hosts.get(area_code, area_code)
    for county in book.counties:
        if county.code == code:
            return county.name
    city = book.city.code
    if code == f"{city[:2]}0000":
        return PENDING  # our own province, and no more
    return COUNTY_PENDING if code.startswith(city[:4]) else OUTSIDE
