"""A listing in, its classification out: the steps of DESIGN §6 in their order."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from monitor.classifiers.category import NOTHING, Weigher, matcher_words
from monitor.classifiers.claims import ClaimRules, counts
from monitor.classifiers.finding import Classification, Finding, FindingKind
from monitor.classifiers.findings import claim_finding, hazard_finding, strongest
from monitor.classifiers.focus import FocusProducts
from monitor.classifiers.hazards import HazardRules, Judged
from monitor.classifiers.intervals import Intervals
from monitor.classifiers.lexicon import load_lexicon
from monitor.classifiers.lexicon.category_words import CATEGORIES, category_words
from monitor.classifiers.lexicon.taxonomy import load_taxonomy
from monitor.classifiers.marks import MarkRules
from monitor.classifiers.matcher import WordKind
from monitor.classifiers.normalise import placed
from monitor.classifiers.offer import Doubt
from monitor.classifiers.reading import Reader, Reading, gives_cause, may_lead
from monitor.classifiers.risk import advisory, is_suspect, points, total
from monitor.classifiers.segmentation import segmenter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.classifiers.category import CategoryChoice
    from monitor.classifiers.lexicon import Lexicon
    from monitor.classifiers.matcher import Hit
    from monitor.classifiers.reading import Glance
    from monitor.classifiers.risk import Point
    from monitor.classifiers.segmentation import Cut
    from monitor.listing import Listing


@dataclass(frozen=True, slots=True)
class Looked:
    """One reading of a field, with the words the rules read and what became of each candidate."""

    reading: Reading
    hits: list[Hit]
    judged: list[Judged]


@dataclass(frozen=True, slots=True)
class Workings:
    """A classification and how it came about, for those who ask."""

    classification: Classification
    category: CategoryChoice
    #: Readings in which there was anything for the hazard and claim rules to do.
    looked: tuple[Looked, ...]
    #: The terms of the risk, largest first.
    terms: tuple[Point, ...]


class _Field(NamedTuple):
    """One field of a listing, read every way."""

    reading: Reading
    #: words of the category rules
    words: list[Hit]
    otherwise: tuple[Reading, ...]

    @property
    def leads(self) -> bool:
        """Whether there is anything for the hazard and claim rules to do, however it is read."""
        return self.reading.leads or any(reading.leads for reading in self.otherwise)


class Classifier:
    """Classifies listings by one lexicon; immutable, and safe to share between threads."""

    def __init__(self, lexicon: Lexicon, *, threshold: float = 0.5, cut: Cut | None = None) -> None:
        """Build the rules.

        Args:
            lexicon: what is known.
            threshold: risk from which a listing is a suspect.
            cut: tokenizer for arbitration; by default the fastest that is installed.

        """
        self.lexicon = lexicon
        self.threshold = threshold
        nouns = category_words(lexicon.folder)
        self._reader = Reader(lexicon, matcher_words(nouns))
        self._weigher = Weigher(nouns)
        taxonomy = load_taxonomy(lexicon.folder)
        self._focus = FocusProducts.of(taxonomy)
        self._hazards = HazardRules(lexicon, cut or segmenter())
        self._claims = ClaimRules(lexicon)
        self._marks = MarkRules(lexicon, taxonomy)
        #: most titles give no finding: one frozen object for each category serves them all
        self._nothing = cache(partial(_nothing, lexicon.version, threshold))
        #: a row of a list names its shop, and one shop has many listings
        self._shop = lru_cache(_SHOPS)(partial(self._read, "shop"))

    def classify(self, listing: Listing) -> Classification:
        """Say what `listing` offers; see the contract in DESIGN §6."""
        glance = self._reader.glance(listing.title)
        quick = self._by_category(listing, glance)
        return self._work_out(listing, glance).classification if quick is None else quick

    def classify_all(self, listings: Iterable[Listing]) -> Iterator[Classification]:
        """As `classify`, for many listings, in order: faster where most are no more than titles and shops."""
        for chunk in _chunks(listings):
            # step by step, not title by title: what a step needs then stays in the processor's cache
            glances = self._reader.glances([listing.title for listing in chunk])
            said = list(map(self._by_category, chunk, glances))
            for listing, glance, quick in zip(chunk, glances, said, strict=True):
                yield quick or self._work_out(listing, glance).classification

    def _by_category(self, listing: Listing, glance: Glance) -> Classification | None:
        """Classify a title and a shop that give the hazard and claim rules nothing to do.

        Returns:
            None where there is more to it.

        """
        if gives_cause(glance) or listing.description or listing.attributes or listing.breadcrumb:
            return None
        around: list[Hit] = []
        if listing.seller is not None and listing.seller.name:
            shop = self._shop(listing.seller.name)
            if shop.leads:
                return None
            around = shop.words
        text, signals, _, _ = glance
        choice = NOTHING
        if around or may_lead(signals, text):
            choice = self._weigher.weigh(self._reader.category_words(text), text, around)
        focus = self._focus.find(choice, placed(listing.title, text)) if choice.category is not None else ()
        marks = self._marks.check(listing, choice.category, choice.subcategory) if listing.looked_for else ()
        if not focus and not marks:
            return self._nothing(choice.category, choice.subcategory)
        return self._sum_up(choice, (*focus, *marks), looked=(), child=False).classification

    def work_out(self, listing: Listing) -> Workings:
        """As `classify`, with the workings."""
        return self._work_out(listing, self._reader.glance(listing.title))

    def _work_out(self, listing: Listing, glance: Glance) -> Workings:
        """As `work_out`; `glance` is the title's."""
        title = self._read("title", listing.title, glance)
        fields = [title, *self._other_fields(listing)]
        around = list(chain.from_iterable(field.words for field in fields[1:]))
        choice = self._weigher.weigh(title.words, title.reading.normalised.text, around)
        if any(field.leads for field in fields):
            everywhere = [field.reading for field in fields]
            everywhere += chain.from_iterable(field.otherwise for field in fields)
            return self._with_rules(listing, everywhere, choice)
        focus = self._focus.find(choice, title.reading.normalised)
        marks = self._marks.check(listing, choice.category, choice.subcategory)
        return self._sum_up(choice, (*focus, *marks), looked=(), child=False)

    def _other_fields(self, listing: Listing) -> Iterator[_Field]:
        """The fields besides the title that findings may stand in."""
        if listing.description:
            yield self._read("description", listing.description)
        if listing.seller is not None and listing.seller.name:
            yield self._shop(listing.seller.name)
        for key, value in listing.attributes.items():
            yield self._read(f"attributes.{key}", value)
        if listing.breadcrumb:
            yield self._read("breadcrumb", " ".join(listing.breadcrumb))

    def _read(self, name: str, text: str, glance: Glance | None = None) -> _Field:
        """Read a field; `glance`, if it was glanced at before."""
        reading = self._reader.read(name, text, glance)
        words = self._reader.category_words(reading.normalised.text)
        return _Field(reading, words, tuple(self._reader.otherwise(reading)))

    def _with_rules(self, listing: Listing, readings: Sequence[Reading], choice: CategoryChoice) -> Workings:
        """The whole way, for a listing that gives hazard or claim rules something to do."""
        hits = [self._reader.hits(reading) for reading in readings]
        contexts = _contexts(hits)
        child = not contexts.isdisjoint(_CHILD)
        looked = tuple(
            Looked(reading, found, self._hazards.judge(reading, found, child=child))
            for reading, found in zip(readings, hits, strict=True)
            if reading.leads
        )
        hazards = self._hazard_findings(looked, contexts)
        by_id = self.lexicon.hazard_by_id
        choice = self._category_of_hazards(hazards, choice)
        named = [(h, by_id[h.id].taxonomy or "") for h in hazards if by_id[h.id].is_childs]
        focus = self._focus.find(choice, readings[0].normalised, named)
        circumstances = contexts | {choice.category or "", *(f.id for f in focus)}
        if hazards:
            circumstances.add("hazard")
        outside = bool(hazards) and all(by_id[h.id].toy_standard == "outside" for h in hazards)
        claims = strongest(
            claim_finding(stated, look.reading, outside=outside)
            for look in looked
            for stated in self._claims.stated(look.reading.normalised.text, look.hits)
            if counts(stated, circumstances)
        )
        marks = self._marks.check(listing, choice.category, choice.subcategory)
        dangerous = any(not by_id[hazard.id].for_children for hazard in hazards)
        return self._sum_up(
            choice, (*hazards, *focus, *claims, *marks), looked=looked, child=child and dangerous
        )

    def _category_of_hazards(self, hazards: Sequence[Finding], choice: CategoryChoice) -> CategoryChoice:
        """What is offered says where it belongs, the more so in disguise: the category words cannot know.

        One of the seven decides; another hazard does where the category words found nothing.
        """
        for finding in sorted(hazards, key=lambda finding: finding.id not in self.lexicon.seven):
            hazard = self.lexicon.hazard_by_id[finding.id]
            category = (hazard.taxonomy or "").partition(".")[0]
            decides = finding.id in self.lexicon.seven or (choice.category is None and hazard.is_childs)
            if decides and category in CATEGORIES and category != choice.category:
                return replace(choice, category=category, subcategory=hazard.taxonomy)
        return choice

    def _hazard_findings(self, looked: Iterable[Looked], contexts: set[str]) -> tuple[Finding, ...]:
        """A candidate stands that fell in no other reading of the same words."""
        fallen = {
            _place(look, judged)
            for look in looked
            for judged in look.judged
            if judged.verdict is not None and judged.verdict.doubt is not Doubt.ALONE
        }
        return strongest(
            hazard_finding(judged.candidate, look.reading, contexts, self.lexicon.risk)
            for look in looked
            for judged in look.judged
            if judged.verdict is None and not (fallen and _place(look, judged) in fallen)
        )

    def _sum_up(
        self,
        choice: CategoryChoice,
        findings: tuple[Finding, ...],
        *,
        looked: tuple[Looked, ...],
        child: bool,
    ) -> Workings:
        if not findings:
            return Workings(self._nothing(choice.category, choice.subcategory), choice, looked, ())
        terms = tuple(points(findings, self.lexicon.risk, self.lexicon.seven, child=child))
        solid = [finding for finding in findings if not advisory(finding)]
        without_advice = total(
            terms
            if len(solid) == len(findings)
            else points(solid, self.lexicon.risk, self.lexicon.seven, child=child)
        )
        classification = Classification(
            category=choice.category,
            subcategory=choice.subcategory,
            hazards=_of(FindingKind.HAZARD, findings),
            focus=_of(FindingKind.FOCUS, findings),
            claims=_of(FindingKind.CLAIM, findings),
            marks=_of(FindingKind.MARK, findings),
            risk=total(terms),
            suspect=is_suspect(solid, without_advice, self.lexicon.seven, self.threshold),
            threshold=self.threshold,
            reasons=tuple(dict.fromkeys(point.why for point in terms)),
            lexicon_version=self.lexicon.version,
        )
        return Workings(classification, choice, looked, terms)


