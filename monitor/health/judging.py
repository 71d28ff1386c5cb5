"""Judging the units of a run when it is over, or has got so far."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from monitor.health.verdicts import Judgement, Peers, is_unread, judge, markers, statuses
from monitor.storage.engine import reading, writing
from monitor.storage.health import LISTS, fill_rates, save_health, unit_facts, usual_lists, usual_pages

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from monitor.storage import Connection, Engine
    from monitor.storage.health import UnitFacts, Usual
    from monitor.storage.tables import HealthVerdict, UnitKind


def judge_run(engine: Engine, run_id: int, now: datetime) -> Counter[HealthVerdict]:
    """Judge every unit of a run that was begun and has ended, and keep the verdicts; return how many of each.

    Units that a budget left out were not looked at and have no verdict.
    """
    with reading(engine) as connection:
        judged = _judged(connection, run_id)
    if judged:
        with writing(engine) as connection:
            save_health(connection, [_row(unit, said, now) for unit, said in judged])
    return Counter(said.verdict for _, said in judged)


def _judged(connection: Connection, run_id: int) -> list[tuple[UnitFacts, Judgement]]:
    units = unit_facts(connection, run_id)
    lists, singles = usual_lists(connection, run_id), usual_pages(connection, run_id)
    peers = _peers(units)

    def usual(unit: UnitFacts) -> Usual | None:
        if unit.kind in LISTS:
            return lists.get((unit.site, unit.kind, unit.key))
        return singles.get((unit.site, unit.kind))

    return [(unit, judge(unit, usual(unit), peers.get((unit.site, unit.kind)))) for unit in units]


def _peers(units: Iterable[UnitFacts]) -> dict[tuple[str, UnitKind], Peers]:
    groups: dict[tuple[str, UnitKind], list[UnitFacts]] = defaultdict(list)
    for unit in units:
        if unit.kind not in LISTS:
            groups[unit.site, unit.kind].append(unit)
    found = {}
    for key, group in groups.items():
        pages = [page for unit in group for page in unit.pages]
        found[key] = Peers(
            pages=sum(page.status is not None and page.status < 400 for page in pages),
            unread=sum(map(is_unread, pages)),
            fills=fill_rates(pages),
            listings=sum(page.listings for page in pages),
        )
    return found


def _row(unit: UnitFacts, said: Judgement, now: datetime) -> dict[str, Any]:
    return {
        "unit_id": unit.unit_id,
        "verdict": said.verdict,
        "reasons": list(said.reasons),
        "pages": len(unit.pages),
        "listings": unit.listings,
        "fills": unit.fills,
        "statuses": statuses(unit),
        "markers": markers(unit),
        "seconds": unit.seconds,
        "judged_at": now,
    }
