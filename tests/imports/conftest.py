"""The other tests of this folder take `files` from here: see `supplied_files.py`."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def files() -> Any:
    """The module that writes supplied files."""
    path = Path(__file__).with_name("supplied_files.py")
    spec = importlib.util.spec_from_file_location("supplied_files", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
