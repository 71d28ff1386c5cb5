"""Preserved records, and how far each chain of them reaches."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.tables.base import Base


class EvidenceAnchor(Base):
    """How far one chain of preserved records reaches: the word that the files are checked against."""

    __tablename__ = "evidence_anchor"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    #: within the evidence folder, with forward slashes
    file: Mapped[str] = mapped_column(Text, unique=True)
    #: which process writes it: host, process and start time
    process: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    #: how many records are committed
    records: Mapped[int]
    #: bytes of the file that they take
    length: Mapped[int] = mapped_column(BigInteger)
    #: value of the chain after the last of them
    head: Mapped[str] = mapped_column(String(64))
    anchored_at: Mapped[datetime]


class Evidence(Base):
    """One preserved record (电子证据): where it stands and what its bytes must be."""

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("anchor_id", "sequence"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    anchor_id: Mapped[int] = mapped_column(ForeignKey("evidence_anchor.id"))
    sequence: Mapped[int]
    #: opening, robots, page, licence, gone, picture, screenshot, rows, recovery
    kind: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    url: Mapped[str | None] = mapped_column(Text)
    collected_at: Mapped[datetime]
    offset: Mapped[int] = mapped_column(BigInteger)
    length: Mapped[int] = mapped_column(BigInteger)
    #: SHA-256 of the stored bytes
    sha256: Mapped[str] = mapped_column(String(64))
    #: value of the chain after it
    chain: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of the response as received, of pages
    response_sha256: Mapped[str | None] = mapped_column(String(64))


class EvidenceListing(Base):
    """Which listings a preserved page shows; those with none are 未固证."""

    __tablename__ = "evidence_listing"
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listing.id"), primary_key=True, index=True)
