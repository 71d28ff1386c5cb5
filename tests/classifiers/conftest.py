from __future__ import annotations

import os
from pathlib import Path

import pytest

from monitor.classifiers.classify import default_classifier
from monitor.listing import Listing


@pytest.fixture(scope="session")
def classifier():
    return default_classifier()


@pytest.fixture(scope="session")
def classify(classifier):
    def classify(title: str, **fields):
        return classifier.classify(Listing(site="x", url="http://x.example/1", title=title, **fields))

    return classify


@pytest.fixture(scope="session")
def hazards(classify):
    """Ids of the hazards of a title."""

    def hazards(title: str) -> set[str]:
        return {finding.id for finding in classify(title).hazards}

    return hazards


@pytest.fixture(scope="session")
def shared_data():
    """Folder of the development data, which is no part of the repository."""
    repository = Path(__file__).parents[2]
    folder = Path(os.environ.get("MONITOR_SHARED", repository.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"no development data in {folder}: set MONITOR_SHARED")
    return folder
