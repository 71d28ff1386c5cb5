from __future__ import annotations

import pytest

from monitor.classifiers import Basis, Evasion, FindingKind, Severity
from monitor.exporters.labels import hazard_names, labels, named
from monitor.exporters.sheets.styles import _LEVELS


@pytest.mark.parametrize(("enum", "words"), [(Severity, "severity"), (Evasion, "evasion"), (Basis, "bases")])
def test_every_code_has_a_word(enum, words):
    assert set(getattr(labels(), words)) == set(enum)


def test_every_severity_has_a_colour():
    assert set(labels().severity.values()) == set(_LEVELS)


def test_the_seven_hazards_have_names():
    assert {
        "toothpick_crossbow",
        "water_beads",
        "laser_pointer",
        "magnet_balls",
        "pocket_slingshot",
        "metal_dart",
        "shock_toy",
    } <= hazard_names().keys()


def test_products_are_named(make_finding):
    assert named(make_finding("巴克球", "巴克球")) == "磁力球"
    assert named(make_finding("巴克球", "巴克球", kind=FindingKind.FOCUS, id="magnetic_toy")) == "磁性玩具"
    assert named(make_finding("巴克球", "巴克球", id="no_longer_known", term="巴克球")) == "巴克球"


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        ("title", "标题"),
        ("attributes.age", "参数“适用年龄”"),
        ("attributes.颜色", "参数“颜色”"),
        ("other", "other"),
    ],
)
def test_fields_are_named(field, shown):
    assert labels().field(field) == shown
