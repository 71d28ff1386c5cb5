from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from monitor.classifiers.lexicon.lexicon import load_lexicon
from monitor.health.alert_rules import AlertRulesError, load_alert_rules

EXAMPLE = Path(__file__).parent.parent.parent / "docs" / "alerts.example.yaml"


def test_the_example_is_right():
    rules = load_alert_rules(EXAMPLE, load_lexicon())
    assert rules.digest_at == time(8, 30)
    assert len(rules.rules[0].when.hazards) == 7
    assert "magnet_balls" in rules.rules[0].when.hazards
    assert rules.rules[1].to == ("duty",)


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("hazards: seven", "hazards: magnet_bals", "did you mean magnet_balls"),
        ("to: duty", "to: dutty", "did you mean duty"),
        ("blocked, layout changed", "blokked", "rules.1.when.verdicts"),
        ("degraded, empty", "ok", "nobody is told"),
        ("when: {severities: [critical, high]}", "when: {}", "say either verdicts"),
        ("urgent: true", "urgend: true", "did you mean urgent"),
        ("MONITOR_ALERT_DUTY", "wecombot://secret-key", "url_env"),
        ("digest_at: 08:30", "digest_at: 25:99", "digest_at"),
        ("channels:", "chanels:", "did you mean channels"),
        ("rules:", "rules: [", "not YAML"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path, was, becomes, said):
    text = EXAMPLE.read_text(encoding="utf-8")
    assert was in text
    file = tmp_path / "alerts.yaml"
    file.write_text(text.replace(was, becomes, 1), encoding="utf-8")
    with pytest.raises(AlertRulesError, match=said) as caught:
        load_alert_rules(file, load_lexicon())
    assert "line" in str(caught.value)
    assert "secret-key" not in str(caught.value)


def test_an_evening_digest(tmp_path):
    file = tmp_path / "alerts.yaml"
    file.write_text(EXAMPLE.read_text(encoding="utf-8").replace("08:30", "18:30"), encoding="utf-8")
    assert load_alert_rules(file, load_lexicon()).digest_at == time(18, 30)
