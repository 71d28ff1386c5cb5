"""An address as a chain of names that narrows: province, city, county, zone; and the towns that follow it.

A name with its rank (晋江市) counts where it stands in the chain. One without (晋江) counts only where what
stands around it bears it out; before 路, 大厦 and the like it is the name of a street or a house.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.leads.jurisdiction.address_text import BREAK
from monitor.leads.jurisdiction.areas import Area, AreaTable

if TYPE_CHECKING:
    from monitor.leads.jurisdiction.jurisdiction_book import JurisdictionBook

#: What makes a name before it the name of a street, a house or a business.
STREET_OR_HOUSE = re.compile(
    r"[东南西北中新老内外上下前后一二三四五六七八九十零支环横纵]{0,2}"
    r"(?:大?[路街道巷弄]|胡同|里|门|湾|滩|桥|港|大厦|大楼|商厦|商城|商会|会馆|酒店|宾馆|饭店|广场|花园|花苑|小区|新村|新城|"
    r"公馆|名城|大院|商贸|服装城|中心|馆|楼|苑|府|城|站|机场|大学|学院|医院|银行|公司|集团|老乡|人家|小吃|风味|驻|"
    r"地区|[区县州镇乡村屯庄]|社区)"
)
#: After a name of two characters with its rank (寿县), which streets and houses bear as they bear short ones.
_STREET = re.compile(r"[东南西北中一二三]?大?[路街道巷]|大厦|大楼|宾馆|商会|酒店|花园|广场|商城")
_ADDRESS_NOUN = re.compile(
    r"(?P<house>大厦|大楼|商厦|商城|商会|会馆|酒店|宾馆|饭店|广场|花园|小区|中心|公馆|机场|大学)"
    r"|(?P<address>路|街|大道|巷|村|社区|工业区|工业园|开发区|园区|镇|乡)"
)
#: Before a lone name: it may lie in a place that the table does not have.
_OTHER_PLACE = re.compile(r"[省市县国府郡]")
_TOWN = re.compile(r"[^ 东南西北中省市区县路街镇乡][^ 省市区县路街镇乡]{0,4}(?:镇|乡|街道)(?![路街巷])")
#: A name ending in the first is no rank before the second: 义乌市场, 丰泽区域.
_NO_RANK = {"市": "场", "区": "域块间", "县": "道"}
_STATISTICS = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划", "省直辖县级行政单位", "直辖县", "县")
FULL_TOWN = re.compile(r"(?:镇|乡|街道)$")
#: No name was read yet.
ROOT: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Chain:
    """Names read one after another; `codes` empty: none yet."""

    codes: frozenset[str]
    end: int
    #: names with rank that were read
    ranked: int = 0
    conflict: str = ""
    gone: str = ""


class ChainReader:
    """Reads chains of names against one table and one book."""

    def __init__(self, table: AreaTable, book: JurisdictionBook) -> None:
        """Add the book's zones and short names to the table."""
        zones = [Area(zone.code, zone.name, zone.name, zone.host) for zone in book.zones]
        self.table = table.with_areas(zones, book.short_names)
        self._book = book
        self.aliases = sorted(
            ((alias, zone.code) for zone in book.zones for alias in zone.aliases),
            key=lambda pair: -len(pair[0]),
        )
        self._city = self.table.by_code[book.city.code]
        self._counties = frozenset(county.code for county in book.counties)
        self._towns = {town: book.owners(town) for place in book.places for town in place.towns}
        names = (*self.table.full, *self.table.short, *self.table.former)
        self.longest = max(map(len, names))

    # -- reading a chain ---------------------------------------------------------------------------------

    def chain(self, text: str, start: int) -> Chain:
        chain = Chain(ROOT, start)
        while not chain.conflict and not chain.gone:
            longer = self._step(text, chain)
            if longer is None:
                break
            chain = longer
        return chain

    def _step(self, text: str, chain: Chain, *, strictly: bool = False) -> Chain | None:
        """Read one more name; `strictly`: one without rank has to narrow, which ends the recursion."""
        at = chain.end
        while at < len(text) and text[at] == BREAK:
            at += 1
        for word in _STATISTICS:
            if chain.codes and text.startswith(word, at):
                return Chain(chain.codes, at + len(word), chain.ranked)
        if (zone := self._zone_at(text, at, chain.codes)) is not None:
            return Chain(frozenset({zone[1]}), at + len(zone[0]), chain.ranked + 1)
        return self.full_at(text, at, chain) or self._short_at(text, at, chain, strictly=strictly)

    def full_at(self, text: str, at: int, chain: Chain) -> Chain | None:
        for length in range(min(self.longest, len(text) - at), 1, -1):
            name = text[at : at + length]
            if self._is_word(name, text[at + length :]):
                continue
            if not chain.codes and name in self._book.ambiguous_alone:
                continue
            if areas := self.table.full.get(name):
                fitting = self.narrowed(chain.codes, areas)
                if fitting:
                    return Chain(fitting, at + length, chain.ranked + 1)
                return Chain(chain.codes, at + length, chain.ranked, conflict=name)
            if former := self._former(name, chain.codes):
                return Chain(former, at + length, chain.ranked + 1)
            if name in self.table.former:
                return Chain(chain.codes, at + length, chain.ranked, gone=name)
        return None

    def _is_word(self, name: str, rest: str) -> bool:
        """Say whether a full name is part of a longer word: 义乌市|场路, 寿县|路."""
        if rest and rest[0] in _NO_RANK.get(name[-1], ""):
            return True
        return (len(name) == 2 or name[-1] == "旗") and _STREET.match(rest) is not None

    def _short_at(self, text: str, at: int, chain: Chain, *, strictly: bool) -> Chain | None:
        for length in range(min(self.longest, len(text) - at), 1, -1):
            areas = self.table.short.get(text[at : at + length], ())
            fitting = self.narrowed(chain.codes, areas)
            if strictly:
                fitting -= chain.codes
            borne_out = frozenset(
                code for code in fitting if self._borne_out(text, at + length, code, fitting, chain)
            )
            if borne_out:
                return Chain(borne_out, at + length, chain.ranked)
        return None

    def narrowed(self, codes: frozenset[str], areas: tuple[Area, ...]) -> frozenset[str]:
        """Of `areas` those that lie in one of `codes`; where they are outer ones, the `codes` in them."""
        if not codes:
            return frozenset(area.code for area in areas)
        inner = frozenset(a.code for a in areas if any(self.table.lies_in(a.code, code) for code in codes))
        return inner or frozenset(c for c in codes if any(self.table.lies_in(c, a.code) for a in areas))

    def _former(self, name: str, codes: frozenset[str]) -> frozenset[str]:
        """Return what took the place of a former name, when that is certain."""
        names = self.table.former.get(name, ())
        successors = {former.successor for former in names}
        if len(successors) != 1 or None in successors:
            return frozenset()
        areas = tuple(self.table.by_code[code] for code in successors if code)
        return self.narrowed(codes, areas)

    def _zone_at(self, text: str, at: int, codes: frozenset[str]) -> tuple[str, str] | None:
        """Alias and code of the zone that is named at `at`."""
        for alias, code in self.aliases:
            own = alias.startswith((self._city.short, "清"))
            hosts = {area.code for area in self.table.line(code)}
            if codes:
                if not codes & hosts:
                    continue
                within = self._city.code in codes or not codes.isdisjoint(self._counties)
                bare = alias.removeprefix(self._city.short).removeprefix("市")
                for written in (alias, bare) if within or code in codes else (alias,) if own else ():
                    if text.startswith(written, at):
                        return written, code
            elif own and text.startswith(alias, at):
                return alias, code
        return None

    # -- names without their rank ------------------------------------------------------------------------

    def _borne_out(self, text: str, end: int, code: str, fitting: frozenset[str], chain: Chain) -> bool:
        """Say whether a name without its rank, read up to `end`, is meant as the area `code`."""
        rest = text[end:]
        if rest.strip() and self._narrower_follows(text, end, code):
            return True
        if STREET_OR_HOUSE.match(rest):
            return False
        if not chain.codes:
            return self._stands_alone(text, chain.end, end, code, fitting)
        return not rest.strip() or self._address_follows(text, end, code)

    def _stands_alone(self, text: str, start: int, end: int, code: str, fitting: frozenset[str]) -> bool:
        """Say whether a first name without its rank, with nothing around it, may be taken for a place.

        Cities, counties of our own city and names of several places are; what several bear stays open later.
        """
        if text[start:end].strip() in self._book.ambiguous_alone:
            return False
        if text[end:].strip() and not self._ends_here(text, end):
            return False
        area = self.table.by_code[code]
        own = self.table.lies_in(code, self._city.code)
        return own or area.is_province or area.is_city or area.is_county_city or not self.outermost(fitting)

    def _ends_here(self, text: str, end: int) -> bool:
        """Say whether a name stands by itself: a break follows, and no house and no other area after it."""
        rest = text[end:].lstrip(BREAK)
        if text[end] != BREAK or STREET_OR_HOUSE.match(rest):
            return False
        lengths = range(2, min(self.longest, len(rest)) + 1)
        return not any(rest[:n] in self.table.full or rest[:n] in self.table.short for n in lengths)

    def _address_follows(self, text: str, end: int, code: str) -> bool:
        """Say whether the text goes on as an address does after a name that lies in the one before it."""
        area, rest = self.table.by_code[code], text[end:]
        if area.is_city or rest.startswith("片区") or _TOWN.match(rest) or self._ends_here(text, end):
            return True
        if code not in self._counties and not area.is_county_city:
            return False
        noun = _ADDRESS_NOUN.search(rest)
        return noun is not None and noun.lastgroup == "address"

    def _narrower_follows(self, text: str, end: int, code: str) -> bool:
        longer = self._step(text, Chain(frozenset({code}), end), strictly=True)
        if longer is not None and not longer.conflict and not longer.gone:
            return True
        town = self.town_at(text, end, stems=True)
        return town is not None and any(self.table.lies_in(owner, code) for owner in town[1])

    # -- towns -------------------------------------------------------------------------------------------

    def town_at(self, text: str, at: int, *, stems: bool = False) -> tuple[str, tuple[str, ...]] | None:
        """Town or street of the city that is named at `at`, and who has one of that name."""
        rest = text[at:].lstrip()
        named = [town for town in self._towns if rest.startswith(town)]
        if named:
            town = max(named, key=len)
            return town, self._towns[town]
        if stems:
            for town, owners in self._towns.items():
                stem = FULL_TOWN.sub("", town).removesuffix("回族")
                after = rest[len(stem) :]
                if len(stem) > 1 and rest.startswith(stem) and not STREET_OR_HOUSE.match(after):
                    return town, owners
        return None

    def embedded(self, text: str, start: int) -> list[Chain]:
        """Return chains that begin later in the text and prove themselves by two names with rank."""
        found: list[Chain] = []
        foreign = self._book.outside_mainland.words
        at = max(start, 1)
        while at < len(text):
            chain = self.chain(text, at)
            before = text[:at]
            begins = before[-1] in (BREAK, "在", "于") and not _OTHER_PLACE.search(before)
            begins = begins and not any(word in before for word in foreign)
            proven = chain.ranked > 1 or (
                chain.ranked == 1 and start == 0 and begins and not self._is_short(text, at)
            )
            if chain.codes and proven and not chain.conflict:
                found.append(chain)
                at = chain.end
            else:
                at += 1
        return found

    def _is_short(self, text: str, at: int) -> bool:
        return self.full_at(text, at, Chain(ROOT, at)) is None

    def outermost(self, codes: frozenset[str]) -> str | None:
        """Return the one of `codes` that all of them lie in: 云南大理 is at least 大理州."""
        outer = (code for code in codes if all(self.table.lies_in(other, code) for other in codes))
        return next(outer, None)

    def path(self, code: str) -> str:
        """Return the area's name after those it lies in: ``福建省泉州市晋江市``; no host for a zone."""
        line = self.table.line(code)
        if "-" in code:
            line = (line[0], *line[2:])
        return "".join(area.name for area in reversed(line))
