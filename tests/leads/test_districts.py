from __future__ import annotations

import pytest

from monitor.leads.jurisdiction.districts import district_of, districts
from monitor.leads.jurisdiction.jurisdiction_book import jurisdiction_book


@pytest.mark.parametrize(
    ("code", "district"),
    [
        ("350582", "晋江市"),
        ("350502", "鲤城区"),
        ("350502-QETDZ", "泉州经济技术开发区"),  # its bureau reports by itself
        ("350521-TSTI", "惠安县"),  # no document says that it does: it counts to the county it lies in
        ("350500", "本市（县区待核）"),
        ("350527", "本市（县区待核）"),
        ("350200", "市外"),
        ("330782", "市外"),
        ("350000", "待核"),
        (None, "待核"),
    ],
)
def test_every_area_is_counted_once(code, district):
    assert district_of(code) == district
    assert district in districts()


def test_every_county_and_zone_has_its_row():
    rows = {county.name for county in jurisdiction_book().counties} | {"泉州经济技术开发区"}
    assert {district_of(place.code) for place in jurisdiction_book().places} == rows
    assert rows < set(districts())
    assert len(set(districts())) == len(districts())
