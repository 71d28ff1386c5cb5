"""A field of a listing, read: normalised, looked through once for all words, and once by sound and look."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from monitor.classifiers.category_title import SHORT
from monitor.classifiers.intervals import Intervals
from monitor.classifiers.lexicon import SEVEN_GROUP
from monitor.classifiers.lexicon.category_terms import (
    LEADS,
    LEADS_IF_BRIEF,
    LEADS_IF_SHORT,
    LEADS_WITH_CHILD,
    SAYS_CHILD,
)
from monitor.classifiers.lexicon.schema import Strength
from monitor.classifiers.matcher import OWN, PARTS, RULES, Hit, Matcher, Word, WordKind
from monitor.classifiers.normalise import HAN, Normalised, normalise, placed, spelled
from monitor.classifiers.sounds import Sounds
from monitor.classifiers.words import Role, Spelling, rule_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.classifiers.lexicon import Lexicon
    from monitor.classifiers.sounds import Sounding


#: A text, normalised; the signals of its words; what it sounds like; whether it holds emoji, which may stand
#: for characters. A bare tuple: there is one for every title.
Glance: TypeAlias = "tuple[str, int, list[Sounding], bool]"


class Reading(NamedTuple):
    """One way to read one field."""

    #: ``title``, ``description``, ``shop``, ``breadcrumb`` or ``attributes.<key>``.
    field: str
    normalised: Normalised
    #: What the words in it signal (`Matcher.find`).
    signals: int
    soundings: list[Sounding]
    #: Whether it holds emoji that may stand for characters.
    signs: bool

    @property
    def leads(self) -> bool:
        """Whether there is anything for the hazard and claim rules to do."""
        return bool(self.signals & RULES or self.soundings)


class Reader:
    """Reads fields, by the words of the lexicon and of the category rules."""

    def __init__(self, lexicon: Lexicon, category_words: Iterable[Word]) -> None:
        """Build the automata."""
        words = list(rule_words(lexicon))
        tables = lexicon.normalisation
        parts = [
            Word(part, WordKind.PARTS, right) for right, all_ in tables.parts.map.items() for part in all_
        ]
        self._matcher = Matcher([*words, *category_words, *parts])
        alikes = {right: spelled(alike) for right, alike in tables.near_alikes.map.items()}
        self._sounds = Sounds(_names(words), alikes, tables.emoji.map, strangers=_bold)
        self._cues = Sounds(_cues(words), alikes)
        self._whole = {part: right for right, parts in tables.parts.map.items() for part in parts}
        longest_first = sorted(self._whole, key=len, reverse=True)
        self._parts = re.compile("|".join(map(re.escape, longest_first)))

    def glance(self, original: str) -> Glance:
        """What there is in `original`, before anybody asks where."""
        text = spelled(original)
        return text, self._matcher.find(text), self._sounds.find(text), self._sounds.has_signs(original)

    def glances(self, originals: Sequence[str]) -> list[Glance]:
        """As `glance`, for many texts in fewer passes."""
        texts = list(map(spelled, originals))
        signs = map(self._sounds.has_signs, originals)
        parts = texts, self._matcher.find_each(texts), self._sounds.find_each(texts), signs
        return list(zip(*parts, strict=True))

    def read(self, field: str, text: str, glance: Glance | None = None) -> Reading:
        """Read `text` as it stands; `glance`, if it was glanced at before."""
        plain, signals, soundings, signs = glance or self.glance(text)
        return Reading(field, placed(text, plain), signals, soundings, signs)

    def category_words(self, text: str) -> list[Hit]:
        """The longest words of the category rules in `text` (normalised), as they stand."""
        return self._matcher.category(text)

    def otherwise(self, reading: Reading) -> Iterator[Reading]:
        """The other ways to read the same field: parts put together, emoji read as characters."""
        normalised = reading.normalised
        if reading.signals & PARTS:
            yield self._look_through(reading.field, normalised.composed(self._parts, self._whole))
        if reading.signs:
            read = self._sounds.without_signs(normalised.original)
            yield self._look_through(reading.field, normalise(read).of(normalised.original))

    def hits(self, reading: Reading) -> list[Hit]:
        """The words of the rules in `reading`, cues in disguise included where there is a name for them."""
        text, soundings = reading.normalised.text, reading.soundings
        hits = self._matcher.rules(text)
        spelt = [(hit.start, hit.end, None) for hit in hits if hit.word.kind is WordKind.HAZARD]
        if spelt or soundings:
            named = Intervals(chain(spelt, ((heard.start, heard.end, None) for heard in soundings)))
            for cue in self._cues.find(text):
                # what covers no more than a name is only another guess at the same sound
                if not named.contains(cue.start, cue.end):
                    hits.append(Hit(cue.word, cue.start, cue.end))
        return hits

    def _look_through(self, field: str, normalised: Normalised) -> Reading:
        text = normalised.text
        signals, soundings = self._matcher.find(text), self._sounds.find(text)
        return Reading(field, normalised, signals, soundings, self._sounds.has_signs(normalised.original))


def sounding_names(words: Iterable[Word]) -> Iterator[Word]:
    """Those of `words` that are also looked for by sound: names of hazards, and cues."""
    words = list(words)
    return chain(_names(words), _cues(words))


def gives_cause(glance: Glance) -> bool:
    """Say whether there may be anything for the hazard and claim rules to do, however it is read."""
    _, signals, soundings, signs = glance
    return bool(signals & (RULES | PARTS) or soundings or signs)


def may_lead(signals: int, text: str) -> bool:
    """Say whether category words that give `signals` in `text` may lead to a category at all."""
    leads = signals // OWN
    if leads & LEADS or (leads & LEADS_WITH_CHILD and leads & SAYS_CHILD):
        return True
    return bool(leads & (LEADS_IF_BRIEF | LEADS_IF_SHORT)) and len(text) <= SHORT


_NAME = re.compile(f"[{HAN}]{{2,8}}")
#: Strength of a name from which its sound alone says enough, and fewest characters of a weaker one.
_WEAK_LENGTH = 3
#: Cues that are also met in disguise.
_ROLES = frozenset({Role.HEAD, Role.MODIFIER, Role.DENIAL})


def _names(words: Iterable[Word]) -> list[Word]:
    """Names that are also looked for by sound: no disguises themselves, and not where the lexicon says no."""
    chosen = []
    for word in words:
        spelling = word.detail
        if not isinstance(spelling, Spelling) or spelling.disguised or not spelling.alias.by_sound:
            continue
        long = spelling.alias.strength is Strength.ALONE or len(word.spelling) >= _WEAK_LENGTH
        if long and _NAME.fullmatch(word.spelling):
            chosen.append(word)
    return chosen


def _bold(word: Word) -> bool:
    """Names that are worth a guess: those of the campaign's seven."""
    return isinstance(word.detail, Spelling) and word.detail.hazard.group == SEVEN_GROUP


def _cues(words: Iterable[Word]) -> list[Word]:
    return [
        word
        for word in words
        if (word.kind is WordKind.VETO or (word.kind is WordKind.CUE and word.id in _ROLES))
        and _NAME.fullmatch(word.spelling)
    ]
