"""What becomes of each row of a review list that comes back: recorded, already there, in conflict, or wrong.

Nothing here writes. The words are those of the command line; rows are named as the spreadsheet counts them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.config import SHANGHAI
from monitor.leads.review.review_terms import problem_with, review_terms
from monitor.storage.reviews import Decision, Review

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from monitor.storage.review_lists import ReviewItem, ReviewList


class Outcome(StrEnum):
    """What becomes of one row."""

    #: to be recorded
    NEW = "new"
    #: this list brought the same decision before
    RECORDED = "already recorded"
    #: not decided yet
    OPEN = "open"
    #: somebody decided otherwise after the list went out: theirs stays, unless told to override it
    CONFLICT = "conflict"
    #: cannot be understood, or is not of this list
    WRONG = "wrong"


@dataclass(frozen=True, kw_only=True, slots=True)
class FilledRow:
    """One row as its reviewer left it; texts are trimmed, and None when empty."""

    #: as the spreadsheet counts
    number: int
    listing: str | None
    guard: str | None
    decision: str | None
    reason: str | None = None
    comment: str | None = None
    duplicate_of: str | None = None
    reviewer: str | None = None
    #: None when empty; the text, when it is no day
    day: date | str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedRow:
    """A row and what becomes of it."""

    row: FilledRow
    outcome: Outcome
    #: what is to be recorded, or would be but for the conflict
    review: Review | None = None
    #: what is wrong, or whom it contradicts
    said: str = ""
    #: what a person should know though it is recorded
    warning: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What the database says of the listings of a list."""

    made: ReviewList
    #: decisions that hold now
    current: Mapping[int, Review]
    #: every decision that this list brought so far, oldest first
    brought: Sequence[Review]
    #: digests of now: of the listings, and of those that duplicates name
    digests: Mapping[int, str]


class _WrongRowError(Exception):
    """What is wrong with a row."""


def guard_of(identity: str, item: ReviewItem) -> str:
    """Give what a row carries beside its number, so that a number that was edited is found out."""
    said = f"{identity}\n{item.listing_id}\n{item.listing_digest}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def check_rows(
    rows: Iterable[FilledRow],
    known: Known,
    *,
    source: str,
    now: datetime,
    reviewer: str | None = None,
    override: bool = False,
) -> list[CheckedRow]:
    """Say of every row what becomes of it, whatever their order.

    Args:
        rows: of one file.
        known: the list and what the database holds of it.
        source: name of the file.
        now: a time with its zone; decisions without a day are made then.
        reviewer: of rows that name none.
        override: let conflicting decisions replace those made meanwhile.

    """
    checker = _Checker(known, source, now, reviewer, override=override)
    found = sorted(rows, key=lambda row: row.number)
    copies: dict[tuple[str | None, str | None], list[FilledRow]] = defaultdict(list)
    for row in found:
        if row.decision is not None:
            copies[row.listing, row.guard].append(row)
    return [_one(row, copies[row.listing, row.guard], checker) for row in found]


def _one(row: FilledRow, copies: Sequence[FilledRow], checker: _Checker) -> CheckedRow:
    """Check a row, be it one of several copies of it."""
    others = [each for each in copies if each is not row] if row.decision is not None else []
    if any(replace(each, number=0) != replace(row, number=0) for each in others):
        said = f"listing {row.listing} stands in row {others[0].number} too, and says something else there"
        return CheckedRow(row=row, outcome=Outcome.WRONG, said=said)
    checked = checker.check(row)
    if others and row is not copies[0] and checked.outcome is Outcome.NEW:
        return CheckedRow(row=row, outcome=Outcome.RECORDED, said=f"the same as row {copies[0].number}")
    return checked


