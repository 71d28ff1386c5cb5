"""Where a published address lies: 省市区县, town and functional zone from text, or why it cannot be said.

An address is read from its beginning as a chain that narrows (province, city, county, zone, town). What
follows the chain is street and house, and no name in it counts: 青岛市…泉州路 is Qingdao. A name without its
rank (泉州, 鲤城) counts only where what stands around it bears it out: 泉州大厦 is a house. Whatever leaves
two areas possible stays open.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from monitor.leads.jurisdiction.address_chain import FULL_TOWN, ROOT, STREET_OR_HOUSE, Chain, ChainReader
from monitor.leads.jurisdiction.address_text import BREAK, readable
from monitor.leads.jurisdiction.areas import OUTSIDE_MAINLAND, Area, AreaTable, area_table
from monitor.leads.jurisdiction.jurisdiction_book import JurisdictionBook, jurisdiction_book

_OFFICE_ELSEWHERE = re.compile(r"(?:人民政府)?驻|商会|同乡会|会馆|联谊会|小吃")
#: Between two places, of which nobody can tell the one that counts.
_JOINS = "或及与和至到"
_OTHER_PURPOSE = re.compile(r"发货|退货|换货|收货|仓库|寄回|售后")
_COMPANY = re.compile(r"(?:公司|厂|店|商行|经营部|工作室|合作社|中心)$")
_STREET_ADDRESS = re.compile(r"[路街道巷弄村镇乡号楼室栋层座园区里]|大厦|广场")


class Standing(StrEnum):
    """What reading an address came to."""

    #: one area, as narrow as the text says
    FOUND = "found"
    #: the text fits several areas
    AMBIGUOUS = "ambiguous"
    #: the text names areas that do not lie in each other
    CONTRADICTORY = "contradictory"
    #: abroad, Taiwan, Hong Kong or Macao
    OUTSIDE = "outside the mainland"
    #: an area that nothing is routed to
    EXCLUDED = "excluded"
    #: an area with an authority of its own, which is not known
    SPECIAL = "authority of its own"
    #: no area is named, or only in a way that proves nothing
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What an address says about where it lies."""

    standing: Standing
    #: the area, when found or excluded
    area: Area | None = None
    #: the areas that are possible, when ambiguous; a mere hint when unknown
    candidates: tuple[Area, ...] = ()
    #: in Chinese, for analysts
    why: str


