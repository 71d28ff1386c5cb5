"""A listing in, its classification out: the steps of DESIGN §6 in their order."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from monitor.classifiers.category import Weigher, matcher_words
from monitor.classifiers.claims import ClaimRules, Stated, counts
from monitor.classifiers.finding import Basis, Classification, Finding, FindingKind
from monitor.classifiers.focus import FocusProducts
from monitor.classifiers.hazards import HazardRules, Judged
from monitor.classifiers.lexicon import load_lexicon
from monitor.classifiers.lexicon.category_words import category_words
from monitor.classifiers.lexicon.schema import Strength
from monitor.classifiers.lexicon.taxonomy import load_taxonomy
from monitor.classifiers.marks import MarkRules
from monitor.classifiers.matcher import Matcher, Word, WordKind
from monitor.classifiers.normalise import HAN, Normalised, normalise
from monitor.classifiers.reasons import claim_reason, hazard_reason
from monitor.classifiers.risk import advisory, is_suspect, points, total
from monitor.classifiers.segmentation import segmenter
from monitor.classifiers.sounds import Sounds
from monitor.classifiers.words import Spelling, rule_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.classifiers.category import CategoryChoice
    from monitor.classifiers.lexicon import Lexicon
    from monitor.classifiers.matcher import Found, Hit
    from monitor.classifiers.segmentation import Cut
    from monitor.classifiers.sounds import Sounding
    from monitor.listing import Listing


class Field(NamedTuple):
    """One field of a listing, read."""

    name: str
    normalised: Normalised
    found: Found
    soundings: list[Sounding]


@dataclass(frozen=True, slots=True)
class Workings:
    """A classification and how it came about, for those who ask."""

    classification: Classification
    fields: tuple[Field, ...]
    category: CategoryChoice
    #: Every spelling of a hazard and why it stands or fell, by field.
    judged: tuple[tuple[str, Judged], ...]
    child: bool


class Classifier:
    """Classifies listings by one lexicon; immutable, and safe to share between threads."""

    def __init__(self, lexicon: Lexicon, *, threshold: float = 0.5, cut: Cut | None = None) -> None:
        """Build the automata.

        Args:
            lexicon: what is known.
            threshold: risk from which a listing is a suspect.
            cut: tokenizer for arbitration; by default the fastest that is installed.

        """
        self.lexicon = lexicon
        self.threshold = threshold
        words = list(rule_words(lexicon))
        nouns = category_words(lexicon.folder)
        self._matcher = Matcher([*words, *matcher_words(nouns)])
        tables = lexicon.normalisation
        self._sounds = Sounds(_by_sound(words), tables.near_alikes.map, tables.emoji.map)
        whole = {part: right for right, parts in tables.parts.map.items() for part in parts}
        self._whole = whole
        self._parts = re.compile("|".join(map(re.escape, sorted(whole, key=len, reverse=True))))
        self._weigher = Weigher(nouns)
        self._focus = FocusProducts.of(load_taxonomy(lexicon.folder))
        self._hazards = HazardRules(lexicon, cut or segmenter())
        self._claims = ClaimRules(lexicon)
        self._marks = MarkRules(lexicon)
        self._seven = frozenset(h.id for h in lexicon.hazards if h.group == "seed_dangerous")

    def classify(self, listing: Listing) -> Classification:
        """Say what `listing` offers; see the contract in DESIGN §6."""
        return self.work_out(listing).classification

    def work_out(self, listing: Listing) -> Workings:
        """As `classify`, with the workings."""
        fields = tuple(self._read(name, text) for name, text in _texts(listing))
        title = fields[0]
        around = [hit for field in fields[1:] for hit in field.found.category]
        choice = self._weigher.weigh(title.found.category, title.normalised.text, around)
        contexts = _contexts(fields)
        child = "audience" in contexts or "play" in contexts
        judged = [
            (field.name, reading, verdict)
            for field in fields
            for reading, verdict in self._judge(field, child=child)
        ]
        hazards = self._hazard_findings(judged, contexts)
        focus = self._focus.find(
            choice, title.normalised, ((h, self.lexicon.hazard_by_id[h.id].taxonomy or "") for h in hazards)
        )
        circumstances = contexts | {choice.category or "", *(f.id for f in focus)}
        if hazards:
            circumstances.add("hazard")
        claims = self._claim_findings(fields, circumstances, hazards)
        marks = tuple(self._marks.check(listing, choice.category, choice.subcategory))
        findings = (*hazards, *focus, *claims, *marks)
        classification = self._sum_up(choice, findings, child=child)
        return Workings(classification, fields, choice, tuple((name, j) for name, _, j in judged), child)

    def _read(self, name: str, text: str) -> Field:
        return self._looked_through(name, normalise(text))

    def _looked_through(self, name: str, normalised: Normalised) -> Field:
        return Field(
            name, normalised, self._matcher.find(normalised.text), self._sounds.find(normalised.text)
        )

    def _judge(self, field: Field, *, child: bool) -> Iterator[tuple[Normalised, Judged]]:
        title = field.name == "title"
        for reading in self._readings(field):
            if reading.found.leads or reading.soundings:
                for judged in self._hazards.judge(
                    reading.normalised, reading.found.rules, reading.soundings, title=title, child=child
                ):
                    yield reading.normalised, judged

    def _readings(self, field: Field) -> Iterator[Field]:
        """The field as it stands, and with characters put together from their parts or from emoji."""
        yield field
        composed = field.normalised.composed(self._parts, self._whole)
        if composed is not None:
            yield self._looked_through(field.name, composed)
        signs = self._sounds.signs(field.normalised.original)
        if signs is not None:
            yield self._looked_through(field.name, normalise(signs).of(field.normalised.original))

    def _hazard_findings(
        self, judged: Iterable[tuple[str, Normalised, Judged]], contexts: set[str]
    ) -> tuple[Finding, ...]:
        best: dict[str, Finding] = {}
        for name, reading, (candidate, verdict) in ((n, r, (j.candidate, j.verdict)) for n, r, j in judged):
            if verdict is not None:
                continue
            hazard = candidate.hazard
            start, end = reading.span(candidate.start, candidate.end)
            matched = reading.original[start:end]
            confidence = self._confidence(candidate.certainty(self.lexicon.risk), contexts)
            finding = Finding(
                kind=FindingKind.HAZARD,
                id=hazard.id,
                field=name,
                start=start,
                end=end,
                matched=matched,
                term=candidate.alias.text,
                evasion=candidate.evasion,
                severity=hazard.severity,
                basis=hazard.basis,
                confidence=confidence,
                reason=hazard_reason(hazard, name, matched, candidate.evasion),
            )
            known = best.get(hazard.id)
            if known is None or known.confidence < confidence:
                best[hazard.id] = finding
        return tuple(best.values())

    def _confidence(self, certainty: float, contexts: set[str]) -> float:
        risk = self.lexicon.risk
        for context in ("adult", "industry", "office", "garden", "pet"):
            if context in contexts:
                certainty *= getattr(risk, context)
        if "audience" in contexts:
            certainty *= risk.child
        return round(min(certainty, 0.99), 2)

    def _claim_findings(
        self, fields: Iterable[Field], circumstances: set[str], hazards: tuple[Finding, ...]
    ) -> tuple[Finding, ...]:
        by_id = self.lexicon.hazard_by_id
        outside = bool(hazards) and all(by_id[h.id].toy_standard == "outside" for h in hazards)
        best: dict[str, Finding] = {}
        for field in fields:
            if not field.found.leads:
                continue
            for stated in self._claims.stated(field.normalised.text, field.found.rules):
                if stated.claim.id not in best and counts(stated, circumstances):
                    best[stated.claim.id] = _claim_finding(stated, field, outside=outside)
        return tuple(best.values())

    def _sum_up(
        self, choice: CategoryChoice, findings: tuple[Finding, ...], *, child: bool
    ) -> Classification:
        if not findings:
            return Classification(
                category=choice.category,
                subcategory=choice.subcategory,
                lexicon_version=self.lexicon.version,
            )
        table = self.lexicon.risk
        terms = points(findings, table, child=child)
        solid = total(points((f for f in findings if not advisory(f)), table, child=child))
        kinds = {
            kind: tuple(f for f in findings if f.kind is kind)
            for kind in (FindingKind.HAZARD, FindingKind.FOCUS, FindingKind.CLAIM, FindingKind.MARK)
        }
        return Classification(
            category=choice.category,
            subcategory=choice.subcategory,
            hazards=kinds[FindingKind.HAZARD],
            focus=kinds[FindingKind.FOCUS],
            claims=kinds[FindingKind.CLAIM],
            marks=kinds[FindingKind.MARK],
            risk=total(terms),
            suspect=is_suspect(findings, solid, self._seven, self.threshold),
            reasons=tuple(dict.fromkeys(point.why for point in terms)),
            lexicon_version=self.lexicon.version,
        )


@cache
def default_classifier(threshold: float = 0.5) -> Classifier:
    """The classifier over the shipped lexicon; built once for each threshold."""
    return Classifier(load_lexicon(), threshold=threshold)


def _texts(listing: Listing) -> Iterator[tuple[str, str]]:
    """The fields that findings may stand in, the title first."""
    yield "title", listing.title
    if listing.description:
        yield "description", listing.description
    if listing.seller is not None and listing.seller.name:
        yield "shop", listing.seller.name
    for key, value in listing.attributes.items():
        yield f"attributes.{key}", value
    if listing.breadcrumb:
        yield "breadcrumb", " ".join(listing.breadcrumb)


def _contexts(fields: Iterable[Field]) -> set[str]:
    """Ids of the contexts that any field speaks of; a word inside a claim (非儿童玩具) says nothing."""
    contexts = set()
    for field in fields:
        claims = [hit for hit in field.found.rules if hit.word.kind is WordKind.CLAIM]
        for hit in field.found.category:
            if hit.word.kind is WordKind.CONTEXT and not any(_inside(hit, claim) for claim in claims):
                contexts.add(hit.word.id)
    return contexts


def _inside(hit: Hit, other: Hit) -> bool:
    return other.start <= hit.start and hit.end <= other.end


def _claim_finding(stated: Stated, field: Field, *, outside: bool) -> Finding:
    """`outside`: what is offered lies outside the toy standard, so the claim cannot rest on it either."""
    claim = stated.claim
    start, end = field.normalised.span(stated.start, stated.end)
    matched = field.normalised.original[start:end]
    basis = tuple(b for b in claim.basis if not (outside and b is Basis.PQ49))
    return Finding(
        kind=FindingKind.CLAIM,
        id=claim.id,
        field=field.name,
        start=start,
        end=end,
        matched=matched,
        term=stated.term,
        severity=claim.severity,
        basis=basis,
        confidence=0.9,
        reason=claim_reason(claim, field.name, matched),
    )


_NAME = re.compile(f"[{HAN}]{{2,8}}")


def _by_sound(words: Iterable[Word]) -> list[Word]:
    """Names that are also looked for by sound: those that fire alone and are no disguise themselves."""
    chosen = []
    for word in words:
        spelling = word.detail
        if not isinstance(spelling, Spelling) or spelling.disguised:
            continue
        if spelling.alias.strength is Strength.ALONE and _NAME.fullmatch(word.spelling):
            chosen.append(word)
    return chosen
