"""From what a run found to the outbox: which channel is to be told of what, in Chinese and masked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.config import SHANGHAI
from monitor.extraction.personal import masked
from monitor.health.words import health_words
from monitor.storage.alerts import HazardFact, blocked_units, fresh_hazards, put_alerts
from monitor.storage.engine import reading, writing
from monitor.storage.health import HealthLine, health_lines
from monitor.storage.report import site_titles
from monitor.storage.tables import HealthVerdict, UnitKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.classifiers import Severity
    from monitor.health.alert_rules import AlertRules, Rule
    from monitor.storage import Connection, Engine

#: Keys of units that stand as examples behind a verdict.
_EXAMPLES = 3
_LONGEST_KEY, _LONGEST_TITLE = 40, 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One thing that somebody may want to be told."""

    #: the same thing is told to a channel once
    key: str
    title: str
    text: str
    #: of a suspect
    hazard: str | None = None
    severity: Severity | None = None
    #: of units
    verdict: HealthVerdict | None = None


def notice(engine: Engine, rules: AlertRules, run_id: int, now: datetime, *, over: bool) -> int:
    """Put into the outbox what a run gives cause for; return for how many channels times events.

    Args:
        engine: the database.
        rules: who is told of what.
        run_id: the run.
        now: the time.
        over: the run is over and judged; else only what is urgent is put in, as far as it has got.

    """
    with reading(engine) as connection:
        events = [*_suspects(connection, run_id), *_units(connection, run_id, now, over=over)]
    wanted = [rule for rule in rules.rules if over or rule.urgent]
    rows = list(_rows(rules, wanted, events, run_id, now))
    if rows:
        with writing(engine) as connection:
            put_alerts(connection, rows)
    return len(rows)


def _rows(
    rules: AlertRules, wanted: Iterable[Rule], events: Iterable[Event], run_id: int, now: datetime
) -> Iterator[dict[str, Any]]:
    given = list(events)
    told: set[tuple[str, str]] = set()
    # where an urgent rule and another one name the same channel, it is told at once
    for rule in sorted(wanted, key=lambda rule: not rule.urgent):
        due_at = now if rule.urgent or rule.digest == "run" else _next_digest(rules, now)
        for event in (each for each in given if _concerns(rule, each)):
            for channel in rule.to:
                if (channel, event.key) not in told:
                    told.add((channel, event.key))
                    yield {
                        "channel": channel,
                        "key": event.key,
                        "run_id": run_id,
                        "urgent": rule.urgent,
                        "title": event.title,
                        "text": event.text,
                        "created_at": now,
                        "due_at": due_at,
                    }


def _concerns(rule: Rule, event: Event) -> bool:
    when = rule.when
    if event.verdict is not None:
        return event.verdict in when.verdicts
    if when.verdicts:
        return False
    hazard = not when.hazards or event.hazard in when.hazards
    return hazard and (not when.severities or event.severity in when.severities)


def _next_digest(rules: AlertRules, now: datetime) -> datetime:
    local = now.astimezone(SHANGHAI)
    today = datetime.combine(local.date(), rules.digest_at, SHANGHAI)
    return today if today > local else today + timedelta(days=1)


def _suspects(connection: Connection, run_id: int) -> Iterator[Event]:
    for fact in fresh_hazards(connection, run_id):
        yield Event(
            key=f"hazard:{fact.hazard}:{fact.listing_id}",
            title=f"疑似在售{fact.term}",
            text=_suspect(fact),
            hazard=fact.hazard,
            severity=fact.severity,
        )


def _suspect(fact: HazardFact) -> str:
    severity = health_words().severities[fact.severity]
    title = masked(fact.title)[:_LONGEST_TITLE]
    return f"{fact.term}（{severity}） {fact.site_title} 编号{fact.listing_id} {title} {fact.url}"


def _units(connection: Connection, run_id: int, now: datetime, *, over: bool) -> Iterator[Event]:
    groups: dict[tuple[HealthVerdict, str, UnitKind], list[tuple[str, str]]] = defaultdict(list)
    if over:
        for line in health_lines(connection, run_id):
            if line.verdict is not HealthVerdict.OK:
                groups[line.verdict, line.site, line.kind].append((line.key, _why(line)))
    else:
        for unit in blocked_units(connection, run_id):
            groups[HealthVerdict.BLOCKED, unit.site, unit.kind].append((unit.key, unit.reason or ""))
    titles = site_titles(connection, run_id)
    words = health_words()
    day = now.astimezone(SHANGHAI).date()
    for (verdict, site, kind), units in groups.items():
        examples = "、".join(masked(key)[:_LONGEST_KEY] for key, _ in units[:_EXAMPLES])
        said = f"{titles.get(site, site)} {words.kinds[kind]}{words.verdicts[verdict]}"
        yield Event(
            # told once a day, however often the site is visited
            key=f"verdict:{verdict}:{site}:{kind}:{day}",
            title=said,
            text=f"{said} {len(units)} 个（第 {run_id} 号任务）：{masked(units[0][1])}。例：{examples}",
            verdict=verdict,
        )


def _why(line: HealthLine) -> str:
    return "；".join(line.reasons)
