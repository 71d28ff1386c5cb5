"""The rule file of alerts (`alerts.yaml`): who is told of what, and when. docs/health.md explains it."""

from __future__ import annotations

import difflib
from datetime import time
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from monitor.classifiers import Severity
from monitor.extraction.yaml_source import ProfileError, YamlSource
from monitor.mistake import MistakeError
from monitor.storage.tables import HealthVerdict

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.classifiers.lexicon.lexicon import Lexicon

#: How rules name the seven dangerous toys of the city's plan together.
SEVEN = "seven"


class AlertRulesError(MistakeError):
    """The rule file cannot be used; the message names file, line, key and the mend."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _clock(value: object) -> object:
    # YAML reads 18:30 as the number 1110, and 08:30 as a text
    return time(*divmod(value, 60)) if isinstance(value, int) and 0 <= value < 24 * 60 else value


class Channel(_Part):
    """Where messages go. The address is a secret and stands in the environment, never here."""

    #: name of the environment variable that holds the Apprise URL (``wecombot://…``, ``mailto://…``)
    url_env: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    #: how people call it
    title: str | None = None


class When(_Part):
    """What a rule is about: verdicts on units, or suspects by hazard and severity (both hold together)."""

    verdicts: Annotated[tuple[HealthVerdict, ...], BeforeValidator(_listed)] = ()
    #: ids of the lexicon, or ``seven``
    hazards: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    severities: Annotated[tuple[Severity, ...], BeforeValidator(_listed)] = ()

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if bool(self.verdicts) == bool(self.hazards or self.severities):
            raise ValueError("say either verdicts, or hazards and/or severities")
        if HealthVerdict.OK in self.verdicts:
            raise ValueError("nobody is told that a unit is ok: leave it out")
        return self


class Rule(_Part):
    """Who is told of what."""

    name: str = Field(min_length=1)
    when: When
    #: names of channels
    to: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(min_length=1)
    #: at once; else with the digest
    urgent: bool = False
    #: the digest: once a day at `digest_at`, or at the end of each run
    digest: Literal["daily", "run"] = "daily"


class AlertRules(_Part):
    """Everything that alerts.yaml may say."""

    channels: dict[str, Channel] = Field(min_length=1)
    rules: tuple[Rule, ...] = Field(min_length=1)
    #: when the daily digest goes out, in Asia/Shanghai
    digest_at: Annotated[time, BeforeValidator(_clock)] = time(8, 30)
    #: lines of one message; the rest is counted
    most_lines: int = Field(default=20, ge=1, le=100)

    @model_validator(mode="after")
    def _channels_are_there(self) -> Self:
        for rule in self.rules:
            for name in rule.to:
                if name not in self.channels:
                    close = difflib.get_close_matches(name, self.channels, n=1)
                    meant = f": did you mean {close[0]}?" if close else ""
                    raise ValueError(f"rule {rule.name}: to: there is no channel {name!r}{meant}")
        return self


def load_alert_rules(path: Path, lexicon: Lexicon) -> AlertRules:
    """Read the rule file; ``seven`` comes out as the seven ids.

    Raises:
        AlertRulesError: unreadable, not YAML, or something in it is wrong.

    """
    try:
        source = YamlSource(path)
    except ProfileError as error:
        raise AlertRulesError(str(error)) from None
    try:
        rules = AlertRules.model_validate(source.data)
    except ValidationError as error:
        raise AlertRulesError("\n".join(source.problems(error, AlertRules))) from None
    spelt = [_spelt(rule, number, lexicon, source) for number, rule in enumerate(rules.rules)]
    return rules.model_copy(update={"rules": tuple(spelt)})


def _spelt(rule: Rule, number: int, lexicon: Lexicon, source: YamlSource) -> Rule:
    known = lexicon.hazard_by_id
    found: list[str] = []
    for name in rule.when.hazards:
        if name == SEVEN:
            found += lexicon.seven
        elif name in known:
            found.append(name)
        else:
            close = difflib.get_close_matches(name, [SEVEN, *known], n=1)
            meant = f": did you mean {close[0]}?" if close else ""
            line = source.line(("rules", number, "when", "hazards"))
            raise AlertRulesError(
                f"{source.path}: line {line}: rules.{number}.when.hazards: the lexicon has no hazard "
                f"{name!r}{meant}"
            )
    when = rule.when.model_copy(update={"hazards": tuple(dict.fromkeys(found))})
    return rule.model_copy(update={"when": when})
