"""Chinese words of verdicts, units and severities (`words.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from monitor.classifiers import Severity
from monitor.storage.tables import HealthVerdict, UnitKind


class HealthWords(BaseModel):
    """words.yaml: one word for every code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdicts: dict[HealthVerdict, str]
    kinds: dict[UnitKind, str]
    severities: dict[Severity, str]


@cache
def health_words() -> HealthWords:
    """The words that are shipped."""
    text = Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")
    return HealthWords.model_validate(yaml.safe_load(text))
