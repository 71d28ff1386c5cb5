"""The life of a lead (线索): what may happen to it when, and what it is then. Pure; no SQL.

    opened ─draft─► drafted ─send─► sent ─sign─► signed ─result─► answered ─close─► closed

A receiver may send it back (return) or dispute that it is competent (dispute, R9); a lead that came back may
be drafted again or closed. The steps are those of the domain report §6.1 and §5 (R9); that an answer may come
without a signature before it is inference: bureaus answer without signing, and the answer is then kept.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from collections.abc import Mapping


class LeadKind(StrEnum):
    """Which way out a lead takes."""

    #: to the bureau of the seller (经营者线索移送)
    SELLER = "seller referral"
    #: to the bureau of the producer (生产者线索移送, R6)
    PRODUCER = "producer referral"
    #: to the platform: take off, report, assist (平台告知)
    PLATFORM = "platform notice"
    #: to the quality section, to be bought and tested (网络抽样)
    SAMPLING = "sampling"


class LeadStatus(StrEnum):
    """Where a lead stands."""

    #: known, and no letter yet
    OPENED = "opened"
    #: its letter is written
    DRAFTED = "drafted"
    SENT = "sent"
    #: the receiver has signed for it (签收)
    SIGNED = "signed"
    #: the receiver says that another authority is competent (管辖争议)
    DISPUTED = "disputed"
    #: the receiver sent it back (退回)
    RETURNED = "returned"
    #: the receiver said what came of it (反馈)
    ANSWERED = "answered"
    CLOSED = "closed"


class LeadStep(StrEnum):
    """What can happen to a lead; the first one is made with it."""

    OPEN = "open"
    DRAFT = "draft"
    SEND = "send"
    SIGN = "sign"
    #: the receiver takes more time to verify
    EXTEND = "extend"
    DISPUTE = "dispute"
    #: the dispute ended: the receiver keeps it
    SETTLE = "settle"
    RETURN = "return"
    RESULT = "result"
    CLOSE = "close"
    #: something worth keeping that changes nothing
    NOTE = "note"


class LeadResult(StrEnum):
    """What the receiver says came of it (反馈结果)."""

    #: 属实
    TRUE = "true"
    #: 不属实
    FALSE = "false"
    #: 已下架
    OFF_SHELF = "off the shelf"
    #: 立案
    CASE_FILED = "case filed"
    #: 已抽检
    SAMPLED = "sampled"


class IllegalStepError(MistakeError):
    """A lead is not where this step begins; the message says where it is and what can happen."""


_SENT_OUT = (LeadStatus.SENT, LeadStatus.SIGNED)

#: Step → the statuses in which it may happen, and the status after it; None leaves it as it is.
STEPS: Mapping[LeadStep, tuple[tuple[LeadStatus, ...], LeadStatus | None]] = MappingProxyType(
    {
        LeadStep.OPEN: ((), LeadStatus.OPENED),
        LeadStep.DRAFT: ((LeadStatus.OPENED, LeadStatus.RETURNED), LeadStatus.DRAFTED),
        LeadStep.SEND: ((LeadStatus.DRAFTED,), LeadStatus.SENT),
        LeadStep.SIGN: ((LeadStatus.SENT,), LeadStatus.SIGNED),
        LeadStep.EXTEND: ((LeadStatus.SIGNED,), None),
        LeadStep.DISPUTE: (_SENT_OUT, LeadStatus.DISPUTED),
        LeadStep.SETTLE: ((LeadStatus.DISPUTED,), LeadStatus.SIGNED),
        LeadStep.RETURN: ((*_SENT_OUT, LeadStatus.DISPUTED), LeadStatus.RETURNED),
        LeadStep.RESULT: ((*_SENT_OUT, LeadStatus.ANSWERED), LeadStatus.ANSWERED),
        LeadStep.CLOSE: (
            tuple(each for each in LeadStatus if each is not LeadStatus.CLOSED),
            LeadStatus.CLOSED,
        ),
        LeadStep.NOTE: (tuple(LeadStatus), None),
    }
)


def after(status: LeadStatus, step: LeadStep) -> LeadStatus:
    """Return what a lead of `status` is after `step`.

    Raises:
        IllegalStepError: the step does not begin there.

    """
    begins, becomes = STEPS[step]
    if status not in begins:
        possible = ", ".join(possible_steps(status)) or "nothing"
        raise IllegalStepError(f"it is {status}, and {step!s} cannot follow; {possible} can")
    return becomes or status


def possible_steps(status: LeadStatus) -> list[LeadStep]:
    """List the steps that may follow in `status`, in the order of a lead's life."""
    return [step for step, (begins, _) in STEPS.items() if status in begins]


def needs_note(status: LeadStatus, step: LeadStep) -> bool:
    """Whether the step has to say why: what is sent back or disputed, and what ends without an answer."""
    if step is LeadStep.CLOSE:
        return status is not LeadStatus.ANSWERED
    return step in (LeadStep.RETURN, LeadStep.DISPUTE, LeadStep.NOTE)
