"""How complete a lead is: every element with where it came from, what is missing, and a score.

Elements and weights are data (`lead_terms.yaml`) and inference: bureaus complain of leads without a subject,
without a competent receiver and without evidence (domain report §6.1, S60), and no official list was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers import Basis
from monitor.leads.jurisdiction.credit_code import read_credit_code
from monitor.leads.jurisdiction.jurisdiction import PENDING, locate
from monitor.leads.referral.lead_terms import Element
from monitor.storage.lead_status import LeadKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitor.leads.referral.lead_terms import ElementTerm, LeadTerms
    from monitor.storage.lead_records import Receiver, Subject
    from monitor.storage.lead_snapshot import LeadSnapshot


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadFacts:
    """What a lead says, as far as its completeness goes."""

    kind: LeadKind
    receiver: Receiver
    subject: Subject
    snapshots: tuple[LeadSnapshot, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ElementFound:
    """One element: there or missing, and what that rests on."""

    term: ElementTerm
    present: bool
    #: where it came from, or why it is missing; Chinese
    where: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Completeness:
    """All elements of one lead."""

    elements: tuple[ElementFound, ...]

    @property
    def score(self) -> float:
        """Weight of what is there over the weight of all, 0–1."""
        weights = [(each.term.weight, each.present) for each in self.elements]
        return sum(weight for weight, present in weights if present) / sum(weight for weight, _ in weights)

    @property
    def missing(self) -> tuple[ElementFound, ...]:
        """What is not there."""
        return tuple(each for each in self.elements if not each.present)

    @property
    def lacking(self) -> tuple[ElementFound, ...]:
        """What is not there and has to be."""
        return tuple(each for each in self.missing if each.term.required)


def completeness(facts: LeadFacts, terms: LeadTerms) -> Completeness:
    """Look for every element of `terms` in a lead; a notice asks the platform for the subject."""
    found = []
    for term in terms.completeness:
        if facts.kind is LeadKind.PLATFORM and term.id not in _OF_NOTICES:
            continue
        present, where = _LOOKS[term.id](facts)
        found.append(ElementFound(term=term, present=present, where=where))
    return Completeness(elements=tuple(found))


def _published(facts: LeadFacts) -> str:
    if facts.kind is LeadKind.PRODUCER:
        return "页面、实物或检验报告标称，未经登记机关核验"
    return "亮照页或店铺页公示，未经登记机关核验"


def _name(facts: LeadFacts) -> tuple[bool, str]:
    if facts.subject.name:
        return True, _published(facts)
    return False, "页面未公示主体名称，或未采到亮照页"


def _code(facts: LeadFacts) -> tuple[bool, str]:
    if not facts.subject.credit_code:
        return False, "页面未公示，或未采到亮照页"
    code = read_credit_code(facts.subject.credit_code)
    if not code.valid:
        return False, str(code.fault)
    return True, f"{_published(facts)}；校验位相符"


def _address(facts: LeadFacts) -> tuple[bool, str]:
    if facts.subject.address:
        return True, _published(facts)
    return False, "页面未公示地址；发货地不作管辖依据"


def _receiver(facts: LeadFacts) -> tuple[bool, str]:
    receiver = facts.receiver
    if receiver.name is None:
        return False, receiver.why[-1] if receiver.why else f"受送机关{PENDING}"
    return True, f"{receiver.rule}（{receiver.confidence}）"


def _agreed(facts: LeadFacts) -> tuple[bool, str]:
    code, address = facts.subject.credit_code, facts.subject.address
    if not code or not address:
        return False, "信用代码和公示地址缺一项，无从比对"
    location = locate(address, code=code)
    if location.contradictory:
        return False, next((each for each in location.why if "不一致" in each or "矛盾" in each), "不一致")
    if not read_credit_code(code).valid:
        return False, "信用代码有误，无从比对"
    return True, "信用代码第3至8位与公示地址相符"


def _every(
    lacks: Callable[[LeadSnapshot], bool], there: str, missing: str
) -> Callable[[LeadFacts], tuple[bool, str]]:
    """Make a look that every listing has to pass; those that do not are named."""

    def look(facts: LeadFacts) -> tuple[bool, str]:
        without: Sequence[int] = [each.listing_id for each in facts.snapshots if lacks(each)]
        if not facts.snapshots:
            return False, "没有商品信息"
        if without:
            return False, f"编号 {'、'.join(map(str, without))} {missing}"
        return True, f"{len(facts.snapshots)} 件商品{there}"

    return look


def legal_bases(snapshot: LeadSnapshot) -> tuple[Basis, ...]:
    """Give the bases of a listing's findings that can carry a lead: all but a mere warning (ADV)."""
    codes = (code for finding in snapshot.findings for code in finding.basis)
    return tuple(code for code in dict.fromkeys(codes) if code is not Basis.ADV)


#: What a notice to a platform should have.
_OF_NOTICES = frozenset({Element.WORDS, Element.BASIS, Element.PRESERVED, Element.PRICE})
_LOOKS: dict[Element, Callable[[LeadFacts], tuple[bool, str]]] = {
    Element.SUBJECT_NAME: _name,
    Element.SUBJECT_CODE: _code,
    Element.SUBJECT_ADDRESS: _address,
    Element.RECEIVER: _receiver,
    Element.AGREED: _agreed,
    Element.WORDS: _every(
        lambda each: not any(finding.matched for finding in each.findings),
        "均附页面原文和命中位置",
        "没有命中的原文",
    ),
    Element.BASIS: _every(
        lambda each: not legal_bases(each), "均列明可能涉及的依据（待办案人员核定）", "没有可作线索的依据"
    ),
    Element.PRESERVED: _every(
        lambda each: not each.preserved, "均有 WARC 原始记录和哈希链", "未固证，没有保全的网页"
    ),
    Element.PRICE: _every(lambda each: each.price is None, "均有页面标价", "没有采到标价"),
}
