"""Main pictures of listings: what each looked like, so that one which is uploaded anew is recognised."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from monitor.storage.tables.base import Base


class Picture(Base):
    """One picture, fetched once. Its bytes are not here: those that are evidence stand in the chain."""

    __tablename__ = "picture"
    id: Mapped[int] = mapped_column(primary_key=True)
    #: see `storage.pictures.picture_address`: listings find it by this
    address: Mapped[str] = mapped_column(Text, unique=True)
    #: as it was asked for
    url: Mapped[str] = mapped_column(Text)
    #: the site whose crawler fetched it, under its lease; the picture may stand on another host
    site_id: Mapped[int] = mapped_column(ForeignKey("site.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    fetched_at: Mapped[datetime]
    #: of the bytes
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    #: pixels, as far as they are known
    width: Mapped[int | None]
    height: Mapped[int | None]
    #: 128 bits, see `matching.picture_print`
    fingerprint: Mapped[str | None] = mapped_column(String(32))
    #: why there is no fingerprint
    why_none: Mapped[str | None] = mapped_column(Text)
