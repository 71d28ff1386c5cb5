"""The verdict on a unit: its numbers beside what was usual of it. Pure; docs/health.md explains the rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.extraction import Verdict
from monitor.storage.health import LISTS
from monitor.storage.tables import HealthVerdict, UnitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.storage.health import PageFacts, UnitFacts, Usual

#: A field that so many of the listings used to state …
_FIELD_USUAL = 0.5
#: … has collapsed when no more than this share of the usual rate is left, and has suffered below that share.
_FIELD_COLLAPSED, _FIELD_SUFFERED = 0.4, 0.75
#: Rates of fewer listings than this say nothing.
_FEWEST_LISTINGS = 3
#: Of a search that used to bring at least so many listings …
_LISTINGS_USUAL = 10
#: … less than this share is degraded; on this share or less, page by page, the layout has collapsed.
_LISTINGS_SUFFERED, _LISTINGS_COLLAPSED = 0.5, 0.2
#: Slow is so many times the usual duration, and so many seconds more.
_SLOW_TIMES, _SLOW_SECONDS = 3.0, 30.0
#: Reason of a unit that is done as far as its page budget reached: fewer pages are no sign.
_CUT = "page budget"
_NAMES = {"title": "标题", "price": "价格", "seller": "店铺", "url": "链接", "attributes": "产品参数"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A verdict and what it rests on."""

    verdict: HealthVerdict
    #: Chinese, most important first; empty when it is ok
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Peers:
    """The other units of one page of the same site and kind in the same run, together with this one."""

    #: pages that came with a good status
    pages: int
    #: of which could not be read
    unread: int
    #: share of their listings that state each field
    fills: Mapping[str, float]
    listings: int

    @property
    def layout_is_new(self) -> bool:
        """So many pages cannot be read that it is not the fault of one of them."""
        return self.unread >= _FEWEST_LISTINGS and self.unread * 2 >= self.pages


def judge(unit: UnitFacts, usual: Usual | None, peers: Peers | None = None) -> Judgement:
    """Say what is to be thought of a unit.

    Args:
        unit: what it gave.
        usual: what was usual in earlier runs; None when there is no history: then only what the pages
            themselves show can be said.
        peers: for units of one page, all of the same site and kind in this run; None for searches and shops.

    """
    for look, verdict in _LOOKS:
        reasons = tuple(look(unit, usual, peers))
        if reasons:
            return Judgement(verdict=verdict, reasons=reasons)
    return Judgement(verdict=HealthVerdict.OK)


def markers(unit: UnitFacts) -> list[str]:
    """What stood on the pages that were walls."""
    return list(dict.fromkeys(page.reason or "" for page in unit.pages if page.verdict == Verdict.BLOCKED))


def statuses(unit: UnitFacts) -> dict[str, int]:
    """How many pages came with which HTTP status; ``none`` where none came."""
    return dict(Counter("none" if page.status is None else str(page.status) for page in unit.pages))


def _blocked(unit: UnitFacts, usual: Usual | None, peers: Peers | None) -> Iterator[str]:
    del usual, peers
    walls = markers(unit)
    soft = any(page.verdict == Verdict.BLOCKED and page.status == 200 for page in unit.pages)
    if walls:
        yield f"页面为验证、登录或拒绝访问：{walls[0]}" + ("（状态码为 200）" if soft else "")
    elif unit.status is UnitStatus.BLOCKED:
        yield f"网站拒绝访问：{unit.reason or '未说明'}"


def _unread(unit: UnitFacts, usual: Usual | None, peers: Peers | None) -> Iterator[str]:
    del usual
    unread = _unread_pages(unit)
    if unread and (peers is None or peers.layout_is_new):
        whole = (
            f"本次同类 {peers.pages} 页中 {peers.unread} 页"
            if peers
            else f"{len(unit.pages)} 页中 {unread} 页"
        )
        yield f"状态正常，但{whole}按现有规则读不出内容：{_said(unit)}"


