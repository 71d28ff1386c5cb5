"""Lists of products that an authority, a consumer or a newspaper named."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.tables.base import Base


class Watchlist(Base):
    """One list as it was imported (名单)."""

    __tablename__ = "watchlist"
    id: Mapped[int] = mapped_column(primary_key=True)
    #: recall, failed-sampling, complaint, media, sampled
    kind: Mapped[str] = mapped_column(String(20))
    #: name of the file, or what it came from
    source: Mapped[str] = mapped_column(Text)
    #: SHA-256 of the file; None where there is none
    sha256: Mapped[str | None] = mapped_column(String(64))
    imported_at: Mapped[datetime]


class WatchlistEntry(Base):
    """One product of a list (名单条目), as the list states it."""

    __tablename__ = "watchlist_entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    #: the first list that had it
    watchlist_id: Mapped[int] = mapped_column(ForeignKey("watchlist.id"), index=True)
    #: SHA-256 over kind and statements: the same entry in another file is the same entry
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    #: row of the file, as the spreadsheet counts
    source_row: Mapped[int | None]
    product_name: Mapped[str] = mapped_column(Text)
    brand: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    barcode: Mapped[str | None] = mapped_column(Text)
    #: production licence
    licence: Mapped[str | None] = mapped_column(Text)
    ccc_number: Mapped[str | None] = mapped_column(Text)
    producer: Mapped[str | None] = mapped_column(Text)
    #: who sold it
    seller: Mapped[str | None] = mapped_column(Text)
    #: of producer or seller
    credit_code: Mapped[str | None] = mapped_column(Text)
    #: 国家, 省级, 市级 …, of lists of supervisory sampling
    level: Mapped[str | None] = mapped_column(Text)
    #: what was wrong with it
    defect: Mapped[str | None] = mapped_column(Text)
    #: of the notice, the sampling or the complaint
    stated_on: Mapped[date | None] = mapped_column(Date)
    #: where it was published
    published: Mapped[str | None] = mapped_column(Text)
