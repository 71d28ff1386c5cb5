"""附件2: a row a county, the configured columns, those by kind of goods side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from monitor.exporters.statistics.statistics_frames import OTHER_KIND
from monitor.exporters.statistics.statistics_terms import statistics_terms
from monitor.leads.jurisdiction.districts import districts
from monitor.leads.sampling.results import Outcome
from monitor.storage.lead_status import LeadResult
from monitor.storage.reviews import Decision

if TYPE_CHECKING:
    from monitor.exporters.statistics.statistics_frames import Frames
    from monitor.exporters.statistics.statistics_terms import FormColumn, Measure

#: Last row, and last column of those that are split.
TOTAL = "合计"
DISTRICT = "县（市、区）"


def form_table(tables: Frames) -> pd.DataFrame:
    """Fill in the form; None stands for what was not collected. Headings are (column, kind or empty)."""
    form = statistics_terms().form
    kinds = [kind.title for kind in form.kinds]
    rows = [*districts(), TOTAL]
    counts = measured(tables)
    table: dict[tuple[str, str], list[object]] = {(DISTRICT, ""): list(rows)}
    for column in form.columns:
        counted = None if column.measure is None else counts[column.measure]
        for kind in [*kinds, OTHER_KIND, TOTAL] if column.split else [""]:
            table[(column.title, kind)] = _values(counted, rows, kind)
    return pd.DataFrame(table, dtype=object)


def measured(tables: Frames) -> dict[Measure, pd.DataFrame | None]:
    """Give the rows (with district and kind) that each measure counts; None if nobody collected them."""
    goods, led, samples = tables.goods, tables.leads, tables.samples
    decision = goods["decision"]
    reviewed, answered = bool(decision.notna().any()), bool(led["answered"].any())
    tested = samples[samples["outcome"].isin([Outcome.PASSED.value, Outcome.FAILED.value])]
    counted: dict[Measure, tuple[bool, pd.DataFrame]] = {
        "listings": (True, goods),
        "suspects": (True, goods[goods["suspect"]]),
        "reviewed": (reviewed, goods[decision.notna()]),
        "confirmed": (reviewed, goods[decision == Decision.CONFIRMED.value]),
        "rejected": (reviewed, goods[decision == Decision.REJECTED.value]),
        "leads": (True, led[led["referral"].astype(bool)]),
        "sent": (True, led[led["sent"].astype(bool) & led["referral"].astype(bool)]),
        "answered": (answered, led[led["answered"].astype(bool)]),
        "true": (answered, led[led["result"] == LeadResult.TRUE.value]),
        "off_shelf": (answered, led[led["result"] == LeadResult.OFF_SHELF.value]),
        "cases": (answered, led[led["result"] == LeadResult.CASE_FILED.value]),
        "tested": (len(tested) > 0, tested),
        "failed": (len(tested) > 0, tested[tested["outcome"] == Outcome.FAILED.value]),
    }
    return {measure: rows if known else None for measure, (known, rows) in counted.items()}


def form_sources() -> list[tuple[str, str]]:
    """Say of every column what it rests on."""
    return [(column.title, _source(column)) for column in statistics_terms().form.columns]


def _source(column: FormColumn) -> str:
    return column.source if column.measure is not None else f"{column.source}；本系统不采集，由业务科填写"


def _values(counted: pd.DataFrame | None, rows: list[str], kind: str) -> list[object]:
    if counted is None:
        return [None] * len(rows)
    wanted = counted if kind in {"", TOTAL} else counted[counted["kind"] == kind]
    numbers = wanted["district"].value_counts()
    return [*(int(numbers.get(row, 0)) for row in rows[:-1]), len(wanted)]