def _collapsed(unit: UnitFacts, usual: Usual | None, peers: Peers | None) -> Iterator[str]:
    if usual is None:
        return
    yield from _fields(unit, usual, peers, _FIELD_COLLAPSED)
    per_page, before = _per_page(unit), usual.listings / max(usual.pages, 1)
    many = unit.kind in LISTS and usual.listings >= _LISTINGS_USUAL and len(unit.pages) > 1
    if many and unit.listings and per_page <= before * _LISTINGS_COLLAPSED:
        yield f"每页条目由 {before:.0f} 条降到 {per_page:.1f} 条"


def _empty(unit: UnitFacts, usual: Usual | None, peers: Peers | None) -> Iterator[str]:
    del peers
    if unit.kind not in LISTS or unit.listings or not unit.pages:
        return
    if unit.pages[0].verdict == Verdict.EMPTY:
        before = f"，以往中位数 {usual.listings:.0f} 条" if usual is not None and usual.listings else ""
        yield f"网站明示没有结果（{unit.pages[0].reason}）{before}"


def _degraded(unit: UnitFacts, usual: Usual | None, peers: Peers | None) -> Iterator[str]:
    if unit.status is UnitStatus.FAILED:
        yield f"未能完成：{unit.reason or '未说明'}"
    wrong = [page for page in unit.pages if page.status is not None and page.status >= 500]
    if wrong and unit.status is not UnitStatus.FAILED:
        yield f"{len(wrong)} 页返回服务器错误"
    if usual is None:
        return
    yield from _fields(unit, usual, peers, _FIELD_SUFFERED)
    if _much_fewer(unit, usual):
        yield f"商品信息 {unit.listings} 条，以往中位数 {usual.listings:.0f} 条"
    if _slow(unit.seconds, usual.seconds):
        yield f"用时 {unit.seconds:.0f} 秒，以往中位数 {usual.seconds:.0f} 秒"


def _much_fewer(unit: UnitFacts, usual: Usual) -> bool:
    if unit.kind not in LISTS or unit.status is not UnitStatus.DONE or (unit.reason or "").startswith(_CUT):
        return False
    return usual.listings >= _LISTINGS_USUAL and unit.listings < usual.listings * _LISTINGS_SUFFERED


def _slow(seconds: float | None, usual: float | None) -> bool:
    if seconds is None or usual is None:
        return False
    return seconds > max(usual * _SLOW_TIMES, usual + _SLOW_SECONDS)


def _fields(unit: UnitFacts, usual: Usual, peers: Peers | None, share: float) -> Iterator[str]:
    """Fields of which no more than `share` of the usual rate is left."""
    own = unit.fills
    rates, listings = (peers.fills, peers.listings) if peers else (own, unit.listings)
    if listings < _FEWEST_LISTINGS:
        return
    for name, before in usual.fills.items():
        rate = rates.get(name)
        lost = rate is not None and before >= _FIELD_USUAL and rate <= before * share
        # of many single pages, those that state it are well
        if lost and own.get(name, 1.0) < 1.0:
            yield f"{_NAMES[name]}填写率由 {before:.0%} 降到 {rate:.0%}"


def _unread_pages(unit: UnitFacts) -> int:
    return sum(is_unread(page) for page in unit.pages)


def is_unread(page: PageFacts) -> bool:
    """It came with a good status, and nothing could be made of it."""
    return page.verdict == Verdict.UNRECOGNISED and page.status is not None and page.status < 400


def _per_page(unit: UnitFacts) -> float:
    return unit.listings / max(len(unit.pages), 1)


def _said(unit: UnitFacts) -> str:
    return next((page.reason for page in unit.pages if is_unread(page) and page.reason), "未说明")


#: In this order: the first that has a reason says what is thought of a unit.
_LOOKS = (
    (_blocked, HealthVerdict.BLOCKED),
    (_unread, HealthVerdict.LAYOUT_CHANGED),
    (_collapsed, HealthVerdict.LAYOUT_CHANGED),
    (_empty, HealthVerdict.EMPTY),
    (_degraded, HealthVerdict.DEGRADED),
)
