"""Certificates, standards and required fields: clues that a person checks, never violations by themselves."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.classifiers.finding import Finding, FindingKind
from monitor.classifiers.lexicon.schema import MarkKind
from monitor.listing import FieldState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.classifiers.lexicon import Lexicon
    from monitor.classifiers.lexicon.schema import Standard
    from monitor.classifiers.lexicon.taxonomy import Taxonomy
    from monitor.listing import Listing

#: Dates of force are dates in China.
_CHINA = ZoneInfo("Asia/Shanghai")
_CCC_FIELD = "attributes.ccc_number"
_STILL_LAWFUL = "提示：此前生产的产品仍可能合法销售，请核对生产日期"
#: What stands for "has none" in an attribute table.
_NOTHING = frozenset({"无", "否", "不适用", "/", "-", "n/a", "none", "其他", "其它", "暂无", "没有"})


class MarkRules:
    """Checks the marks of a listing by marks.yaml and standards.yaml."""

    def __init__(self, lexicon: Lexicon, taxonomy: Taxonomy) -> None:
        """Compile the numbers of the standards."""
        self._marks = lexicon.marks
        self._should_state = cache(taxonomy.should_state)
        self._required = cache(self._places)
        numbers = lexicon.standards
        self._standards = [(re.compile(rf"(?<!\d){s.number}(?!\d)"), s) for s in numbers]

    def check(self, listing: Listing, category: str | None, subcategory: str | None) -> list[Finding]:
        """Every mark finding of `listing`; `category` and `subcategory` are the rules' own choice."""
        if not listing.attributes and self._required(category, subcategory).isdisjoint(listing.looked_for):
            return []  # a row of a list: it has no place for what should be stated
        where = subcategory or category or ""
        return [
            *self._ccc_number(listing, where),
            *self._missing(listing, category, subcategory),
            *self._standards_out_of_force(listing),
        ]

    def _places(self, category: str | None, subcategory: str | None) -> frozenset[str]:
        """What a page may have been searched for that should be stated there; see `Listing.state`."""
        fields = {stated.field for stated in self._should_state(category, subcategory) if stated.field}
        return frozenset(fields | {"attributes"})

    @property
    def same_number_from(self) -> int:
        """Sellers from which one CCC number is worth a look."""
        return self._marks.same_number_from

    def same_number_reason(self, number: str, sellers: int) -> str:
        """What analysts are told of a CCC number at `sellers` sellers.

        It is no finding of a listing: one listing cannot know it, and a certificate may rightly stand at all
        who resell the product. Whoever has all listings counts the sellers of each number.
        """
        return f"CCC证书编号“{number}”出现在{sellers}家店铺：可能被冒用（线索），请到认e云核实持证人与型号"

    def ccc_number(self, published: str) -> str | None:
        """The CCC number in what a page states, digits only; None where it has not its length."""
        number = _digits(published)
        return number if len(number) == self._marks.ccc.length and number.isascii() else None

    def _ccc_number(self, listing: Listing, where: str) -> Iterator[Finding]:
        published = (listing.attributes.get("ccc_number") or "").strip()
        if not published or published.lower() in _NOTHING:
            return
        ccc = self._marks.ccc
        number = _digits(published)
        fault = self._syntax_fault(number, _day(listing))
        if fault is not None:
            reason = f"CCC证书编号“{published}”{fault}，请到认e云核实"
            yield self._finding(MarkKind.CCC_SYNTAX, _CCC_FIELD, published, reason)
            return
        product = ccc.products.get(number[6:10])
        if product is None or not where:
            return
        if not any(_within(where, prefix) for prefix in product.taxonomy):
            reason = f"CCC证书编号的产品类别码{number[6:10]}（{product.name}）与商品类目不符，请到认e云核实"
            yield self._finding(MarkKind.CCC_PRODUCT, _CCC_FIELD, published, reason)

    def _syntax_fault(self, number: str, today: date) -> str | None:
        ccc = self._marks.ccc
        if len(number) != ccc.length or not number.isascii() or not number.isdigit():
            return f"不是{ccc.length}位数字"
        if not ccc.year_from <= int(number[:4]) <= today.year:
            return f"的发证年份{number[:4]}不合理"
        return None

    def _missing(self, listing: Listing, category: str | None, subcategory: str | None) -> Iterator[Finding]:
        if not listing.looked_for:
            return
        absent = {
            stated.field: stated.title
            for stated in self._should_state(category, subcategory)
            if stated.field is not None and listing.state(stated.field) is FieldState.ABSENT
        }
        without_number = absent.pop(_CCC_FIELD, None)
        for field, title in absent.items():
            reason = f"页面未见{title}（线索，不等于违法，以产品标识为准）"
            yield self._finding(MarkKind.MISSING, field, "", reason)
        if len(absent) >= self._marks.bare_from:
            titles = "、".join(absent.values())
            reason = f"页面同时未见{titles}：疑似三无产品（线索，以产品标识为准）"
            yield self._finding(MarkKind.BARE, "attributes", "", reason)
        if without_number is not None:
            reason = "属CCC目录产品，页面未见CCC证书编号（线索，请核对产品本体标志与证书）"
            yield self._finding(MarkKind.MISSING_CCC, _CCC_FIELD, "", reason)

    def _standards_out_of_force(self, listing: Listing) -> Iterator[Finding]:
        published = listing.attributes.get("standard")
        if not published:
            return
        today = _day(listing)
        for pattern, standard in self._standards:
            match = pattern.search(published)
            if match is None or not _out_of_force(standard, today):
                continue
            heir = f"，已由{standard.replaced_by}代替" if standard.replaced_by else ""
            reason = f"所标标准{standard.id}在{today:%Y-%m-%d}已不在有效期{heir}（{_STILL_LAWFUL}）"
            yield self._finding(
                MarkKind.STANDARD, "attributes.standard", published, reason, match.span(), standard.id
            )

    def _finding(
        self,
        kind: MarkKind,
        field: str,
        published: str,
        reason: str,
        span: tuple[int, int] | None = None,
        term: str = "",
    ) -> Finding:
        start, end = span if span is not None else (0, len(published))
        return Finding(
            kind=FindingKind.MARK,
            id=self._marks.ids[kind],
            field=field,
            start=start,
            end=end,
            matched=published[start:end],
            term=term,
            severity=self._marks.severity[kind],
            basis=self._marks.basis[kind],
            confidence=1.0,
            reason=reason,
        )


_NUMBER = re.compile(r"\d[\d\s]*\d")


def _digits(published: str) -> str:
    match = _NUMBER.search(published)
    return re.sub(r"\s", "", match.group()) if match else ""


def _within(where: str, prefix: str) -> bool:
    return where == prefix or where.startswith(prefix + ".")


def _day(listing: Listing) -> date:
    """The listing's date in China; today for text that came from no page."""
    return (listing.seen_at or datetime.now(UTC)).astimezone(_CHINA).date()


def _out_of_force(standard: Standard, today: date) -> bool:
    return standard.until is not None and today > standard.until
