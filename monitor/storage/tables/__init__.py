"""The tables, as typed models, one module a subject. A change needs a migration; a test compares the two."""

from monitor.storage.tables.base import Base, UtcDateTime
from monitor.storage.tables.draws import Draw, DrawItem, DrawResult
from monitor.storage.tables.evidence import Evidence, EvidenceAnchor, EvidenceListing
from monitor.storage.tables.goods import Finding, Listing, Observation, Seller, Site, SiteLease
from monitor.storage.tables.health import Alert, HealthVerdict, UnitHealth, UnitPage
from monitor.storage.tables.imports import ImportedFile
from monitor.storage.tables.leads import Lead, LeadEvent, LeadLetter, LeadListing
from monitor.storage.tables.pictures import Picture
from monitor.storage.tables.rechecks import Recheck, Relisting
from monitor.storage.tables.review import Review, ReviewItem, ReviewList
from monitor.storage.tables.runs import (
    OWN_PAGE,
    Campaign,
    Run,
    RunStatus,
    Service,
    ServiceRun,
    ServiceState,
    Sighting,
    Unit,
    UnitKind,
    UnitStatus,
)
from monitor.storage.tables.watchlists import Watchlist, WatchlistEntry

__all__ = [
    "OWN_PAGE",
    "Alert",
    "Base",
    "Campaign",
    "Draw",
    "DrawItem",
    "DrawResult",
    "Evidence",
    "EvidenceAnchor",
    "EvidenceListing",
    "Finding",
    "HealthVerdict",
    "ImportedFile",
    "Lead",
    "LeadEvent",
    "LeadLetter",
    "LeadListing",
    "Listing",
    "Observation",
    "Picture",
    "Recheck",
    "Relisting",
    "Review",
    "ReviewItem",
    "ReviewList",
    "Run",
    "RunStatus",
    "Seller",
    "Service",
    "ServiceRun",
    "ServiceState",
    "Sighting",
    "Site",
    "SiteLease",
    "Unit",
    "UnitHealth",
    "UnitKind",
    "UnitPage",
    "UnitStatus",
    "UtcDateTime",
    "Watchlist",
    "WatchlistEntry",
]
