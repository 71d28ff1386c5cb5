"""Key products of the campaign that a listing offers, to be sampled (质量抽查).

Which sub-categories make a key product stands in `lexicon/taxonomy.yaml`. A product counts where its noun is
offered: not where it only qualifies another (奶嘴海葵), is a pattern, or is thrown in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers.finding import Finding, FindingKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.classifiers.category import CategoryChoice
    from monitor.classifiers.lexicon.taxonomy import Focus, FocusRule, Taxonomy
    from monitor.classifiers.normalise import Normalised


@dataclass(frozen=True, slots=True)
class FocusProducts:
    """Finds the key products of `taxonomy`."""

    taxonomy: Taxonomy
    _rules: Mapping[str, tuple[tuple[Focus, FocusRule], ...]]

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> FocusProducts:
        """Index the rules by sub-category."""
        rules: dict[str, list[tuple[Focus, FocusRule]]] = defaultdict(list)
        for focus in taxonomy.focus:
            for rule in focus.rules:
                rules[rule.taxonomy].append((focus, rule))
        return cls(taxonomy, {name: tuple(found) for name, found in rules.items()})

    def find(
        self,
        choice: CategoryChoice,
        title: Normalised,
        hazards: Iterable[tuple[Finding, str]] = (),
    ) -> tuple[Finding, ...]:
        """One finding for each key product that the title offers.

        Args:
            choice: the category of the title, with its words.
            title: the title, normalised.
            hazards: hazards that were found, each with its sub-category; a magnet ball in disguise is a
                magnetic toy too.

        """
        found: dict[str, Finding] = {}
        hazards = tuple(hazards)
        if choice.category is not None:
            offered = [word for word in choice.words if word.offered and word.subcategory is not None]
            told = bool(hazards) or not all(word.general for word in offered)
            for word in offered:
                if word.subcategory is None or (word.general and told):
                    continue
                for focus, rule in self._rules.get(word.subcategory, ()):
                    if focus.id not in found and _covers(rule, title.text):
                        start, end = title.span(word.start, word.end)
                        found[focus.id] = self._finding(
                            focus, "title", start, end, title.original[start:end], word.spelling, word.weight
                        )
        for hazard, subcategory in hazards:
            for focus, _ in self._rules.get(subcategory, ()):
                if focus.id not in found:
                    found[focus.id] = self._finding(
                        focus, hazard.field, hazard.start, hazard.end, hazard.matched, hazard.term,
                        hazard.confidence,
                    )  # fmt: skip
        return tuple(found.values())

    def _finding(
        self, focus: Focus, field: str, start: int, end: int, matched: str, term: str, confidence: float
    ) -> Finding:
        return Finding(
            kind=FindingKind.FOCUS,
            id=focus.id,
            field=field,
            start=start,
            end=end,
            matched=matched,
            term=term,
            severity=self.taxonomy.focus_severity,
            basis=self.taxonomy.focus_basis,
            confidence=min(confidence, _CERTAIN),
            reason=f"属重点抽查产品“{focus.name}”:标题含“{matched}”",
        )


#: No rule is surer than this that a thing is really offered.
_CERTAIN = 0.95


def _covers(rule: FocusRule, text: str) -> bool:
    """Say whether the text fits a rule that covers its sub-category only in part."""
    if rule.words and not any(word in text for word in rule.words):
        return False
    return not any(word in text for word in rule.but_not)
