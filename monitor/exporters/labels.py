"""Chinese words for the codes of findings and listings (`labels.yaml`, and the lexicon for hazards)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from pydantic import BaseModel, ConfigDict

from monitor.classifiers import Basis, Evasion, FindingKind, Severity
from monitor.classifiers.lexicon import load_lexicon
from monitor.extraction.attributes import unified_keys

if TYPE_CHECKING:
    from monitor.classifiers import Finding
    from monitor.classifiers.lexicon import Lexicon

_ATTRIBUTES = "attributes."


class Ground(BaseModel):
    """What the summary of a legal basis rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    confidence: str


class Labels(BaseModel):
    """labels.yaml: one word for every code; a code without one is an error of the product."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    categories: dict[str, str]
    focus: dict[str, str]
    severity: dict[Severity, str]
    evasion: dict[Evasion, str]
    fields: dict[str, str]
    bases: dict[Basis, Ground]
    #: kind of list → its name
    watchlists: dict[str, str]

    def field(self, name: str) -> str:
        """Say where in the listing: ``title`` → 标题, ``attributes.材质`` → 参数“材质”."""
        if name.startswith(_ATTRIBUTES):
            key = name.removeprefix(_ATTRIBUTES)
            return f"参数“{_attribute_titles().get(key, key)}”"
        return self.fields.get(name, name)


@cache
def _attribute_titles() -> dict[str, str]:
    return {entry.key: entry.title for entry in unified_keys()}


@cache
def labels() -> Labels:
    """The words that are shipped."""
    text = Path(__file__).with_name("labels.yaml").read_text(encoding="utf-8")
    return Labels.model_validate(yaml.safe_load(text))


@cache
def hazard_names() -> dict[str, str]:
    """Hazard id → its Chinese name in the lexicon that is shipped."""
    return {hazard.id: hazard.term for hazard in lexicon().hazards}


@cache
def lexicon() -> Lexicon:
    """The lexicon that is shipped, read once."""
    return load_lexicon()


def named(finding: Finding) -> str:
    """Name the hazard, focus product or list that a finding is about; one that is not known, by its words."""
    if finding.kind is FindingKind.WATCHLIST:
        return labels().watchlists.get(finding.id, finding.id)
    names = labels().focus if finding.kind is FindingKind.FOCUS else hazard_names()
    return names.get(finding.id, finding.term)
