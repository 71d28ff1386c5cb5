"""The lexicon as words for the matcher, each with what the rules need to know of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING

from monitor.classifiers.matcher import Word, WordKind
from monitor.classifiers.normalise import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.classifiers.lexicon import Lexicon
    from monitor.classifiers.lexicon.schema import Alias, Claim, ClaimPattern, Product


class Role(StrEnum):
    """How a cue turns the meaning of the good near it; `Word.id` of a cue."""

    #: right before the good: it is denied
    DENIAL_ADJACENT = "denial_adjacent"
    #: before the good: it is denied or warned of
    DENIAL = "denial"
    #: after the good: likewise
    DENIAL_AFTER = "denial_after"
    #: the title is about something written or shown
    TALK = "talk"
    #: likewise, but only as the last word
    TALK_LAST = "talk_last"
    #: after the good: what is offered instead
    HEAD = "head"
    #: after the good, farther on: what carries its name as a brand or a pattern
    OTHER_GOOD = "other_good"
    #: before the good: another good of the same word
    MODIFIER = "modifier"
    #: before the good: what is sold is for it
    PURPOSE = "purpose"
    #: a set: the good is offered too
    BUNDLE = "bundle"
    #: keeps company to a weak spelling
    COMPANY = "company"
    #: keeps company to those weak spellings that name it
    ONLY_WITH = "only_with"


@dataclass(frozen=True, slots=True)
class Spelling:
    """One spelling of a hazard; `Word.detail` of a hazard word."""

    hazard: Product
    alias: Alias
    #: Listed as an evasion, not as a name.
    disguised: bool
    #: Characters are written more than once (磁力力球).
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class ClaimWord:
    """A claim's word, or the trigger of one of its patterns; `Word.detail` of a claim word."""

    claim: Claim
    pattern: ClaimPattern | None = None
    veto: bool = False


def rule_words(lexicon: Lexicon) -> Iterator[Word]:
    """Every word of the lexicon but those of category and focus."""
    for hazard in lexicon.hazards:
        yield from _hazard_words(hazard)
    for collision in lexicon.vetoes.collisions:
        for trap in collision.traps:
            yield Word(spelled(trap), WordKind.VETO, ANY)
    for good in lexicon.vetoes.goods:
        for alias in good.spellings:
            yield Word(spelled(alias.text), WordKind.VETO, ANY)
    for context in lexicon.contexts:
        for text in context.words:
            yield Word(spelled(text), WordKind.CONTEXT, context.id)
    for claim in lexicon.claims:
        yield from _claim_words(claim)
    yield from _cue_words(lexicon)


#: `Word.id` of a veto that holds for every hazard.
ANY = "*"


def _hazard_words(hazard: Product) -> Iterator[Word]:
    seen: set[str] = set()
    evasions = set(hazard.evasions)
    for alias in hazard.spellings:
        text = spelled(alias.text)
        if text in seen:
            continue
        seen.add(text)
        yield Word(text, WordKind.HAZARD, hazard.id, Spelling(hazard, alias, alias in evasions))
        for repeated in repetitions(text):
            yield Word(
                repeated, WordKind.HAZARD, hazard.id, Spelling(hazard, alias, disguised=True, repeated=True)
            )
    for veto in hazard.vetoes:
        yield Word(spelled(veto.text), WordKind.VETO, hazard.id)


def repetitions(text: str, most: int = 3) -> Iterator[str]:
    """`text` with its inner characters written up to `most` times (磁力力球); the outer ones need no help."""
    inner = text[1:-1]
    if not 1 <= len(inner) <= 4 or text.isascii():
        return
    counts: Iterable[tuple[int, ...]] = product(range(1, most + 1), repeat=len(inner))
    if len(inner) > 2:
        counts = [(n,) * len(inner) for n in range(2, most + 1)]
    for count in counts:
        if max(count) > 1:
            yield text[0] + "".join(c * n for c, n in zip(inner, count, strict=True)) + text[-1]


def _claim_words(claim: Claim) -> Iterator[Word]:
    for text in claim.words:
        yield Word(spelled(text), WordKind.CLAIM, claim.id, ClaimWord(claim))
    for pattern in claim.patterns:
        yield Word(spelled(pattern.trigger), WordKind.CLAIM, claim.id, ClaimWord(claim, pattern))
    for text in claim.vetoes:
        yield Word(spelled(text), WordKind.VETO, claim.id)


def _cue_words(lexicon: Lexicon) -> Iterator[Word]:
    """Cues, one word for each spelling and role; the detail is the ids it holds for, None for all."""
    cues = lexicon.cues
    general: list[tuple[Role, tuple[str, ...]]] = [
        (Role.DENIAL_ADJACENT, cues.denials_adjacent),
        (Role.DENIAL, cues.denials.words),
        (Role.DENIAL_AFTER, cues.denials_after.words),
        (Role.TALK, cues.talk),
        (Role.TALK_LAST, cues.talk_last),
        (Role.HEAD, cues.heads),
        (Role.OTHER_GOOD, cues.other_goods.words),
        (Role.PURPOSE, cues.purposes),
        (Role.BUNDLE, cues.bundles),
    ]
    everywhere = {(role, spelled(text)) for role, texts in general for text in texts}
    for role, spelling in sorted(everywhere):
        yield Word(spelling, WordKind.CUE, role)
    own: dict[tuple[Role, str], set[str]] = defaultdict(set)
    for hazard in lexicon.hazards:
        with_whom = {text for alias in hazard.spellings for text in alias.only_with}
        for role, texts in (
            (Role.HEAD, hazard.heads),
            (Role.MODIFIER, hazard.modifiers),
            (Role.COMPANY, hazard.company),
            (Role.ONLY_WITH, tuple(with_whom)),
        ):
            for text in texts:
                own[role, spelled(text)].add(hazard.id)
    for (role, spelling), ids in own.items():
        if (role, spelling) not in everywhere:
            yield Word(spelling, WordKind.CUE, role, frozenset(ids))
