"""Files that people handed in, and how far each was read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.tables.base import Base


class ImportedFile(Base):
    """One supplied file, read in one way (导入文件)."""

    __tablename__ = "imported_file"
    __table_args__ = (UniqueConstraint("sha256", "reading"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("run.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    #: as the person called it; within a folder or an archive with its path there
    name: Mapped[str] = mapped_column(Text)
    #: csv, xlsx, jsonl, html, mhtml, har, warc
    kind: Mapped[str] = mapped_column(String(10))
    size: Mapped[int] = mapped_column(BigInteger)
    #: of the file's bytes
    sha256: Mapped[str] = mapped_column(String(64))
    #: digest of how it is read: site, campaign, map of columns, address
    reading: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of a table's column names, by which a confirmed map is found again
    columns: Mapped[str | None] = mapped_column(String(64), index=True)
    #: a table's columns and what each is read as
    mapping: Mapped[dict[str, Any]]
    #: number of the last row or page that is committed
    position: Mapped[int] = mapped_column(BigInteger)
    #: listings of committed rows and pages
    listings: Mapped[int]
    #: rows or pages that were not imported, known at the end
    rejected: Mapped[int | None]
    begun_at: Mapped[datetime]
    #: when all of it was read; None while there is something left
    ended_at: Mapped[datetime | None]
