"""`monitor lexicon check` and `monitor lexicon show ID`: is the lexicon sound, and what does it say?"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.classifiers.category import matcher_words
from monitor.classifiers.classify import Classifier
from monitor.classifiers.lexicon import LexiconError, load_lexicon
from monitor.classifiers.lexicon.category_words import category_words
from monitor.classifiers.lexicon.schema import Strength
from monitor.classifiers.lexicon.taxonomy import load_taxonomy
from monitor.classifiers.normalise import spelled
from monitor.classifiers.offer import Doubt
from monitor.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.classifiers.lexicon import Lexicon
    from monitor.classifiers.lexicon.schema import Alias, Claim, Product


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong or doubtful in the lexicon."""

    #: An error makes the lexicon unfit; the rest is for a person to weigh.
    error: bool
    #: File and id.
    where: str
    #: What, and the mend.
    what: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry with what it refers to written out."""

    entry: Product | Claim
    #: File that it stands in.
    file: str
    #: Code → text of the legal bases.
    bases: dict[str, str]
    #: Number → title and address of the sources.
    sources: dict[str, str]


def check_lexicon(folder: Path | None = None) -> list[Problem]:
    """Every problem of the lexicon in `folder`, by default the shipped one; errors first."""
    try:
        lexicon = load_lexicon(folder)
        list(matcher_words(category_words(lexicon.folder)))
        load_taxonomy(lexicon.folder)
    except LexiconError as error:
        return [Problem(error=True, where=str(folder or "lexicon"), what=str(error))]
    problems = [*_twice(lexicon), *_contained(lexicon), *_silent(lexicon)]
    return sorted(problems, key=lambda problem: not problem.error)


def show(lexicon: Lexicon, entry_id: str) -> Shown:
    """The entry with the id `entry_id`.

    Raises:
        LexiconError: there is none; the message names near ones.

    """
    files: tuple[tuple[str, tuple[Product | Claim, ...]], ...] = (
        ("hazards.yaml", lexicon.hazards),
        ("products.yaml", lexicon.products),
        ("vetoes.yaml", lexicon.vetoes.goods),
        ("claims.yaml", lexicon.claims),
    )
    for file, entries in files:
        for entry in entries:
            if entry.id == entry_id:
                return Shown(
                    entry=entry,
                    file=file,
                    bases={code: lexicon.bases.bases[code] for code in entry.basis},
                    sources={
                        number: f"{lexicon.sources[number].title} {lexicon.sources[number].ref}"
                        for number in entry.sources
                    },
                )
    near = [e.id for _, entries in files for e in entries if entry_id in e.id or e.id in entry_id]
    hint = f"did you mean {', '.join(near)}?" if near else "`monitor lexicon check` reads them all"
    raise LexiconError(f"no entry {entry_id!r} in {lexicon.folder}: {hint}")


def _twice(lexicon: Lexicon) -> Iterator[Problem]:
    """One spelling in several hazards: allowed where a good is both, and worth a look."""
    owners: dict[str, list[str]] = defaultdict(list)
    for hazard in lexicon.hazards:
        for text in {spelled(alias.text) for alias in hazard.spellings}:
            owners[text].append(hazard.id)
    for text, ids in owners.items():
        if len(ids) > 1:
            what = f"{text} is a spelling of {', '.join(ids)}: keep it in one, unless a good is both"
            yield Problem(error=False, where="hazards.yaml", what=what)


def _contained(lexicon: Lexicon) -> Iterator[Problem]:
    """A spelling that another of the same hazard, which fires alone, contains adds a longer span only."""
    for hazard in lexicon.hazards:
        alone = [spelled(a.text) for a in hazard.spellings if a.strength is Strength.ALONE]
        for alias in hazard.spellings:
            text = spelled(alias.text)
            inner = next((a for a in alone if a != text and a in text), None)
            if inner is not None and alias.strength is Strength.COMPANY:
                what = (
                    f"{alias.text} needs company, but contains {inner}, which does not: one of them is wrong"
                )
                yield Problem(error=False, where=f"hazards.yaml, id {hazard.id}", what=what)


def _silent(lexicon: Lexicon) -> Iterator[Problem]:
    """A spelling that can never be a finding, because the lexicon's own words make it fall."""
    classifier = Classifier(lexicon)
    for hazard in lexicon.hazards:
        for alias in hazard.spellings:
            reason = _silenced(classifier, hazard, alias)
            if reason is not None:
                yield Problem(
                    error=reason is Doubt.VETO,
                    where=f"hazards.yaml, id {hazard.id}",
                    what=f"{alias.text} alone is never found ({reason}): mend it, or the word that drops it",
                )


def _silenced(classifier: Classifier, hazard: Product, alias: Alias) -> Doubt | None:
    workings = classifier.work_out(Listing(site="", url="", title=alias.text))
    own = [j for look in workings.looked for j in look.judged if j.candidate.hazard.id == hazard.id]
    if any(j.verdict is None for j in own):
        return None
    doubts = [j.verdict.doubt for j in own if j.verdict is not None and j.candidate.alias == alias]
    return next((doubt for doubt in doubts if doubt is not Doubt.ALONE), None)