class _Checker:
    """Holds what rows are checked against."""

    def __init__(
        self, known: Known, source: str, now: datetime, reviewer: str | None, *, override: bool
    ) -> None:
        self._known = known
        self._source = source
        self._now = now
        self._reviewer = reviewer
        self._override = override
        self._items = {item.listing_id: item for item in known.made.items}
        self._brought: dict[int, list[Review]] = defaultdict(list)
        for review in known.brought:
            self._brought[review.listing_id].append(review)

    def check(self, row: FilledRow) -> CheckedRow:
        """Say what becomes of one row."""
        try:
            item = self._item(row)
            if row.decision is None:
                return _open(row)
            review = self._review(row, item)
        except _WrongRowError as error:
            return CheckedRow(row=row, outcome=Outcome.WRONG, said=str(error))
        changed = self._known.digests.get(item.listing_id) != item.listing_digest
        warning = f"listing {item.listing_id} has changed since the list was made" if changed else ""
        outcome, said = self._standing(review)
        current = self._known.current.get(item.listing_id)
        if current is not None and review.decided_at <= current.decided_at:
            # the day is that of an earlier word; what is written now is the later one
            review = replace(review, decided_at=self._now)
        if outcome is Outcome.CONFLICT and self._override:
            review = replace(review, decided_at=self._now)
            return CheckedRow(row=row, outcome=Outcome.NEW, review=review, warning=f"overrides: {said}")
        return CheckedRow(row=row, outcome=outcome, review=review, said=said, warning=warning)

    def _item(self, row: FilledRow) -> ReviewItem:
        number = listing_number(row.listing)
        item = self._items.get(number) if number is not None else None
        if item is None:
            raise _WrongRowError(f"{row.listing or 'an empty 编号'} is no listing of this list")
        if (row.guard or "").casefold() != guard_of(self._known.made.identity, item):
            raise _WrongRowError(
                f"the 编号 {row.listing} does not belong to this row (its hidden 校验码 says so): "
                "restore both from the original list"
            )
        return item

    def _review(self, row: FilledRow, item: ReviewItem) -> Review:
        terms = review_terms()
        decision = terms.decision(row.decision or "")
        if decision is None:
            labels = "、".join(term.label for term in terms.decisions.values())
            raise _WrongRowError(f"unknown 审核结论 {row.decision!r}: write one of {labels}")
        reason = None
        if row.reason is not None:
            known = terms.reason(row.reason)
            reason = known.code if known is not None else row.reason
        reviewer = row.reviewer or self._reviewer
        duplicate_of = self._original(row)
        problem = problem_with(
            decision,
            listing_id=item.listing_id,
            reason=reason,
            comment=row.comment,
            reviewer=reviewer,
            duplicate_of=duplicate_of,
        )
        if problem is not None:
            raise _WrongRowError(problem)
        assert reviewer is not None
        return Review(
            listing_id=item.listing_id,
            decision=decision,
            reason=reason,
            comment=row.comment,
            reviewer=reviewer.strip(),
            decided_at=self._decided_at(row.day),
            campaign=self._known.made.campaign,
            source=self._source,
            source_row=row.number,
            list_id=self._known.made.id,
            duplicate_of=duplicate_of,
            listing_digest=item.listing_digest,
        )

    def _original(self, row: FilledRow) -> int | None:
        if row.duplicate_of is None:
            return None
        number = listing_number(row.duplicate_of)
        if number is None or number not in self._known.digests:
            raise _WrongRowError(f"重复于 {row.duplicate_of!r} is the number of no listing")
        current = self._known.current.get(number)
        if current is not None and current.decision is Decision.DUPLICATE:
            raise _WrongRowError(
                f"重复于 {number} is itself a duplicate of {current.duplicate_of}: name that one"
            )
        return number

    def _decided_at(self, day: date | str | None) -> datetime:
        if day is None:
            return self._now
        if isinstance(day, str):
            raise _WrongRowError(f"审核日期 {day!r} is no day: write it like 2026-10-08, or leave it empty")
        end = datetime.combine(day, time.max, SHANGHAI)
        if end - timedelta(days=1) >= self._now:
            raise _WrongRowError(f"审核日期 {day} is in the future")
        if end < self._known.made.made_at:
            raise _WrongRowError(f"审核日期 {day} is before the list was made")
        return min(end, self._now)

    def _standing(self, review: Review) -> tuple[Outcome, str]:
        current = self._known.current.get(review.listing_id)
        brought = self._brought[review.listing_id]
        if any(_same(each, review) for each in brought):
            if current is None or _same(current, review) or _agree(current, review):
                return Outcome.RECORDED, ""
            return Outcome.CONFLICT, f"was recorded before; since then {_told(current)}"
        if current is None or _agree(current, review):
            return Outcome.NEW, ""
        theirs = current.list_id != self._known.made.id or current.reviewer != review.reviewer
        assert current.recorded_at is not None
        if theirs and current.recorded_at > self._known.made.made_at:
            return Outcome.CONFLICT, _told(current)
        return Outcome.NEW, ""


def _open(row: FilledRow) -> CheckedRow:
    if row.reason is not None or row.duplicate_of is not None:
        return CheckedRow(row=row, outcome=Outcome.WRONG, said="has a 排除原因 or 重复于, and no 审核结论")
    warning = "has a 备注 and no 审核结论: not recorded" if row.comment is not None else ""
    return CheckedRow(row=row, outcome=Outcome.OPEN, warning=warning)


def listing_number(text: str | None) -> int | None:
    """Read the number of a listing; None if it is none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else None


def _same(one: Review, other: Review) -> bool:
    """The same decision in every word of it; not the same moment."""
    return _agree(one, other) and (one.comment, one.reviewer) == (other.comment, other.reviewer)


def _agree(one: Review, other: Review) -> bool:
    parts = ("decision", "reason", "duplicate_of")
    return all(getattr(one, part) == getattr(other, part) for part in parts)


def _told(review: Review) -> str:
    when = f"{review.decided_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    why = f" ({review.reason})" if review.reason else ""
    return f"{review.reviewer} said {review.decision.value!r}{why} on {when}"
