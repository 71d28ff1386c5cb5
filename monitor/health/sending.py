"""Sending the outbox through Apprise. A channel that fails is tried again later; nothing waits for it."""

from __future__ import annotations

import logging
import os
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from tenacity import RetryError, Retrying, retry_if_result, stop_after_attempt, wait_exponential

from monitor.config import SHANGHAI
from monitor.storage.alerts import WaitingAlert, take_due, went_out, went_wrong
from monitor.storage.engine import writing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tenacity.wait import wait_base

    from monitor.health.alert_rules import AlertRules
    from monitor.storage import Engine

_log = logging.getLogger(__name__)

#: Sends one message to one Apprise URL; says what went wrong, None when it was taken.
Send: TypeAlias = Callable[[str, str, str], str | None]

#: Attempts one after another, and the pauses between them, in seconds.
_ATTEMPTS = 3
_PAUSE = wait_exponential(multiplier=1, max=5)
#: When all of them failed, the next try is so much later, doubled each time, up to the longest.
_BACKOFF, _LONGEST_BACKOFF = timedelta(minutes=1), timedelta(hours=6)
_MOST_DOUBLINGS = 10
#: Whoever takes alerts and dies keeps them from others for so long.
_HELD = timedelta(minutes=10)
#: Seconds that a channel has for one message.
_TIMEOUT = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Sent:
    """What became of the alerts that were due."""

    sent: int = 0
    failed: int = 0
    #: what a person should mend, a line a channel
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """What one channel is sent at once."""

    title: str
    body: str


def send_due(
    engine: Engine,
    rules: AlertRules,
    now: datetime,
    *,
    send: Send | None = None,
    environment: Mapping[str, str] = os.environ,
    pause: wait_base = _PAUSE,
) -> Sent:
    """Send what is due, the urgent things of a channel in one message and the others in another.

    At least once: who dies between sending and saying so leaves it to be sent again.
    """
    with writing(engine) as connection:
        due = take_due(connection, now, _HELD)
    groups: dict[tuple[str, bool], list[WaitingAlert]] = defaultdict(list)
    for alert in due:
        groups[alert.channel, alert.urgent].append(alert)
    sent = failed = 0
    problems: dict[str, None] = {}
    for (channel, urgent), alerts in sorted(groups.items(), key=lambda each: not each[0][1]):
        message = compose(alerts, rules.most_lines, now, urgent=urgent)
        problem = _deliver(rules, channel, message, send or by_apprise, environment, pause)
        ids = [alert.id for alert in alerts]
        with writing(engine) as connection:
            if problem is None:
                went_out(connection, ids, now)
            else:
                went_wrong(connection, ids, problem, now + _later(alerts))
        if problem is None:
            sent += len(alerts)
        else:
            failed += len(alerts)
            problems[f"{channel}: {problem}"] = None
    return Sent(sent=sent, failed=failed, problems=tuple(problems))


def compose(alerts: Sequence[WaitingAlert], most: int, now: datetime, *, urgent: bool) -> Message:
    """Make one message of alerts; beyond `most` lines the rest is counted."""
    counts: dict[str, int] = defaultdict(int)
    for alert in alerts:
        counts[alert.title] += 1
    kinds = "，".join(f"{title} {count} 条" for title, count in list(counts.items())[:5])
    day = f"{now.astimezone(SHANGHAI):%m-%d %H:%M}"
    title = f"【紧急】{kinds}" if urgent else f"监测摘要 {day}：{len(alerts)} 条"
    lines = [f"{number}. {alert.text}" for number, alert in enumerate(alerts[:most], 1)]
    if len(alerts) > most:
        lines.append(f"另有 {len(alerts) - most} 条，见疑似清单和采集任务报告。")
    body = lines if urgent else [f"共 {len(alerts)} 条：{kinds}", *lines]
    return Message(title=title, body="\n".join(body))


def channel_url(rules: AlertRules, channel: str, environment: Mapping[str, str]) -> tuple[str | None, str]:
    """The address of a channel, else why there is none."""
    known = rules.channels.get(channel)
    if known is None:
        return None, f"the rule file has no channel {channel!r} any more: put it back, or its alerts wait"
    url = environment.get(known.url_env, "").strip()
    return (url, "") if url else (None, f"environment variable {known.url_env} is not set")


def by_apprise(url: str, title: str, body: str) -> str | None:
    """Send one message; say what went wrong. The address is never part of what is said."""
    apprise = _apprise()
    target = apprise.Apprise.instantiate(url)
    if target is None:
        return "the address is none that Apprise knows, e.g. wecombot://KEY or mailto://user:password@host"
    said: list[str] = []
    box = apprise.Apprise()
    box.add(target)
    taken = box.notify(
        title=title,
        body=body,
        body_format="text",
        timeout=_TIMEOUT,
        log_level=logging.WARNING,
        log_callback=lambda entry, _: said.append(entry.message),
    )
    return None if taken else (said[0][:200] if said else "the channel did not take it")


def is_address(url: str) -> bool:
    """Apprise can make something of a URL; nothing is sent."""
    return _apprise().Apprise.instantiate(url) is not None


def _deliver(
    rules: AlertRules,
    channel: str,
    message: Message,
    send: Send,
    environment: Mapping[str, str],
    pause: wait_base,
) -> str | None:
    url, why_not = channel_url(rules, channel, environment)
    if url is None:
        return why_not
    retrying = Retrying(
        stop=stop_after_attempt(_ATTEMPTS), wait=pause, retry=retry_if_result(lambda said: said is not None)
    )
    try:
        return retrying(send, url, message.title, message.body)
    except RetryError as error:
        return str(error.last_attempt.result())
    except Exception as error:  # noqa: BLE001 - a plugin's trouble is the channel's, and is recorded with it
        _log.exception("channel %s", channel)
        return f"{type(error).__name__}: {error}"[:200]


def _later(alerts: Iterable[WaitingAlert]) -> timedelta:
    doublings = min(max(alert.attempts for alert in alerts), _MOST_DOUBLINGS)
    return min(_BACKOFF * (1 << doublings), _LONGEST_BACKOFF)


@cache
def _apprise() -> Any:  # noqa: ANN401 - a module without types
    with warnings.catch_warnings():
        # its mail plugins ask for modules that Python is about to drop
        warnings.simplefilter("ignore")
        found: Any = import_module("apprise")
        found.Apprise.instantiate("json://localhost")  # reads all plugins
    return found
