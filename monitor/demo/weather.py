"""Hostile weather for the demo sites: everything a crawler meets outside, at will and reproducibly.

A `Rule` says where an `Effect` strikes and how often; `Weather` counts. All of it is deterministic: the same
requests in the same order meet the same weather.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.demo.effects import Effect


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One kind of weather."""

    effect: Effect
    #: Regular expression that is searched in path and query, e.g. ``^/item/`` or ``page=2``.
    path: str = "."
    #: Name of the site; None: both.
    site: str | None = None
    #: How many requests for each URL are struck before it clears up; None: all of them.
    times: int | None = 1
    #: Share of the matching URLs that are struck at all, 0-1, chosen by a hash of seed and URL.
    share: float = 1.0
    seed: int = 0

    def concerns(self, site: str, target: str) -> bool:
        """Say whether the rule strikes this URL at all."""
        if self.site not in (None, site) or not re.search(self.path, target):
            return False
        return _fraction(self.seed, site, target) < self.share


class Weather:
    """Rules, of which the first that strikes wins, and the count of what has struck."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        """Take the rules in the order in which they are asked; none is fair weather."""
        self.rules = tuple(rules)
        #: (number of the rule, site, path and query) → times struck.
        self.struck: Counter[tuple[int, str, str]] = Counter()
        self._lock = threading.Lock()

    def strike(self, site: str, target: str) -> Effect | None:
        """Say what befalls this request, and count it."""
        for number, rule in enumerate(self.rules):
            if not rule.concerns(site, target):
                continue
            with self._lock:
                if rule.times is not None and self.struck[number, site, target] >= rule.times:
                    continue
                self.struck[number, site, target] += 1
            return rule.effect
        return None


def _fraction(seed: int, site: str, target: str) -> float:
    digest = hashlib.sha256(f"{seed} {site} {target}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
