"""Errors that people cause, and what they mean to a shell."""

from __future__ import annotations

from monitor.campaigns.launch import CrawlError
from monitor.campaigns.orders import OrderError
from monitor.campaigns.problem import PlanError
from monitor.classifiers.batch import InputError
from monitor.classifiers.lexicon.source import LexiconError
from monitor.config import ConfigError
from monitor.demo.oscar.shop import OscarError
from monitor.evidence.chain import EvidenceError
from monitor.exporters.files import ExportError
from monitor.extraction.yaml_source import ProfileError
from monitor.storage import DatabaseError
from monitor.storage.evidence import NoEvidenceError
from monitor.storage.leases import LeaseHeldError
from monitor.storage.runs import AlreadyFiredError, UnknownRunError


class UsageMistakeError(Exception):
    """Arguments that do not go together, or a file that is not there."""


#: Each carries a message that says what was wrong, where, and the mend.
MISTAKES = (
    AlreadyFiredError,
    ConfigError,
    CrawlError,
    DatabaseError,
    EvidenceError,
    ExportError,
    InputError,
    LeaseHeldError,
    LexiconError,
    NoEvidenceError,
    OrderError,
    OscarError,
    PlanError,
    ProfileError,
    UnknownRunError,
    UsageMistakeError,
)


def exit_status(error: Exception) -> int:
    """Tell a crawl that could not be finished (3) from a request that cannot be met (2)."""
    return 3 if isinstance(error, CrawlError) else 2
