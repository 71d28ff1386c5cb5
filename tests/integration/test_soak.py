"""A small part of benchmarks/soak.py: bad weather and a kill, and the books agree."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "soak.py"


def test_a_crawl_in_bad_weather_that_is_killed_loses_and_doubles_nothing(tmp_path):
    spec = importlib.util.spec_from_file_location("soak", SCRIPT)
    soak = importlib.util.module_from_spec(spec)
    sys.modules["soak"] = soak  # dataclasses look their module up
    spec.loader.exec_module(soak)
    outcome = soak.soak(pages=300, faults=0.05, kills=1, folder=tmp_path)
    assert outcome.amiss == {}
    assert outcome.kills == 1
    assert outcome.repeated > 0, "the kill came too late to interrupt anything"
    assert outcome.struck > 0