class AddressReader:
    """Reads addresses against one table and one book."""

    def __init__(self, table: AreaTable, book: JurisdictionBook) -> None:
        """Hold what addresses are read against."""
        self._book = book
        self._chains = ChainReader(table, book)
        self.table = self._chains.table
        self._city = self.table.by_code[book.city.code]
        self._counties = frozenset(county.code for county in book.counties)

    def read(self, text: str) -> Place:
        """Say where the address `text` lies."""
        plain = readable(text)
        if not plain:
            return Place(standing=Standing.UNKNOWN, why="地址为空或没有中文,不能识别行政区划")
        if (told := _OTHER_PURPOSE.match(plain)) is not None:
            why = f"文字自称是{told[0]}地址,不是经营地址,仅为线索"
            return Place(standing=Standing.UNKNOWN, why=why)
        if (outside := self._outside(plain)) is not None:
            return outside
        chain = self._chains.chain(plain, 0)
        others = self._chains.embedded(plain, chain.end if chain.codes else 0)
        if not chain.codes and not chain.gone:
            if not others:
                return self._nothing(plain)
            chain, others = others[0], others[1:]
        return self._judge(plain, chain, others)

    # -- the rest of the text ----------------------------------------------------------------------------

    def _outside(self, text: str) -> Place | None:
        words = self._book.outside_mainland.words
        word = next((word for word in words if text.startswith(word)), None)
        if word is None or STREET_OR_HOUSE.match(text[len(word) :]):
            return None
        full = self._chains.full_at(text, 0, Chain(ROOT, 0))
        if full is not None and full.codes - OUTSIDE_MAINLAND:
            return None
        why = f"地址以「{word}」开头:{self._book.outside_mainland.why}"
        return Place(standing=Standing.OUTSIDE, why=why)

    def _nothing(self, text: str) -> Place:
        town = self._chains.town_at(text, 0)
        if town is not None:
            owners = tuple(self.table.by_code[code] for code in town[1])
            names = "、".join(area.name for area in owners)
            why = f"只有乡镇街道名「{town[0]}」:本市见于{names},外地同名未核,须补市县"
            return Place(standing=Standing.UNKNOWN, candidates=owners, why=why)
        for length in range(min(self._chains.longest, len(text)), 1, -1):
            if areas := self.table.short.get(text[:length]):
                why = f"「{text[:length]}」没有写明省市区县,可能是道路、楼宇或字号,不能据以判定"
                hint = () if STREET_OR_HOUSE.match(text[length:].lstrip()) else areas
                return Place(standing=Standing.UNKNOWN, candidates=hint, why=why)
        return Place(standing=Standing.UNKNOWN, why="地址中没有可以确认的省市区县")

    # -- the verdict -------------------------------------------------------------------------------------

    def _judge(self, text: str, chain: Chain, others: list[Chain]) -> Place:
        if chain.gone:
            why = f"「{chain.gone}」是已撤销或改名的区划,现归属不能唯一确定"
            return Place(standing=Standing.UNKNOWN, why=why)
        if chain.conflict:
            return self._contradiction(chain.codes, chain.conflict)
        for other in others:
            met = self._chains.narrowed(
                chain.codes, tuple(self.table.by_code[c] for c in sorted(other.codes))
            )
            if not met:
                return self._contradiction(chain.codes, self._names(other.codes))
            if met != chain.codes:
                chain = Chain(met, other.end, chain.ranked + other.ranked)
        if (code := self._chains.outermost(chain.codes)) is not None:
            return self._no_address(text, code, chain.end) or self._local(text, code, chain.end)
        candidates = self._areas(chain.codes)
        names = "、".join(self.path(area.code) for area in candidates)
        why = f"同名区划不止一处:{names},须补上级区划"
        return Place(standing=Standing.AMBIGUOUS, candidates=candidates, why=why)

    def _no_address(self, text: str, code: str, end: int) -> Place | None:
        """Tell an office elsewhere, a company's name and a second place from an address."""
        rest = text[end:].strip()
        area = self.table.by_code[code]
        town = self._chains.town_at(text, end, stems=True)
        if (
            not town
            and rest in self.table.short
            and not self._chains.narrowed(frozenset({code}), self.table.short[rest])
        ):
            return self._contradiction(frozenset({code}), rest)
        if rest and rest[0] in _JOINS and (other := self._chains.chain(rest, 1)).codes:
            return self._contradiction(frozenset({code}), self._names(other.codes))
        if (second := self._second_place(text, code, end)) is not None:
            return second
        if _OFFICE_ELSEWHERE.match(rest):
            why = f"「{area.name}」是驻外机构或商会的名称,不说明所在地"
            return Place(standing=Standing.UNKNOWN, why=why)
        if _COMPANY.search(rest) and not _STREET_ADDRESS.search(rest):
            why = f"文字像企业名称而不是地址,「{area.name}」只是名称中的区划"
            return Place(standing=Standing.UNKNOWN, candidates=(area,), why=why)
        return None

    def _second_place(self, text: str, code: str, end: int) -> Place | None:
        """Tell ``晋江市陈埭镇;石狮市宝盖镇``: after a break, a place elsewhere that its town proves."""
        for at in (at for at in range(end, len(text)) if text[at] == BREAK):
            other = self._chains.chain(text, at + 1)
            if (
                not other.ranked
                or other.conflict
                or self._chains.narrowed(frozenset({code}), self._areas(other.codes))
            ):
                continue
            town = self._chains.town_at(text, other.end)
            if town and any(self.table.lies_in(owner, each) for owner in town[1] for each in other.codes):
                return self._contradiction(frozenset({code}), self._names(other.codes))
        return None

    def _contradiction(self, codes: frozenset[str], other: str) -> Place:
        why = f"地址前后矛盾:既写{self._names(codes)},又写「{other}」"
        return Place(standing=Standing.CONTRADICTORY, candidates=self._areas(codes), why=why)

    def _local(self, text: str, code: str, end: int) -> Place:
        """Take towns and zones of the city, special areas and excluded areas into account."""
        area = self.table.by_code[code]
        if (special := self._special(text, code)) is not None:
            return Place(standing=Standing.SPECIAL, area=area, why=special)
        if code in OUTSIDE_MAINLAND:
            return Place(standing=Standing.OUTSIDE, why=f"{area.name}:{self._book.outside_mainland.why}")
        for excluded in self._book.excluded:
            if code == excluded.code:
                return Place(standing=Standing.EXCLUDED, area=area, why=excluded.why)
        for words in self._book.undecided_words:
            if "-" in code and code in words.within and any(word in text[end:] for word in words.words):
                return Place(standing=Standing.AMBIGUOUS, candidates=(area,), why=words.why)
        if code == self._city.code or code in self._counties:
            return self._in_the_city(text, area, end)
        why = f"地址写明{self._chains.path(code)}"
        if code.startswith(self._city.code[:2]) and area.is_province and self._chains.town_at(text, end):
            why += ";乡镇名全省同名未核,不据以判定"
        return Place(standing=Standing.FOUND, area=area, why=why)

    def _in_the_city(self, text: str, area: Area, end: int) -> Place:
        said = f"地址写明{self.path(area.code)}"
        rest = text[end:]
        if (zone := self._zone_in(rest)) is not None:
            if not self.table.lies_in(zone, area.code):
                return self._contradiction(frozenset({area.code}), self.table.by_code[zone].name)
            return self._found(zone, f"{said},并写有{self.table.by_code[zone].name}的名称或辖镇")
        for words in self._book.undecided_words:
            if area.code in words.within and any(word in rest for word in words.words):
                return Place(standing=Standing.AMBIGUOUS, candidates=(area,), why=words.why)
        town = self._chains.town_at(text, end, stems=area.code in self._counties)
        if town is None or (area is self._city and not FULL_TOWN.search(town[0])):
            return self._found(area.code, said)
        return self._with_town(area, said, *town, stated=rest.lstrip().startswith(town[0]))

    def _with_town(self, area: Area, said: str, town: str, owners: tuple[str, ...], *, stated: bool) -> Place:
        """Narrow the city, or prove a county, by a town; `stated`: its rank (镇, 街道) is written."""
        within = [code for code in owners if self.table.lies_in(code, area.code)]
        if not within:
            if stated:
                return self._contradiction(frozenset({area.code}), town)
            return self._found(area.code, said)
        if len(within) > 1 and area.code not in within:
            candidates = self._areas(frozenset(within))
            names = "、".join(owner.name for owner in candidates)
            why = f"「{town}」在{names}都有,须补县区"
            return Place(standing=Standing.AMBIGUOUS, candidates=candidates, why=why)
        owner = area.code if area.code in within else within[0]
        return self._found(owner, f"{said},{town}属{self.table.by_code[owner].name}")

    def _zone_in(self, rest: str) -> str | None:
        for alias, code in self._chains.aliases:
            if alias in rest:
                return code
        for zone in self._book.zones:
            if any(town in rest for town in zone.towns):
                return zone.code
        return None

    def _special(self, text: str, code: str) -> str | None:
        for special in self._book.special_areas:
            if code in special.codes or any(word in text for word in special.words):
                return f"{special.why}(背景知识,未核),受理机关待核"
        return None

    def _found(self, code: str, why: str) -> Place:
        return Place(standing=Standing.FOUND, area=self.table.by_code[code], why=why)

    def path(self, code: str) -> str:
        """Return the area's name after those it lies in, e.g. ``福建省泉州市晋江市``."""
        return self._chains.path(code)

    def _areas(self, codes: frozenset[str]) -> tuple[Area, ...]:
        return tuple(self.table.by_code[code] for code in sorted(codes))

    def _names(self, codes: frozenset[str]) -> str:
        return "、".join(self._chains.path(code) for code in sorted(codes)) or "未知"


@cache
def address_reader() -> AddressReader:
    """Return the reader over the shipped table and book."""
    return AddressReader(area_table(), jurisdiction_book())
