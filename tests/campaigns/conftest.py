"""Plans made of a few words."""

import pytest

from monitor.campaigns.plan import Plan


@pytest.fixture
def make_plan():
    """Build a plan from windows and more keys, as a file would say them."""

    def make(*windows, **more):
        named = [{"name": f"窗口{number}", **window} for number, window in enumerate(windows, 1)]
        return Plan.model_validate({"name": "p", "title": "计划", "windows": named, **more})

    return make


@pytest.fixture
def write_plan(tmp_path):
    """Write a plan file and return its path."""

    def write(text, name="plan.yaml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write
