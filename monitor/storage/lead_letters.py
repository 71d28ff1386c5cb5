"""Letters (文号): numbered without gaps within their series and year, each with the digest of its file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from monitor.mistake import MistakeError
from monitor.storage.tables import Campaign, LeadLetter

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


class NumberTakenError(MistakeError):
    """Two letters would have one number; the message says which."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewLetter:
    """A letter that was written."""

    #: which numbers run on
    series: str
    year: int
    serial: int
    #: 文号 as printed
    number: str
    receiver: str
    made_at: datetime
    #: name of the Word file, and SHA-256 of its bytes
    file: str
    sha256: str
    #: of the evidence pack; None where nothing is preserved
    pack_file: str | None = None
    pack_sha256: str | None = None


def next_serial(connection: Connection, series: str, year: int) -> int:
    """Return the next number of a series; to be taken in the transaction that adds the letter."""
    last = select(func.max(LeadLetter.serial)).where(LeadLetter.series == series, LeadLetter.year == year)
    return (connection.execute(last).scalar_one() or 0) + 1


def add_letter(connection: Connection, letter: NewLetter) -> int:
    """Add a letter and return its id.

    Raises:
        NumberTakenError: another letter took its number in the meantime.

    """
    values = {name: getattr(letter, name) for name in NewLetter.__dataclass_fields__}
    statement = insert(LeadLetter).values(**values).returning(LeadLetter.id)
    try:
        return int(connection.execute(statement).scalar_one())
    except IntegrityError:
        raise NumberTakenError(
            f"the number {letter.number} was given to another letter: run the command again; if it is said "
            "again, an earlier form of numbers had it: change the form in `letters` of the terms"
        ) from None


def campaign_title(connection: Connection, name: str) -> str:
    """Return what people call a campaign; its name when it never ran."""
    found = connection.execute(select(Campaign.title).where(Campaign.name == name)).scalar_one_or_none()
    return found or name
