"""Words of a review (`review_terms.yaml`), and what a decision must say to be one."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import model_validator

from monitor.classifiers.lexicon.source import Strict, read
from monitor.storage.reviews import Decision

if TYPE_CHECKING:
    from collections.abc import Iterable

_FILE = Path(__file__).with_name("review_terms.yaml")
#: Longest name of a reviewer that is kept.
LONGEST_NAME = 100


class DecisionTerm(Strict):
    """How people write a decision."""

    label: str
    #: other words that are understood
    also: tuple[str, ...] = ()
    about: str


class Reason(Strict):
    """Why a suspect is rejected."""

    #: kept in the database; never changes
    code: str
    label: str
    about: str
    #: a comment must say more
    comment: bool = False


class ReviewTerms(Strict):
    """review_terms.yaml."""

    decisions: dict[Decision, DecisionTerm]
    reasons: tuple[Reason, ...]
    #: what the lists rest on
    source: str

    @model_validator(mode="after")
    def _every_decision_has_one_meaning(self) -> ReviewTerms:
        if missing := [each.value for each in Decision if each not in self.decisions]:
            raise ValueError(f"decisions: {missing[0]} has no label")
        words = [folded(word) for term in self.decisions.values() for word in (term.label, *term.also)]
        codes = [reason.code for reason in self.reasons] + [folded(each.label) for each in self.reasons]
        for names in (words, codes):
            if twice := [name for name in names if names.count(name) > 1]:
                raise ValueError(f"{twice[0]} stands there twice")
        return self

    def decision(self, text: str) -> Decision | None:
        """Understand what somebody wrote as a decision; None if it is none."""
        word = folded(text)
        for decision, term in self.decisions.items():
            if word in {decision.value, folded(term.label), *map(folded, term.also)}:
                return decision
        return None

    def reason(self, text: str) -> Reason | None:
        """Understand what somebody wrote as a reason: its code or its label; None if it is none."""
        word = folded(text)
        return next((each for each in self.reasons if word in {each.code, folded(each.label)}), None)


@cache
def review_terms() -> ReviewTerms:
    """Read the words that are shipped."""
    return read(_FILE, ReviewTerms)


def folded(text: str) -> str:
    """Fold full-width letters, case and white space away: how spreadsheets and input methods differ."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def problem_with(
    decision: Decision,
    *,
    listing_id: int,
    reason: str | None,
    comment: str | None,
    reviewer: str | None,
    duplicate_of: int | None,
) -> str | None:
    """Say what a decision lacks to be recorded; None if nothing.

    Args:
        decision: what was decided.
        listing_id: on which listing.
        reason: code of `ReviewTerms.reasons`.
        comment: in the reviewer's words.
        reviewer: name of who decided.
        duplicate_of: the listing that stands for this one.

    """
    if not reviewer or not reviewer.strip():
        return "no reviewer: every decision has the name of who made it"
    if len(reviewer) > LONGEST_NAME:
        return f"the reviewer's name is longer than {LONGEST_NAME} characters"
    return _reason_problem(decision, reason, comment) or _duplicate_problem(
        decision, listing_id, duplicate_of
    )


def _reason_problem(decision: Decision, reason: str | None, comment: str | None) -> str | None:
    if decision is not Decision.REJECTED:
        return None if reason is None else f"a reason belongs to a rejection, and this is {decision.value!r}"
    known = {each.code: each for each in review_terms().reasons}
    if reason is None:
        return f"a rejection needs a reason: {_listed(known.values())}"
    if reason not in known:
        return f"unknown reason {reason!r}: {_listed(known.values())}"
    if known[reason].comment and not comment:
        return f"the reason {reason} ({known[reason].label}) needs a comment that says more"
    return None


def _duplicate_problem(decision: Decision, listing_id: int, duplicate_of: int | None) -> str | None:
    if decision is not Decision.DUPLICATE:
        return None if duplicate_of is None else "names a listing that it repeats, and is no duplicate"
    if duplicate_of is None:
        return "a duplicate needs the number of the listing that it repeats"
    return "a listing cannot repeat itself" if duplicate_of == listing_id else None


def _listed(reasons: Iterable[Reason]) -> str:
    return ", ".join(f"{each.code} ({each.label})" for each in reasons)
