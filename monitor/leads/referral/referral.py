"""From confirmed listings to leads: whose they are, who receives them, and what cannot be referred and why.

One lead is one subject for one receiver; one letter later takes all leads of one receiver. Nothing is sent to
a guessed bureau: what is 待核 is held and told (DESIGN: from suspect to lead).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.leads.jurisdiction.jurisdiction import PENDING, Location, Role, locate
from monitor.leads.jurisdiction.jurisdiction_book import jurisdiction_book
from monitor.leads.jurisdiction.routing import route
from monitor.storage.lead_records import Receiver, Subject
from monitor.storage.lead_status import LeadKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from monitor.classifiers import Basis
    from monitor.storage.suspects import SuspectRow

#: Unified attributes (`extraction/attributes.yaml`) in which a page names the producer.
_PRODUCER, _PRODUCER_ADDRESS = "manufacturer", "manufacturer_address"


class Hold(StrEnum):
    """Why a confirmed listing goes nowhere yet."""

    #: no competent authority is sure
    PENDING = "管辖待核"
    #: nothing but warnings (ADV), or nothing at all, to base it on
    NO_BASIS = "没有可作线索的依据"
    #: it lies where nothing is routed to
    OUTSIDE = "不在管辖范围"


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A confirmed listing that goes nowhere yet."""

    listing_id: int
    title: str
    kind: LeadKind
    hold: Hold
    #: reasons in Chinese, in the order in which they were weighed
    why: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A lead that can be opened."""

    kind: LeadKind
    receiver: Receiver
    subject: Subject
    #: highest risk first
    listing_ids: tuple[int, ...]


def seller_proposals(
    rows: Iterable[SuspectRow], own_sites: Collection[str] = ()
) -> tuple[list[Proposal], list[Held]]:
    """Sort confirmed listings into leads on their sellers, and those that are held.

    Args:
        rows: confirmed listings, in the order in which letters name them.
        own_sites: sites that sell for themselves: R3 instead of R1 and R2.

    """
    found = _Found(LeadKind.SELLER)
    for row in rows:
        role = Role.OWN_SITE if row.site in own_sites else Role.PLATFORM_SELLER
        location = locate(row.address, code=row.credit_code, stated_place=row.stated_place, role=role)
        subject = Subject(name=row.licence_name, credit_code=row.credit_code, address=row.address)
        found.add(row, location, subject, (row.site, row.seller_url or row.seller_name or row.url))
    return found.proposals(), found.held


def producer_proposals(rows: Iterable[SuspectRow]) -> tuple[list[Proposal], list[Held]]:
    """Sort confirmed listings into leads on the producers that their pages name (R6, R3 within the city).

    Listings whose page names no producer are left out.
    """
    found = _Found(LeadKind.PRODUCER)
    for row in rows:
        name, address = row.attributes.get(_PRODUCER), row.attributes.get(_PRODUCER_ADDRESS)
        if not name:
            continue
        location = locate(address, role=Role.PRODUCER)
        found.add(row, location, Subject(name=name, address=address), (name,))
    return found.proposals(), found.held


def bases_of(row: SuspectRow) -> tuple[Basis, ...]:
    """Give the legal bases of a listing's findings, each once."""
    return tuple(dict.fromkeys(code for finding in row.findings for code in finding.basis))


class _Found:
    """Leads by receiver and subject, in the order in which they came up."""

    def __init__(self, kind: LeadKind) -> None:
        self.kind = kind
        self.held: list[Held] = []
        self._receivers: dict[tuple[object, ...], Receiver] = {}
        self._subjects: dict[tuple[object, ...], Subject] = {}
        self._listings: dict[tuple[object, ...], list[int]] = defaultdict(list)

    def add(self, row: SuspectRow, location: Location, subject: Subject, otherwise: tuple[str, ...]) -> None:
        """Take one listing; `otherwise` tells subjects apart that publish neither code nor name."""
        receiver = receiver_of(bases_of(row), location)
        if receiver.name is None:
            held = Held(
                listing_id=row.id,
                title=row.title,
                kind=self.kind,
                hold=_hold(receiver, location),
                why=receiver.why,
            )
            self.held.append(held)
            return
        who: tuple[str, ...] = otherwise
        if subject.credit_code or subject.name:
            who = (subject.credit_code or "", subject.name or "")
        key = (receiver.name, receiver.special, who)
        self._receivers.setdefault(key, receiver)
        self._subjects.setdefault(key, subject)
        self._listings[key].append(row.id)

    def proposals(self) -> list[Proposal]:
        return [
            Proposal(
                kind=self.kind,
                receiver=receiver,
                subject=self._subjects[key],
                listing_ids=tuple(self._listings[key]),
            )
            for key, receiver in self._receivers.items()
        ]


def receiver_of(basis: Collection[Basis], location: Location) -> Receiver:
    """Name the receiver of a lead that rests on `basis` and lies at `location`; a name of None is 待核."""
    routing = route(basis, location)
    special = None
    if routing.special:
        routes = jurisdiction_book().special_routes
        special = next(str(each.basis) for each in routes if each.basis in basis)
    return Receiver(
        name=routing.receiver,
        area_code=location.area_code,
        rule=routing.rule,
        confidence=routing.confidence,
        why=routing.why,
        special=special,
    )


def _hold(receiver: Receiver, location: Location) -> Hold:
    if receiver.rule is None and not any(PENDING in each for each in receiver.why):
        excluded = {each.code for each in jurisdiction_book().excluded}
        return Hold.OUTSIDE if location.area_code in excluded else Hold.NO_BASIS
    return Hold.PENDING
