"""The whole lexicon, read and checked."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from monitor.classifiers.lexicon import schema
from monitor.classifiers.lexicon.source import LexiconError, read
from monitor.classifiers.lexicon.tables import Normalisation

#: The lexicon that is shipped.
SHIPPED = Path(__file__).parent
#: Group of the campaign's seven dangerous toys in hazards.yaml.
SEVEN_GROUP = "seed_dangerous"


@dataclass(frozen=True)
class Lexicon:
    """Everything the rules know, as one frozen object."""

    #: Folder it was read from.
    folder: Path
    #: First 12 hex digits of a hash over all its YAML files: the same text, the same version.
    version: str
    hazards: tuple[schema.Product, ...]
    products: tuple[schema.Product, ...]
    vetoes: schema.Vetoes
    claims: tuple[schema.Claim, ...]
    contexts: tuple[schema.Context, ...]
    cues: schema.Cues
    bases: schema.Bases
    sources: dict[str, schema.Source]
    standards: tuple[schema.Standard, ...]
    marks: schema.Marks
    risk: schema.Risk
    normalisation: Normalisation

    @cached_property
    def hazard_by_id(self) -> dict[str, schema.Product]:
        """Hazards by their id."""
        return {hazard.id: hazard for hazard in self.hazards}

    @cached_property
    def seven(self) -> tuple[str, ...]:
        """Ids of the campaign's seven dangerous toys."""
        return tuple(hazard.id for hazard in self.hazards if hazard.group == SEVEN_GROUP)


def load_lexicon(folder: Path | None = None) -> Lexicon:
    """Read every file of `folder`, by default the shipped lexicon.

    Raises:
        LexiconError: a file is missing or wrong; the message names file, line and key, and the mend.

    """
    folder = folder or SHIPPED
    lexicon = Lexicon(
        folder=folder,
        version=_version(folder),
        hazards=read(folder / "hazards.yaml", schema.Hazards).hazards,
        products=read(folder / "products.yaml", schema.Products).products,
        vetoes=read(folder / "vetoes.yaml", schema.Vetoes),
        claims=read(folder / "claims.yaml", schema.Claims).claims,
        contexts=read(folder / "contexts.yaml", schema.Contexts).contexts,
        cues=read(folder / "cues.yaml", schema.Cues),
        bases=read(folder / "basis.yaml", schema.Bases),
        sources=read(folder / "sources.yaml", schema.Sources).sources,
        standards=read(folder / "standards.yaml", schema.Standards).standards,
        marks=read(folder / "marks.yaml", schema.Marks),
        risk=read(folder / "risk.yaml", schema.Risk),
        normalisation=read(folder / "normalisation.yaml", Normalisation),
    )
    _check_references(lexicon)
    return lexicon


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _check_references(lexicon: Lexicon) -> None:
    """Every id once, every source known."""
    seen: dict[str, str] = {}
    for name, entries in (
        ("hazards.yaml", lexicon.hazards),
        ("products.yaml", lexicon.products),
        ("vetoes.yaml", lexicon.vetoes.goods),
        ("claims.yaml", lexicon.claims),
    ):
        path = lexicon.folder / name
        for entry in entries:
            if entry.id in seen:
                raise LexiconError(f"{path}, id {entry.id}: stands already in {seen[entry.id]}: rename one")
            seen[entry.id] = name
            for source in entry.sources:
                if source not in lexicon.sources:
                    raise LexiconError(
                        f"{path}, id {entry.id}, key sources: {source} is not in sources.yaml: mend one"
                    )
