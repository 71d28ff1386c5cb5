"""Where a lead goes, from its legal bases and its location: market supervision, or another authority (R8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers import Basis
from monitor.leads.jurisdiction.jurisdiction import PENDING
from monitor.leads.jurisdiction.jurisdiction_book import jurisdiction_book

if TYPE_CHECKING:
    from collections.abc import Collection

    from monitor.leads.jurisdiction.jurisdiction import Location
    from monitor.leads.jurisdiction.jurisdiction_book import SpecialRoute


@dataclass(frozen=True, kw_only=True, slots=True)
class Routing:
    """Who receives a lead, and why."""

    #: name of the receiver; None is 待核, or, without a `rule`, nobody
    receiver: str | None
    #: R1–R9; None when nothing can be referred or the place is open
    rule: str | None
    #: how sure rule and receiver's name are, in Chinese
    confidence: str | None
    #: reasons in Chinese
    why: tuple[str, ...]
    #: whether it leaves market supervision (公安, 烟草, 应急, 药监) and is to be kept apart
    special: bool = False


def route(basis: Collection[Basis], location: Location) -> Routing:
    """Say who receives a lead that rests on `basis` and lies at `location`.

    The first special route of the book that applies goes before everything else, so that nothing another
    authority has to decide is split. Bases of a warning only (ADV), or none, are never referred.
    """
    if not set(basis) - {Basis.ADV}:
        said = "仅消费警示或没有法律依据,不能单独作为违法线索,不移送"
        return Routing(receiver=None, rule=None, confidence=None, why=(said,))
    for special in jurisdiction_book().special_routes:
        if special.basis in basis:
            return _special(special, location)
    if location.pending:
        return Routing(receiver=None, rule=None, confidence=None, why=location.why)
    confidence = f"规则:{location.rule_confidence};机关名称:{location.bureau_confidence}"
    return Routing(receiver=location.bureau, rule=location.rule, confidence=confidence, why=location.why)


def _special(special: SpecialRoute, location: Location) -> Routing:
    """Name another authority by its function and the place; its full name is not ours to guess."""
    why = (*location.why, f"R8:依据代码{special.basis},由{special.authority}处理({special.confidence})")
    place = location.county or location.city
    receiver: str | None = f"{place}{special.authority}"
    if location.pending or place is None:
        receiver, why = None, (*why, f"所在地不明,{special.authority}的具体机关{PENDING}")
    return Routing(receiver=receiver, rule="R8", confidence=special.confidence, why=why, special=True)
