"""How often leads come back (退回率), by what their letters lacked: does it pay to ask for completeness?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.storage.lead_status import LeadStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.leads.referral.lead_terms import LeadTerms
    from monitor.storage.lead_records import StoredEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class ReturnRate:
    """What became of the letters that lacked one element."""

    #: id of the element; None for letters that lacked nothing
    element: str | None
    #: in Chinese
    title: str
    sent: int
    returned: int

    @property
    def rate(self) -> float | None:
        """Share of those sent that came back; None when none was sent."""
        return self.returned / self.sent if self.sent else None


def return_rates(histories: Iterable[Sequence[StoredEvent]], terms: LeadTerms) -> list[ReturnRate]:
    """Count letters sent and returned, for each element that they lacked; one may count under several.

    Args:
        histories: all events of each lead, in order.
        terms: the elements, in their order.

    """
    outings = [outing for history in histories for outing in _outings(history)]
    groups: list[tuple[str | None, str]] = [(None, "要素齐全")]
    groups += [(term.id.value, term.title) for term in terms.completeness]
    found = []
    for element, title in groups:
        mine = [each for each in outings if (element in each[0] if element is not None else not each[0])]
        found.append(
            ReturnRate(
                element=element, title=title, sent=len(mine), returned=sum(returned for _, returned in mine)
            )
        )
    return found


def _outings(history: Sequence[StoredEvent]) -> Iterable[tuple[frozenset[str], bool]]:
    """Give each time that a lead was sent: what it lacked, and whether it came back."""
    lacked: frozenset[str] = frozenset()
    out = False
    for event in history:
        if event.step is LeadStep.DRAFT:
            lacked = frozenset(event.details["missing"])
        elif event.step is LeadStep.SEND:
            out = True
        elif event.step is LeadStep.RETURN:
            yield lacked, True
            out = False
    if out:
        yield lacked, False
