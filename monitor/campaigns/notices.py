"""Alerts of a run while its crawlers work. Whatever goes wrong here is logged; a crawl never waits for it."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.health.alert_rules import load_alert_rules
from monitor.health.alerting import notice
from monitor.health.sending import send_due
from monitor.mistake import MistakeError

if TYPE_CHECKING:
    from monitor.config import Settings
    from monitor.health.alert_rules import AlertRules
    from monitor.storage import Engine

_log = logging.getLogger(__name__)

#: Seconds between two looks for what is urgent.
_EVERY = 10.0


class Notices:
    """What one run gives cause to tell."""

    def __init__(self, engine: Engine, settings: Settings, run_id: int) -> None:
        self._engine = engine
        self._run_id = run_id
        self._rules = rules_in_force(settings)
        self._looked = time.monotonic()

    def look(self) -> None:
        """Put what is urgent into the outbox, when the last look is some seconds ago."""
        if time.monotonic() - self._looked >= _EVERY:
            self._looked = time.monotonic()
            self._put(over=False)

    def end(self) -> None:
        """Put everything into the outbox that the run gives cause for."""
        self._put(over=True)

    def _put(self, *, over: bool) -> None:
        if self._rules is None:
            return
        try:
            notice(self._engine, self._rules, self._run_id, datetime.now(UTC), over=over)
        except MistakeError as error:
            _log.warning("alerts of run %s could not be noted: %s", self._run_id, error)


def rules_in_force(settings: Settings) -> AlertRules | None:
    """The rules of alerts; None without a rule file, and while it is broken, which is logged."""
    if not settings.alerts_file.is_file():
        return None
    try:
        return load_alert_rules(settings.alerts_file, load_lexicon())
    except MistakeError as error:
        _log.error("alerts are off until this is mended: %s", error)
        return None


def send_outbox(engine: Engine, settings: Settings, now: datetime) -> None:
    """Send what is due; what cannot be sent stays in the outbox and is tried again."""
    rules = rules_in_force(settings)
    if rules is None:
        return
    try:
        done = send_due(engine, rules, now)
    except MistakeError as error:
        _log.warning("the outbox of alerts could not be read: %s", error)
        return
    if done.sent:
        _log.info("%s alerts sent", done.sent)
    for problem in done.problems:
        _log.warning("alerts wait: %s", problem)
