"""Chinese words of the report of a run (`report_labels.yaml`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from monitor.storage.tables import UnitKind, UnitStatus


class ReportLabels(BaseModel):
    """report_labels.yaml: one word for every code."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kinds: dict[UnitKind, str]
    ends: dict[UnitStatus, str]
    left_out: str
    cut: str
    resting: str
    unknown_category: str
    unknown_hazard: str
    unknown_place: str


@cache
def report_labels() -> ReportLabels:
    """The words that are shipped."""
    text = Path(__file__).with_name("report_labels.yaml").read_text(encoding="utf-8")
    return ReportLabels.model_validate(yaml.safe_load(text))
