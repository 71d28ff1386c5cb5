"""What storage takes and gives of leads (线索): new ones, events, and leads as they stand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from monitor.storage.lead_status import LeadKind, LeadResult, LeadStatus, LeadStep


class UnknownLeadError(MistakeError):
    """There is no lead of that number; the message says how to see which there are."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Receiver:
    """Who receives a lead, and what that rests on."""

    #: full name; None is 待核
    name: str | None
    #: six digits or a zone's local code
    area_code: str | None = None
    #: R1–R9
    rule: str | None = None
    #: how sure rule and name are, Chinese
    confidence: str | None = None
    #: reasons in Chinese
    why: tuple[str, ...] = ()
    #: code of the legal basis for which it leaves market supervision (R8)
    special: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Whom a lead is about (主体), as published or as printed on the goods."""

    name: str | None = None
    credit_code: str | None = None
    address: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLead:
    """A lead to be opened."""

    kind: LeadKind
    receiver: Receiver
    subject: Subject
    #: in the order of the letter; for a producer the listing whose sample failed
    listing_ids: tuple[int, ...]
    #: what it comes from, for people, in Chinese: ``审核``, ``抽样 C-0001 检验不合格``
    origin: str
    #: name of whoever opens it
    by: str
    #: when, with its zone
    at: datetime
    #: name of the campaign; None for none
    campaign: str | None = None
    #: what it comes from, for programs, such as ``draw-result:7:producer``:
    #: opening it again gives the same lead
    origin_key: str | None = None
    #: name of the site that a notice goes to
    site: str | None = None
    note: str | None = None
    source: str = "cli"


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """By when the next step is due."""

    #: of Asia/Shanghai
    day: date
    step: LeadStep
    #: the count reached into a year whose rest days are not published
    provisional: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NewEvent:
    """Something that happened to a lead."""

    step: LeadStep
    #: name of who says so
    by: str
    #: when it happened, with its zone
    at: datetime
    note: str | None = None
    #: what came of it; of `LeadStep.RESULT` alone
    result: LeadResult | None = None
    #: by when the next step is due; None when nothing is
    due: Due | None = None
    #: name of the file, or by what means
    source: str = "cli"
    source_row: int | None = None
    letter_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class LeadFilter:
    """Which leads are wanted; all conditions hold together."""

    ids: tuple[int, ...] | None = None
    campaign: str | None = None
    kinds: tuple[LeadKind, ...] | None = None
    statuses: tuple[LeadStatus, ...] | None = None
    #: the next step was due before this day
    overdue_on: date | None = None
    #: True: only those that leave market supervision (R8); False: only the others
    special: bool | None = None
    letter_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredLead:
    """One lead as it stands now."""

    id: int
    kind: LeadKind
    status: LeadStatus
    #: the latest one
    result: LeadResult | None
    campaign: str | None
    #: 文号 of the last letter
    number: str | None
    letter_id: int | None
    origin: str
    receiver: Receiver
    subject: Subject
    site: str | None
    opened_at: datetime
    opened_by: str
    #: completeness of the last letter, 0–1
    score: float | None
    #: ids of what that letter lacked
    missing: tuple[str, ...]
    due: Due | None
    recheck_on: date | None
    #: in the order of the letter
    listing_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEvent:
    """One thing that happened to a lead."""

    id: int
    lead_id: int
    step: LeadStep
    #: after it
    status: LeadStatus
    happened_at: datetime
    recorded_at: datetime
    by: str
    note: str | None
    result: LeadResult | None
    letter_id: int | None
    due_on: date | None
    details: Mapping[str, Any]
    source: str
    source_row: int | None