#: Titles that are looked at together, and characters from which fewer are.
_CHUNK, _CHUNK_LENGTH = 256, 100_000
#: Shops whose names are remembered as read.
_SHOPS = 4_096
#: Contexts that speak of children.
_CHILD = frozenset({"audience", "play"})


def _chunks(listings: Iterable[Listing]) -> Iterator[list[Listing]]:
    """Cut `listings` into what is looked at together: many titles, or few long ones."""
    chunk: list[Listing] = []
    length = 0
    for listing in listings:
        chunk.append(listing)
        length += len(listing.title)
        if len(chunk) == _CHUNK or length > _CHUNK_LENGTH:
            yield chunk
            chunk, length = [], 0
    if chunk:
        yield chunk


def _nothing(version: str, threshold: float, category: str | None, subcategory: str | None) -> Classification:
    return Classification(
        category=category, subcategory=subcategory, threshold=threshold, lexicon_version=version
    )


@cache
def default_classifier(threshold: float = 0.5) -> Classifier:
    """The classifier over the shipped lexicon; built once for each threshold."""
    with _uncollected():
        return Classifier(load_lexicon(), threshold=threshold)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Make many objects that all stay, without looking again and again for some that may go."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _contexts(everywhere: Iterable[Sequence[Hit]]) -> set[str]:
    """Ids of the contexts that any field speaks of; a word inside a claim (非儿童玩具) says nothing."""
    contexts = set()
    for hits in everywhere:
        claims = [(hit.start, hit.end, None) for hit in hits if hit.word.kind is WordKind.CLAIM]
        claimed = Intervals(claims) if claims else None
        for word, start, end in hits:
            if word.kind is WordKind.CONTEXT and not (claimed and claimed.contains(start, end)):
                contexts.add(word.id)
    return contexts


def _place(look: Looked, judged: Judged) -> tuple[str, str, tuple[int, int]]:
    """Which words of the original are read as which hazard."""
    candidate = judged.candidate
    return look.reading.field, candidate.hazard.id, look.reading.normalised.span(*candidate.place)


def _of(kind: FindingKind, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(finding for finding in findings if finding.kind is kind)
