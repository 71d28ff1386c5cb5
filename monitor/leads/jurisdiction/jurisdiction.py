"""Which bureau is competent (管辖): from credit code and published address to area, bureau, rule and reasons.

Order (DESIGN: from suspect to lead): a credit code that is right says where the subject is registered; the
published address says where it does business. Where the two contradict each other, the address decides for a
seller on a platform, because R1 and R2 go by the actual place of business (实际经营地), and the register
decides for a shop of one's own (R3, 住所地). A place of dispatch (发货地) decides nothing. What is unknown or
fits several bureaus stays open (待核).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from monitor.leads.jurisdiction.areas import MUNICIPALITIES, Area
from monitor.leads.jurisdiction.credit_code import CreditCode, read_credit_code
from monitor.leads.jurisdiction.jurisdiction_book import County, jurisdiction_book
from monitor.leads.jurisdiction.place import Place, Standing, address_reader

if TYPE_CHECKING:
    from monitor.listing import Seller

#: How an open question is written wherever an analyst sees it.
PENDING = "待核"
#: Where the address stands so, a code cannot show where business is done.
_AGAINST_THE_CODE = {
    Standing.SPECIAL: "信用代码不能说明该功能区由哪个机关管辖",
    Standing.OUTSIDE: "信用代码与公示地址不一致:代码为内地登记,地址在境外或港澳台",
    Standing.CONTRADICTORY: "地址自相矛盾,信用代码不能证明实际经营地",
}
_BY_CONVENTION = "推断(按命名惯例,机关全称待核)"


class Role(StrEnum):
    """In what capacity the subject is to be located."""

    #: a shop on a platform (平台内经营者): actual place of business, R1 and R2
    PLATFORM_SELLER = "seller"
    #: a platform, its own sales, a site of one's own: domicile, R3
    OWN_SITE = "own-site"
    #: who made the product: elsewhere the municipal bureau of its place, R6; in our own city its domicile, R3
    PRODUCER = "producer"
    #: advertiser or publisher of the advertisement, R7
    ADVERTISER = "advertiser"


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """Where a subject is, and who is competent; every open question says why it is open."""

    role: Role
    #: narrowest area that is sure: six digits (GB/T 2260) or a zone's local code; None when nothing is
    area_code: str | None = None
    province: str | None = None
    city: str | None = None
    #: county, or functional zone
    county: str | None = None
    #: receiving bureau; None is 待核
    bureau: str | None = None
    #: how sure the bureau's name is
    bureau_confidence: str | None = None
    #: county bureau of the place, where the receiving one is the city's; by convention
    county_bureau: str | None = None
    #: R1–R9 the bureau rests on
    rule: str | None = None
    #: how sure the rule's legal text is
    rule_confidence: str | None = None
    #: whether it lies in the city whose bureau works with this program
    in_city: bool = False
    #: whether code and address contradict each other
    contradictory: bool = False
    #: reasons in Chinese, in the order in which they were weighed
    why: tuple[str, ...] = ()

    @property
    def pending(self) -> bool:
        """Whether the bureau is 待核."""
        return self.bureau is None


def locate(
    address: str | None = None,
    *,
    code: str | None = None,
    stated_place: str | None = None,
    role: Role = Role.PLATFORM_SELLER,
) -> Location:
    """Say where a subject is and which bureau is competent.

    Args:
        address: published address of the place of business or on the licence.
        code: unified social credit code as published; a wrong one is said to be wrong and not used.
        stated_place: the platform's 发货地 or 所在地; only mentioned, never decisive.
        role: in what capacity the subject is to be located.

    """
    why: list[str] = []
    registered = _registered(code, why) if code and code.strip() else None
    place = address_reader().read(address) if address and address.strip() else None
    if place is not None:
        why.append(f"公示地址:{place.why}")
    area, contradictory = _weigh(registered, place, role, why)
    if stated_place and stated_place.strip():
        why.append(f"平台所示发货地/所在地「{stated_place.strip()}」仅为线索,不作管辖依据")
    if area is None:
        return _pending(role, why, contradictory=contradictory)
    found = _named(Location(role=role, contradictory=contradictory), area)
    return _with_bureau(found, area, why)


def locate_seller(seller: Seller, role: Role = Role.PLATFORM_SELLER) -> Location:
    """Locate a seller by what its pages published."""
    return locate(seller.address, code=seller.credit_code, stated_place=seller.stated_place, role=role)


# -- what the code says ----------------------------------------------------------------------------------


def _registered(published: str, why: list[str]) -> Area | None:
    code = read_credit_code(published)
    if not code.valid:
        why.append(f"{code.fault},不采用")
        return None
    area, said = _register_area(code)
    why.append(said)
    return area


@cache
def _register_area(code: CreditCode) -> tuple[Area | None, str]:
    table = address_reader().table
    digits = code.area_code or ""
    reader = address_reader()
    if (area := table.by_code.get(digits)) is not None:
        return area, f"信用代码校验通过,第3至8位{digits}:登记机关在{reader.path(digits)}"
    former = table.former_by_code.get(digits, ())
    if len(former) == 1 and former[0].successor:
        now = table.by_code[former[0].successor]
        return now, f"信用代码第3至8位{digits}为原{former[0].name},现为{reader.path(now.code)}"
    if former:
        return None, f"信用代码第3至8位{digits}为已撤销的区划({former[0].name}),现归属不能确定"
    city = table.by_code.get(digits[:4] + "00")
    if city is not None and not city.is_province:
        return city, f"信用代码第3至8位{digits}不在国标区划表,仅能确定登记机关在{reader.path(city.code)}"
    return None, f"信用代码第3至8位{digits}不在国标区划表"


# -- code against address --------------------------------------------------------------------------------


def _weigh(
    registered: Area | None, place: Place | None, role: Role, why: list[str]
) -> tuple[Area | None, bool]:
    """Return the area that decides, and whether code and address contradict each other."""
    if place is None:
        if registered is not None:
            why.append("没有公示地址,以登记机关所在地推定,实际经营地未核实")
            zones = [zone.name for zone in jurisdiction_book().zones if zone.host == registered.code]
            why.extend(f"{name}的企业也可能以此码登记,须核" for name in zones)
        return registered, False
    if place.standing in (Standing.FOUND, Standing.EXCLUDED):
        return _two_areas(registered, place, role, why)
    if registered is None:
        return None, False
    domicile = registered if role is Role.OWN_SITE else None
    if (against := _AGAINST_THE_CODE.get(place.standing)) is not None:
        why.append(against)
        return domicile, place.standing is not Standing.SPECIAL
    return _settled(registered, place, domicile, why)


def _settled(
    registered: Area, place: Place, domicile: Area | None, why: list[str]
) -> tuple[Area | None, bool]:
    """Let the code choose among the areas that an open address leaves."""
    lies_in = address_reader().table.lies_in
    nearer = [area for area in place.candidates if lies_in(area.code, registered.code)]
    around = any(lies_in(registered.code, area.code) for area in place.candidates)
    if len(nearer) == 1 and len(place.candidates) > 1:
        why.append(f"信用代码的登记机关与其中的{nearer[0].name}一致,据以确定")
        return nearer[0], False
    if place.standing is Standing.AMBIGUOUS and (nearer or around):
        return None, False
    if place.candidates and not nearer and not around:
        names = "、".join(area.name for area in place.candidates)
        why.append(f"信用代码的登记机关不在地址可能所指的{names},两者不一致")
        return domicile, True
    why.append("地址不能识别,以登记机关所在地推定,实际经营地未核实")
    return registered, False


def _two_areas(registered: Area | None, place: Place, role: Role, why: list[str]) -> tuple[Area | None, bool]:
    said = place.area
    if said is None or registered is None:
        return said, False
    table, path = address_reader().table, address_reader().path
    if table.lies_in(said.code, registered.code):
        why.append("信用代码与公示地址一致")
        return said, False
    if table.lies_in(registered.code, said.code):
        why.append("信用代码与公示地址一致,并比地址更具体,以登记机关所在地推定县区")
        return registered, False
    words = f"信用代码登记机关在{path(registered.code)},公示地址在{path(said.code)},两者不一致"
    if role is Role.OWN_SITE:
        why.append(f"{words}:R3 按住所地,以登记机关所在地为准")
        return registered, True
    why.append(f"{words}:以实际经营地(公示地址)为准,须核实")
    return said, True


# -- area to bureau --------------------------------------------------------------------------------------


def _pending(role: Role, why: list[str], *, contradictory: bool) -> Location:
    if not why:
        why.append("没有信用代码,也没有公示地址")
    reasons = (*why, f"管辖{PENDING};实际经营地不明时可按 R5 请平台住所地协查(推断)")
    return Location(role=role, contradictory=contradictory, why=reasons)


def _named(location: Location, area: Area) -> Location:
    table, book = address_reader().table, jurisdiction_book()
    line = table.line(area.code)
    province = next(a.name for a in line if a.is_province)
    city = next((a.name for a in line if a.is_city), None)
    if line[-1].code in MUNICIPALITIES:
        city = province
    county = None if area.is_province or area.is_city else area.name
    in_city = table.lies_in(area.code, book.city.code)
    return replace(
        location, area_code=area.code, province=province, city=city, county=county, in_city=in_city
    )


def _with_bureau(location: Location, area: Area, why: list[str]) -> Location:
    book = jurisdiction_book()
    for excluded in book.excluded:
        if area.code == excluded.code:
            return replace(location, why=(*why, f"{excluded.why},不移送"))
    for special in book.special_areas:
        if area.code in special.codes:
            return replace(location, why=(*why, f"{special.why}(背景知识,未核),受理机关{PENDING}"))
    if location.in_city:
        located = _county_bureau_of_the_city(location, area, why)
    else:
        located = _city_bureau(location, area, why)
    if location.role is Role.PRODUCER:
        return _cited(located, "R3" if location.in_city else "R6")
    if location.role is Role.OWN_SITE:
        return _cited(located, "R3")
    if location.role is Role.ADVERTISER:
        return _cited(located, "R7")
    return _cited(located, "R1" if location.in_city else "R2")


def _county_bureau_of_the_city(location: Location, area: Area, why: list[str]) -> Location:
    book = jurisdiction_book()
    for place in book.places:
        if place.code == area.code:
            note = () if isinstance(place, County) else (f"{place.name}为功能区,本地码为推断",)
            return replace(
                location,
                bureau=place.bureau,
                bureau_confidence=place.bureau_confidence,
                why=(*why, *note),
            )
    reasons = (*why, f"只能确定在{address_reader().path(area.code)},县区不明,受理机关{PENDING}")
    return replace(location, why=reasons)


def _city_bureau(location: Location, area: Area, why: list[str]) -> Location:
    """Name the bureau that is written to outside our own city: the other city's, by convention."""
    receiver = _peer(address_reader().table.line(area.code))
    if receiver is None:
        reasons = (*why, f"只能确定在{area.name},市县不明,受理机关{PENDING}")
        return replace(location, why=reasons)
    county = None
    if receiver.code != area.code and not area.is_city:
        county = f"{_prefix(area)}{area.name}市场监督管理局"
    return replace(
        location,
        bureau=f"{_prefix(receiver)}{receiver.name}市场监督管理局",
        bureau_confidence=_BY_CONVENTION,
        county_bureau=county,
        why=tuple(why),
    )


def _peer(line: tuple[Area, ...]) -> Area | None:
    """Return the authority at our own city's height: a city, or a district or county under none."""
    for area in line:
        if area.is_city:
            return area
    narrowest = line[0]
    if not narrowest.is_province or narrowest.code in MUNICIPALITIES:
        return narrowest
    return None


def _prefix(area: Area) -> str:
    """Name that a district's bureau carries before its own; cities, counties and 林区 have none."""
    outer = address_reader().table.by_code.get(area.parent)
    if outer is None or not area.name.endswith("区") or not (outer.is_city or outer.code in MUNICIPALITIES):
        return ""
    return outer.name


def _cited(location: Location, rule_id: str) -> Location:
    if location.pending:
        return location
    rule = jurisdiction_book().rule(rule_id)
    said = f"{rule.id}:{rule.when} → {rule.to}(依据:{rule.basis};置信:{rule.confidence})"
    return replace(location, rule=rule.id, rule_confidence=rule.confidence, why=(*location.why, said))
